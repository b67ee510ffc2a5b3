"""Figure of when the paper's savings hold: savings of drawn circuits by what is known of them."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.conditions import CONDITIONS, SAVED, alone, fixed, targets
from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results


@figure(
    stage="4 Costs",
    caption=(
        "When 80 % of area and 45 % of energy are saved by both steps together (dashed: the paper): circuits drawn "
        "from all open choices, one of them known at a time. Left and middle: mark, the median saving; bar, the "
        "middle 80 % of the circuits. Right: share of the drawn circuits that save at least what the paper saves "
        "(filled: of area; open: of energy). Latency: of both steps over that of the drawn baseline. It is "
        "not made equal. Every value of an option is equally likely; the shares depend on which values are listed, "
        "and are no probabilities. Every baseline is priced from networks trained with paired columns, mirrored."
    ),
    reads=("conditions", "claims"),
)
def conditions(results: Results) -> Figure:
    """Median and middle 80 % of both savings, and how often they reach the paper's, one condition at a time."""
    rows = alone(results.conditions)
    if rows.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    blocks = _blocks(rows)
    heights = [len(block) + 0.6 for block in blocks.values()]
    looks = style.series(rows["comparison"].unique())
    size = style.PAGE_IN, 1.0 + (0.16 + 0.02 * len(looks)) * sum(heights)
    figure, axes = style.panels(len(blocks), 3, *size, sharex="col", height_ratios=heights)
    for row, (name, block) in zip(axes, blocks.items(), strict=True):
        for panel, measure in zip(row, SAVED, strict=False):
            _savings(panel, block, measure, looks)
            panel.axvline(targets(results.claims)[measure], **style.PAPER)
        _shares(row[2], block, looks)
        row[0].set_title(name, loc="left", fontweight="bold")
        row[0].set_yticks(range(len(block)), list(block))
        for panel in row[1:]:
            panel.set_yticks(range(len(block)), [""] * len(block))
        for panel in row:
            panel.set_ylim(len(block) - 0.5, -0.5)
            panel.tick_params(axis="y", length=0)
    for panel, measure in zip(axes[-1], SAVED, strict=False):
        panel.set_xlabel(f"{measure} saved (%)")
    axes[-1, 2].set_xlabel("drawn circuits that save at\nleast what the paper saves (%)")
    style.legend(figure, _legend(looks), 4)
    return figure


def _blocks(rows: pd.DataFrame) -> dict[str, dict[str, pd.DataFrame]]:
    """Rows by condition and value: the words of the condition, the words of the value, a row per comparison."""
    blocks = {"": {"any circuit": rows[fixed(rows) == 0]}}
    for name, words in CONDITIONS.items():
        known = rows[rows[name] != ""]
        blocks[words] = {str(value): of_value for value, of_value in known.groupby(name, sort=False)}
    return {words: block for words, block in blocks.items() if block}


def _savings(panel: Axes, block: dict[str, pd.DataFrame], measure: str, looks: dict[str, dict]) -> None:
    for y, rows in enumerate(block.values()):
        for row, look, shift in style.side_by_side(rows, looks):
            low, middle, high = (100 * row[f"{measure}_saving_{point}"] for point in ("p10", "median", "p90"))
            panel.plot([low, high], [y + shift] * 2, color=look["color"], lw=0.9)
            panel.plot(middle, y + shift, ms=3.2, **look)


def _shares(panel: Axes, block: dict[str, pd.DataFrame], looks: dict[str, dict]) -> None:
    for y, rows in enumerate(block.values()):
        for row, look, shift in style.side_by_side(rows, looks):
            area, energy = (100 * row[f"{measure}_holds"] for measure in SAVED)
            panel.plot([area, energy], [y + shift] * 2, color=style.PALE, lw=0.4, zorder=1)
            panel.plot(area, y + shift, ms=3.2, **look)
            panel.plot(energy, y + shift, ms=3.2, **look | {"mfc": "white"})


def _legend(looks: dict[str, dict]) -> list[Line2D]:
    ink = style.INK
    return [
        *(Line2D([], [], linestyle="-", lw=0.9, label=name, **look) for name, look in looks.items()),
        Line2D([], [], label="paper", **style.PAPER),
        Line2D([], [], color=ink, marker="o", lw=0.9, label="median, middle 80 % of circuits"),
        Line2D([], [], color=ink, marker="o", linestyle="", label="right: in area"),
        Line2D([], [], color=ink, marker="o", mfc="white", linestyle="", label="right: in energy"),
    ]
