"""Figure of accuracy against area and energy: the two halves of the claims in one place."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.contents import figure
from xbar.report.figures import compared, style
from xbar.report.results import Results
from xbar.report.savings import corner_totals, reference_rows
from xbar.report.statistics import networks, over_seeds

MARKS: dict[str, dict[str, Any]] = {  # a circle on a square shows both
    "shared": {"marker": style.CONVERTERS["shared"], "ms": 6.5, "zorder": 3},
    "own": {"marker": style.CONVERTERS["own"], "ms": 4.5, "zorder": 3.5, "mec": "white", "mew": 0.7},
}


@figure(
    stage="1 Claims",
    caption=(
        "Test accuracy on noisy simulated chips against area and energy per inference, at the reference circuit. Left "
        "and up is better. A network stands twice, with its own converters and with shared ones. A line joins the "
        "two. Where both cost almost alike, the circle lies on the square. Vertical bars: interval over seeds. A "
        "network of one seed has no bar, and open marks. Dotted: floating point, which has no circuit. The sentence "
        "above compares unipolar weights and shared converters with signed weights and own ones, for the first "
        "comparison of each dataset."
    ),
    reads=("accuracy", "cost", "datasets"),
    needs="comparisons",
)
def trade(results: Results) -> Figure:
    """Every network of the comparisons in the plane of accuracy and cost, a row of panels for each dataset."""
    placed = _placed(results)
    if placed.empty:
        return style.absent("a network that is evaluated and priced")
    datasets = list(placed["dataset"].unique())
    height = 0.7 + 2.2 * len(datasets)
    figure, axes = style.panels(len(datasets), 2, style.PAGE_IN, height, sharey="row")
    for row, dataset in zip(axes, datasets, strict=True):
        rows = placed[placed["dataset"] == dataset]
        names = style.labels(networks(results.accuracy[results.accuracy["network"].isin(rows["network"])]))
        for panel, cost in zip(row, style.COSTS, strict=True):
            _panel(panel, rows, cost, names)
            _floating(panel, results, dataset)
        row[0].set_ylabel("test accuracy (%)")
        style.title(row[0], results.title(dataset))
    style.legend(figure, _legend(placed))
    style.message(figure, " ".join(_gains(results, placed)))
    return figure


def _gains(results: Results, placed: pd.DataFrame) -> Iterator[str]:
    """What the first comparison of each dataset saves and loses, with shared against own converters."""
    of = placed.set_index(["network", "converters"])
    for name, words in compared.first_of_each_dataset(results).items():
        sides = results.comparisons[name]
        before, after = ((sides[side], kind) for side, kind in (("signed", "own"), ("unipolar", "shared")))
        if before in of.index and after in of.index:
            area, energy = (100 * (of.loc[after, cost] / of.loc[before, cost] - 1) for cost in style.COSTS)
            lost = 100 * (of.loc[after, "mean"] - of.loc[before, "mean"])
            yield (f"{words}, both steps: area {area:+.0f} %, energy {energy:+.0f} %, accuracy {lost:+.1f} points.")


def _placed(results: Results) -> pd.DataFrame:
    """A row for each network and kind of converters: cost at the reference circuit, mean accuracy, its interval."""
    totals = corner_totals(results.cost, results.comparisons)
    if totals.empty:
        return totals
    once = reference_rows(totals, results.rules.reference).drop_duplicates(["network", "corner"])
    means = over_seeds(results.accuracy, results.rules.confidence)
    found = once.merge(means[means["condition"] == "noisy"], on="network")
    kinds = networks(results.accuracy)
    return found.assign(
        polarity=found["network"].map(kinds["polarity"]), converters=found["corner"].str.split("-").str[1]
    )


def _panel(panel: Axes, rows: pd.DataFrame, cost: str, names: dict[str, str]) -> None:
    words, unit = style.COSTS[cost]
    for _, pair in rows.groupby("network", sort=False):
        colour = style.COLOURS[pair["polarity"].iloc[0]]
        panel.plot(unit * pair[cost], 100 * pair["mean"], color=colour, lw=0.8, zorder=2)
        for _, at in pair.iterrows():
            ends = [100 * at["low"], 100 * at["high"]]
            panel.plot(2 * [unit * at[cost]], ends, color=colour, lw=0.8, alpha=0.5, zorder=1)
            panel.plot(unit * at[cost], 100 * at["mean"], **_mark(at))
    panel.set_xlabel(words)
    panel.set_xlim(0, 1.65 * unit * rows[cost].max())
    style.few_ticks(panel.xaxis)
    _name(panel, rows.assign(place=unit * rows[cost]), names)


def _name(panel: Axes, rows: pd.DataFrame, names: dict[str, str]) -> None:
    """The names of `names` right of all networks, the most accurate on top, a line apart, each led to its network."""
    low, high = panel.get_ylim()
    line = 0.085 * (high - low)
    free, side = high, 1.06 * rows["place"].max()
    for network, pair in sorted(rows.groupby("network", sort=False), key=lambda group: -group[1]["mean"].iloc[0]):
        if network in names:
            mean = 100 * pair["mean"].iloc[0]
            free = min(mean, free - line)
            colour = style.COLOURS[pair["polarity"].iloc[0]]
            panel.plot([pair["place"].max(), side], [mean, free], color=colour, lw=0.5, alpha=0.5, zorder=0)
            panel.text(side, free, f" {names[str(network)]}", fontsize=7, color=colour, va="center")


def _mark(at: pd.Series) -> dict[str, Any]:
    colour = style.COLOURS[at["polarity"]]
    fill = colour if at["n"] > 1 else "white"
    return {"color": colour, "mfc": fill, **MARKS[at["converters"]]}


def _floating(panel: Axes, results: Results, dataset: str) -> None:
    rows = results.accuracy[(results.accuracy["dataset"] == dataset) & (results.accuracy["polarity"] == "float")]
    for mean in over_seeds(rows, results.rules.confidence)["mean"] if len(rows) else ():
        panel.axhline(100 * mean, color=style.INK, lw=0.8, ls=":", zorder=0)


def _legend(placed: pd.DataFrame) -> list[Line2D]:
    shown = [Line2D([], [], color=style.COLOURS[name], lw=2, label=name) for name in placed["polarity"].unique()]
    marks = [
        Line2D([], [], color=style.INK, ls="", **mark | {"label": f"{name} converters"}) for name, mark in MARKS.items()
    ]
    return [*shown, *marks, Line2D([], [], color=style.INK, ls=":", label="floating point")]
