"""Figure of what each difference from a textbook circuit does to the savings."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.conditions import targets
from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.textbook import BOTH, SHARES, saved


@figure(
    stage="4 Costs",
    caption=(
        "From a textbook circuit to that of the first round (top), and from there to this one and to equal time "
        "(bottom): what both steps together save in area and energy. Every line has one difference more. The bottom "
        "begins with what the first round published and the same circuit by the model of today. Comparisons stand a "
        "little below each other. Dashed: the paper."
    ),
    reads=("steps", "claims"),
)
def differences(results: Results) -> Figure:
    """Area and energy saved by both steps together, one difference more on every line, with the paper's numbers."""
    table = saved(results.steps, BOTH)
    if table.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    walks = {walk: table[table["walk"] == walk] for walk in dict.fromkeys(table["walk"])}
    names = {walk: _names(rows) for walk, rows in walks.items()}
    heights = [len(steps) + 0.5 for steps in names.values()]
    size = style.PAGE_IN, 1.1 + 0.3 * sum(heights)
    figure, axes = style.panels(len(walks), len(SHARES), *size, sharey="row", sharex="col", height_ratios=heights)
    looks = style.series(table["comparison"].unique())
    for row, (walk, rows) in zip(axes, walks.items(), strict=True):
        for panel, (measure, share) in zip(row, SHARES.items(), strict=True):
            _lines(panel, rows, share, names[walk], looks)
            panel.axvline(targets(results.claims)[measure], **style.PAPER)
            panel.set_xlabel(f"{measure} saved (%)")
            style.few_ticks(panel.xaxis)
        row[0].set_yticks(range(len(names[walk])), names[walk])
        row[0].set_ylim(len(names[walk]) - 0.5, -0.5)
        style.title(row[0], walk)
    paper = Line2D([], [], label="paper", **style.PAPER)
    style.legend(figure, [*(Line2D([], [], lw=0.9, label=name, **look) for name, look in looks.items()), paper])
    return figure


def _names(rows: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(rows.sort_values("number", kind="stable")["step"]))


def _lines(panel: Axes, rows: pd.DataFrame, share: str, steps: list[str], looks: dict[str, dict]) -> None:
    for i, (comparison, look) in enumerate(looks.items()):
        of_comparison = rows[rows["comparison"] == comparison]
        shift = 0.7 * ((i + 0.5) / len(looks) - 0.5)  # equal savings beside each other
        places = [steps.index(step) + shift for step in of_comparison["step"]]
        panel.plot(100 * of_comparison[share], places, ms=3.2, lw=0.9, **look)
    panel.tick_params(axis="y", length=0)
