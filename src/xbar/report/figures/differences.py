"""Figure of what each difference from a textbook circuit does to the savings."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from xbar.report.conditions import targets
from xbar.report.contents import figure
from xbar.report.figures import compared, style
from xbar.report.results import Results
from xbar.report.savings import MAPPINGS_IN_WORDS
from xbar.report.textbook import BOTH, SHARES, saved
from xbar.savings.textbook import MENDED, PUBLISHED

TOTALS = {"textbook": "textbook circuit", MENDED: "first round's circuit, today's model"}
SMALL = 0.015  # share of a saving below which steps are shown together
SEVERAL = " steps below 1.5 points each"
REFERENCE, END = "reference circuit", "with the last two"
PLAIN = {
    "device as configured, pulse of the first round": "device as configured",
    "digital affine and means as configured": "digital scaling and means charged",
    "weights and inputs of the signed network": "its measured weights and inputs, signed",
    "weights and inputs of the unipolar network": "its measured weights and inputs, unipolar",
    "rows of the unipolar network": "rows of the unipolar network",
}
MORE, LESS, WHOLE = style.GOOD, style.BAD, "#b8b8b8"


class Bar(NamedTuple):
    """A step in words with the saving (%) before and after it; a total begins at 0."""

    words: str
    before: float
    after: float
    total: bool


@figure(
    stage="4 Costs",
    caption=(
        "From a textbook circuit to the reference circuit: what both steps together save in area and energy. Grey: "
        "the whole saving. Coloured: what one more difference adds or takes, in points. The first round is an earlier "
        "report of this project. Neighbouring steps that each change all savings by less than 1.5 points are one "
        "line. The last two steps use fewer shared ADCs, then a baseline that takes equal time. Dashed: the paper. Of "
        "each dataset the first comparison of the fewest bits is shown. steps.csv has all comparisons."
    ),
    reads=("steps", "claims", "accuracy", "datasets"),
)
def differences(results: Results) -> Figure:
    """Waterfalls: a column for each dataset and measure, a line for each difference, with the paper's numbers."""
    table = saved(results.steps[results.steps["step"] != PUBLISHED], BOTH)
    walks = {
        words: table[table["comparison"] == name] for name, words in compared.first_of_each_dataset(results).items()
    }
    walks = {words: rows for words, rows in walks.items() if len(rows)}
    if not walks:
        return style.absent("a comparison of a signed and a unipolar network")
    walks = _fewer(walks)
    named = max(([bar.words for bar in bars(rows, "area_share")] for rows in walks.values()), key=len)
    size = style.PAGE_IN, 1.0 + 0.165 * len(named)
    figure, axes = style.panels(1, len(SHARES) * len(walks), *size, sharey="row")
    places = [(words, measure) for words in walks for measure in SHARES]
    for panel, (words, measure) in zip(axes[0], places, strict=True):
        _waterfall(panel, list(bars(walks[words], SHARES[measure])), named)
        panel.axvline(targets(results.claims)[measure], **style.PAPER | {"zorder": 1})
        panel.set_xlabel(f"{measure} saved (%)")
        style.few_ticks(panel.xaxis, 4)
        if measure == next(iter(SHARES)):
            style.title(panel, words)
    axes[0, 0].set_yticks(range(len(named)), named)
    axes[0, 0].set_ylim(len(named) - 0.5, -0.5)
    style.legend(figure, _legend(), 4)
    told = []
    for words, rows in walks.items():
        ends = [100 * rows[share].iloc[[0, -1]] for share in SHARES.values()]
        changed = (f"{of} from {end.iloc[0]:.0f} to {end.iloc[-1]:.0f} %" for of, end in zip(SHARES, ends, strict=True))
        told += [f"{words}: {' and '.join(changed)}."]
    style.message(figure, f"What is saved, from the textbook to equal time. {' '.join(told)}")
    return figure


def _fewer(walks: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Neighbouring steps that change next to nothing in every walk become the last of them, named by their number."""
    shares = pd.concat([rows.set_index("step")[list(SHARES.values())].diff().abs() for rows in walks.values()])
    largest = shares.groupby(level=0).max().max(axis=1)
    return {words: _summed(rows, set(largest.index[largest < SMALL])) for words, rows in walks.items()}


def _summed(rows: pd.DataFrame, small: set[str]) -> pd.DataFrame:
    kept: list[pd.Series] = []
    run: list[str] = []
    for (_, row), after in zip(rows.iterrows(), [*rows["step"].iloc[1:], ""], strict=True):
        own = row["step"] in small and row["step"] not in TOTALS
        run = [*run, row["step"]] if own else []
        if not (own and after in small and after not in TOTALS):
            kept.append(row.replace(row["step"], f"{len(run)}{SEVERAL}") if len(run) > 1 else row)
    return pd.DataFrame(kept)


def bars(rows: pd.DataFrame, share: str) -> Iterator[Bar]:
    """The bars of one comparison and one saving, from the textbook on."""
    before = 0.0
    for place, (step, value) in enumerate(zip(rows["step"], 100 * rows[share], strict=True)):
        if step.startswith("bank "):
            yield Bar(REFERENCE, 0.0, before, True)
        total = place == 0 or step in TOTALS
        yield Bar(_words(step), 0.0 if total else before, value, total)
        before = value
    yield Bar(END, 0.0, before, True)


def _words(step: str) -> str:
    start, _, end = step.partition(" ")
    if start == "baseline":
        return f"baseline: {MAPPINGS_IN_WORDS.get(end, end)}"
    if start == "bank":
        return f"{end} shared ADCs"
    return TOTALS.get(step) or PLAIN.get(step) or step.split(", ")[0]


def _waterfall(panel: Axes, drawn: list[Bar], named: list[str]) -> None:
    for bar in drawn:
        y, change = named.index(bar.words), bar.after - bar.before
        colour = WHOLE if bar.total else MORE if change > 0 else LESS
        panel.barh(y, change, left=bar.before, height=0.72, color=colour, edgecolor=colour, lw=0.5, zorder=2)
        words = f"{bar.after if bar.total else change:{'' if bar.total or not round(change) else '+'}.0f}"
        panel.annotate(
            words.replace("-0", "0").replace("-", "−"), (max(bar.before, bar.after, 0.0), y), (2, 0), va="center",
            textcoords="offset points", fontsize=6.5, fontweight="bold" if bar.total else "normal", zorder=3,
            color=style.INK if bar.total or round(change) else style.PALE,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    panel.axvline(0, color=style.INK, lw=0.6)
    lowest = min(bar.after for bar in drawn)
    panel.set_xlim(lowest - 4 if lowest < 0 else 0, 100)
    panel.tick_params(axis="y", length=0)
    panel.grid(visible=False, axis="y")


def _legend() -> list[Line2D | Patch]:
    looks = {"whole saving": WHOLE, "saves more": MORE, "saves less": LESS}
    return [
        *(Patch(color=colour, label=words) for words, colour in looks.items()),
        Line2D([], [], label="paper", **style.PAPER),
    ]
