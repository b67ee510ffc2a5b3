"""Figure of which open choice of the circuit decides the savings."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.conditions import SAVED, targets
from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.savings.corners import STEPS

MOST_OPTIONS = 9
SAME = 0.005  # savings no further apart are called equal
UNITS = {" ns": " (ns)", " uS": " (µS)", " MHz": " (MHz)", " V": " (V)", "adc": "ADC", "dac": "DAC"}
PERCENTILES = ("p5", "p25", "p50", "p75", "p95")
ROWS = (
    "savings of drawn circuits: median, middle 50 % (thick) and 90 % (thin)",
    "share of the variance that an option explains, by itself (filled) and with its interactions (open)",
    "one option at a time away from the configured circuit (mark); right: value of the least, of the most saving",
)


@figure(
    stage="4 Costs",
    caption=(
        "Which open choice of the circuit decides the savings. Top: distribution over drawn circuits, percentiles "
        "5, 25, 50, 75 and 95. Dashed: the paper, for the step that a version of its abstract speaks of. v1 speaks "
        "of unipolar weights alone (67 % of area, 40 % of power), v3 of both steps (80 % of area, 45 % of energy). "
        "No version speaks of shared converters alone ('uniform alone'). Middle: share of the variance of both "
        "steps' saving that an option explains by itself (filled) and together with others (open: total Sobol "
        "index). Bottom: savings of both steps when one option at a time leaves the configured circuit (mark). "
        "Time is not made equal in any of them. "
        "Beside it: the values with the least and the most saving, or 'differ' where comparisons do not agree on "
        "them."
    ),
    reads=("sensitivity", "claims"),
)
def sensitivity(results: Results) -> Figure:
    """Distribution of savings, variance shares and tornado, of area on the left and of energy on the right."""
    table = results.sensitivity
    if table.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    options, looks = deciding(table), style.series(table["comparison"].unique())
    heights = [len(STEPS) + 0.5, len(options) + 0.5, len(options) + 0.5]
    size = style.PAGE_IN, 1.4 + max(0.26, 0.18 + 0.02 * len(looks)) * sum(heights)
    figure, axes = style.panels(3, 2, *size, sharey="row", height_ratios=heights)
    for column, measure in enumerate(SAVED):
        of_measure = table[table["measure"].str.startswith(f"{measure}_saving")]
        both = of_measure[of_measure["measure"] == f"{measure}_saving both"]
        _distributions(axes[0, column], of_measure, looks)
        _variance(axes[1, column], both, options, looks)
        _tornado(axes[2, column], both, options, looks)
        for y, percent in _paper(results, measure).items():
            axes[0, column].plot([percent, percent], [y - 0.45, y + 0.45], **style.PAPER)
        axes[2, column].axvline(targets(results.claims)[measure], **style.PAPER)
        for panel in axes[(0, 2), column]:
            panel.set_xlabel(f"{measure} saved (%)")
            style.few_ticks(panel.xaxis)
        axes[1, column].set_xlabel(f"of the variance of the {measure} saved (%)")
    for row, words in zip(axes, ROWS, strict=True):
        row[0].set_title(words, loc="left")
    style.legend(figure, _legend(looks))
    return figure


def _paper(results: Results, measure: str) -> dict[int, float]:
    """What the paper says a step saves (%), by the place of the step; no version speaks of some steps."""
    claim = f"{measure}-saving"
    published = results.claims[results.claims["claim"] == claim].drop_duplicates("paper_version")
    values = published.set_index("paper_version")["paper"]
    corners = {rule.corner: values[version] for version, rule in results.rules.savings[claim].items()}
    return {y: float(corners[step.corner]) for y, step in enumerate(STEPS) if step.corner in corners}


def deciding(table: pd.DataFrame) -> list[str]:
    """The options that explain most of the variance of a saving in a comparison, the strongest first."""
    shares = table[table["method"] == "variance"].groupby("option", sort=False)["number"].max()
    return list(shares.sort_values(ascending=False, kind="stable").index[:MOST_OPTIONS])


def _distributions(panel: Axes, rows: pd.DataFrame, looks: dict[str, dict]) -> None:
    points = _pivot(rows[rows["method"] == "quantile"], "measure", "value")
    for y, step in enumerate(STEPS):
        of_step = points[points["measure"].str.endswith(f" {step.name}")]
        for row, look, shift in style.side_by_side(of_step, looks):
            p5, p25, p50, p75, p95 = (100 * row[point] for point in PERCENTILES)
            panel.plot([p5, p95], [y + shift] * 2, color=look["color"], lw=0.8)
            panel.plot([p25, p75], [y + shift] * 2, color=look["color"], lw=2.6, alpha=0.5, solid_capstyle="butt")
            panel.plot(p50, y + shift, ms=3.6, **look)
    _name(panel, [step.name for step in STEPS])


def _variance(panel: Axes, rows: pd.DataFrame, options: list[str], looks: dict[str, dict]) -> None:
    shares = _pivot(rows[rows["method"].isin(["variance", "sobol ST"])], "option", "method")
    for y, option in enumerate(options):
        for row, look, shift in style.side_by_side(shares[shares["option"] == option], looks):
            own, total = 100 * row["variance"], 100 * row["sobol ST"]
            panel.plot([own, total], [y + shift] * 2, color=look["color"], lw=0.8)
            panel.plot(own, y + shift, ms=3.6, **look)
            panel.plot(total, y + shift, ms=3.6, **look | {"mfc": "white"})
    _name(panel, options)


def _tornado(panel: Axes, rows: pd.DataFrame, options: list[str], looks: dict[str, dict]) -> None:
    single = rows[rows["method"] == "one at a time"]
    base = single[single["option"] == ""].set_index("comparison")["number"]
    ends = single.groupby(["option", "comparison"], sort=False)["number"].agg(["min", "max"]).reset_index()
    for y, option in enumerate(options):
        for row, look, shift in style.side_by_side(ends[ends["option"] == option], looks):
            panel.plot([100 * row["min"], 100 * row["max"]], [y + shift] * 2, color=look["color"], lw=2.0, alpha=0.6)
            panel.plot(100 * base[row["comparison"]], y + shift, ms=3.2, **look)
        _name_ends(panel, y, single[single["option"] == option])
    _name(panel, options)


def _name_ends(panel: Axes, y: int, rows: pd.DataFrame) -> None:
    """Beside the panel the values of least and most saving, one per line, unless comparisons disagree."""
    ordered = rows.sort_values("number", kind="stable").groupby("comparison", sort=False)
    ends = {tuple(group["value"].iloc[[0, -1]]) for _, group in ordered if np.ptp(group["number"]) > SAME}
    words = "\n".join(next(iter(ends))) if len(ends) == 1 else "differ" if ends else "–"
    panel.annotate(
        _words(words), (1.03, y), xycoords=("axes fraction", "data"), va="center", fontsize=7, linespacing=0.95,
        color=style.INK, annotation_clip=False,
    )  # fmt: skip


def _pivot(rows: pd.DataFrame, kept: str, spread: str) -> pd.DataFrame:
    return rows.pivot(index=["comparison", kept], columns=spread, values="number").reset_index()


def _name(panel: Axes, names: list[str]) -> None:
    panel.set_yticks(range(len(names)), [_words(name) for name in names])
    panel.set_ylim(len(names) - 0.5, -0.5)
    panel.tick_params(axis="y", length=0)


def _words(option: str) -> str:
    words = option.replace("_", " ")
    for text, better in UNITS.items():
        words = words.replace(text, better)
    return words


def _legend(looks: dict[str, dict]) -> list[Line2D]:
    comparisons = (Line2D([], [], linestyle="-", lw=0.9, label=name, **look) for name, look in looks.items())
    return [*comparisons, Line2D([], [], label="paper", **style.PAPER)]
