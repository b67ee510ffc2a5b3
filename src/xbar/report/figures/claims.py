"""Figure of the claims at a glance: the paper's value, ours with its interval, the verdict."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.claims import EVERY_BASELINE
from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.judged import CONDITIONAL, NOT_RUN, OTHER_DATA, REFUTED, REPRODUCED, UNDECIDED
from xbar.report.results import Results
from xbar.report.savings import option
from xbar.savings.verdicts import EQUAL, MORE, NONE

COLOURS = {
    EQUAL: style.GOOD, MORE: style.HALF, NONE: style.BAD, REPRODUCED: style.GOOD, CONDITIONAL: style.HALF,
    REFUTED: style.BAD, UNDECIDED: style.PALE, NOT_RUN: style.PALE, OTHER_DATA: style.INK,
}  # fmt: skip
MARKERS = {
    EQUAL: "o", MORE: "^", NONE: "X", REPRODUCED: "o", CONDITIONAL: "^", REFUTED: "X", UNDECIDED: "D", NOT_RUN: "o",
    OTHER_DATA: "s",
}  # fmt: skip
INTERVAL: dict[str, Any] = {"lw": 1.0, "marker": "|", "ms": 6}
RANGE: dict[str, Any] = {"lw": 4.0, "alpha": 0.35, "solid_capstyle": "butt"}
SHORT = {CONDITIONAL: "under conditions", OTHER_DATA: ""}


@figure(
    stage="1 Claims",
    caption=(
        "Claims of the paper at a glance. Diamond: the paper's number. Other mark: ours; its shape and colour are "
        "the verdict that stands at the right, whatever the shape in the legend. Accuracies are means over seeds; the "
        "thin bar with ends is their interval, by seeds or by seeds and test examples, whichever reaches further. "
        "Savings: the mark is the reference circuit, which the legend names (claims.reference in config.yaml), at "
        "equal time; for both steps (v3) the bank is the one of answer.md. The "
        "broad pale bar is a range, not an interval: the lowest to the highest saving over all baseline mappings, ADC "
        "models and conditions. v1 and v3 are versions of the paper's abstract: v1 speaks of unipolar weights alone, "
        "v3 of shared converters too. Data that is not the paper's has no diamond and no verdict."
    ),
    reads=("claims", "datasets"),
)
def claims(results: Results) -> Figure:
    """Accuracies above with intervals, savings below with the range over all baselines and conditions.

    What was found on data that is not the paper's has neither the paper's mark nor a verdict.
    """
    rows = results.claims[results.claims["baseline"].isin(["", EVERY_BASELINE])]
    if rows.empty:
        return style.absent("the claims table")
    saving = rows["baseline"] == EVERY_BASELINE
    blocks = [block for block in (rows[~saving], rows[saving]) if len(block)]
    heights = [len(block) + 1.0 for block in blocks]
    figure, axes = style.panels(len(blocks), 1, style.PAGE_IN, 0.9 + 0.21 * sum(heights), height_ratios=heights)
    for panel, block in zip(axes[:, 0], blocks, strict=True):
        is_saving = block["baseline"].iloc[0] == EVERY_BASELINE
        _forest(panel, block, RANGE if is_saving else INTERVAL)
        panel.set_xlabel("saving (%)" if is_saving else "test accuracy (%)")
        style.few_ticks(panel.xaxis, 9)
    if set(rows["verdict"]) == {OTHER_DATA}:
        data = ", ".join(results.title(name) for name in rows["dataset"].unique())
        style.title(axes[0, 0], f"{data}: {OTHER_DATA}, no verdict")
    style.legend(figure, _legend(results, saving), 2)
    return figure


def _forest(panel: Axes, rows: pd.DataFrame, bar: Mapping[str, Any]) -> None:
    for y, row in enumerate(rows.itertuples()):
        colour = COLOURS[row.verdict]
        panel.plot([row.low, row.high], [y, y], color=colour, **bar)
        panel.plot(row.ours, y, MARKERS[row.verdict], color=colour, ms=5.5, zorder=3)
        if row.verdict != OTHER_DATA:
            panel.plot(row.paper, y, "d", mfc="none", mec="black", ms=6.5, zorder=4)
        verdict = SHORT.get(row.verdict, row.verdict)
        panel.annotate(
            verdict, (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=7.5, color=style.INK,
            annotation_clip=False,
        )  # fmt: skip
    panel.set_yticks(range(len(rows)), [_label(row) for row in rows.itertuples()])
    panel.set_ylim(len(rows) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)


def _label(row: Any) -> str:  # pandas makes a named tuple of each row
    if row.baseline == EVERY_BASELINE:
        return f"{row.quantity.split()[0]} ({row.paper_version}), {row.comparison or row.dataset}"
    return f"accuracy, {row.network}"


def _marker(results: Results, usual: str) -> str:
    """The mark of what has no verdict, where nothing has one."""
    return MARKERS[OTHER_DATA] if set(results.claims["verdict"]) == {OTHER_DATA} else usual


def _legend(results: Results, saving: pd.Series) -> list[Line2D]:
    share, circuit = f"{100 * results.rules.confidence:g} %", option(results.rules.reference)
    handles = []
    if set(results.claims["verdict"]) != {OTHER_DATA}:
        handles = [Line2D([], [], color="black", marker="d", mfc="none", ms=6.5, linestyle="", label="paper")]
    if not saving.all():
        handles += [
            Line2D(
                [], [], color=style.INK, marker=_marker(results, "o"), linestyle="", label="ours: mean of the seeds"
            ),
            Line2D([], [], color=style.INK, **INTERVAL, label=f"{share} interval, the wider"),
        ]
    if saving.any():
        handles += [
            Line2D([], [], color=style.INK, marker=_marker(results, "^"), linestyle="", label=f"ours: {circuit}"),
            Line2D([], [], color=style.INK, **RANGE, label="ours: lowest to highest of all conditions"),
        ]
    return handles
