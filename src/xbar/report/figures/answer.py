"""Figure of the answer: what both steps save over the time that they take, against every baseline."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from xbar.report.conditions import targets
from xbar.report.contents import figure
from xbar.report.figures import compared, style
from xbar.report.results import Results
from xbar.report.savings import MAPPINGS_IN_WORDS

PANELS = (  # measure, what the columns of savings begin with, title
    ("area", "", "area, fast baseline"),
    ("area", "equal_", "area, equal time"),
    ("energy", "equal_", "energy, equal time"),
)
LOWEST = -0.3  # savings below are off the axes


@figure(
    stage="1 Claims",
    caption=(
        "What both steps together save over the time that they take, at the reference circuit. A line is a way to "
        "store signed weights. A mark is a bank of shared ADCs. The one at the left has as many ADCs as the largest "
        "layer needs, the others have ever fewer. Lines are drawn ever finer, so that those below are seen. Time is "
        "latency over that of the fast baseline, which has an ADC for every column. At equal time the ADCs of the "
        "baseline take as many columns in turn as those of the bank. Dashed: the paper. Savings below -30 % are off "
        "the axes. Of each dataset the comparisons of the fewest bits are shown. Literal is the literal reading of "
        "the paper. trade_offs.csv has energy against the fast baseline too."
    ),
    reads=("trade_offs", "claims", "accuracy", "datasets"),
)
def answer(results: Results) -> Figure:
    """Area and energy saved over the latency factor: a row for each comparison, a line for each baseline."""
    table = results.trade_offs
    names = {name: words for name, words in compared.shown(results).items() if name in set(table["comparison"])}
    table = table[table["comparison"].isin(names)]
    if table.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    looks = style.series(dict.fromkeys(table["baseline"]))
    size = style.PAGE_IN, 0.9 + 1.35 * len(names)
    figure, axes = style.panels(len(names), len(PANELS), *size, sharex=True, sharey="col")
    for row, (comparison, told) in zip(axes, names.items(), strict=True):
        rows = table[table["comparison"] == comparison]
        for panel, (measure, against, _) in zip(row, PANELS, strict=True):
            _lines(panel, rows, f"{against}{measure}_saving", looks)
            panel.axhline(targets(results.claims)[measure], **style.PAPER)
            panel.axhline(0, color=style.PALE, lw=0.8, zorder=0)
            panel.set_ylim(*_limits(table, measure, targets(results.claims)[measure]))
        row[0].set_ylabel(f"{told.replace(', ', ', ' + chr(10))}\nsaved (%)")
    for top, bottom, (_, _, words) in zip(axes[0], axes[-1], PANELS, strict=True):
        top.set_title(words)
        bottom.set_xlabel("time, × that of the fast baseline")
    handles = [Line2D([], [], lw=0.9, label=MAPPINGS_IN_WORDS.get(name, name), **look) for name, look in looks.items()]
    style.legend(figure, [*handles, Line2D([], [], label="paper", **style.PAPER)], 3)
    ends = [_best(table, names, of, paper) for of, paper in targets(results.claims).items()]
    style.message(figure, f"At equal time both steps save at most {' and '.join(ends)}.")
    return figure


def _best(table: pd.DataFrame, names: dict[str, str], of: str, paper: float) -> str:
    """The most that both steps save at equal time, by which network, and the most that the others save."""
    most = 100 * table.groupby("comparison", sort=False)[f"equal_{of}_saving"].max()
    best = str(most.idxmax())
    others = f" others: {most.drop(best).max():.0f} %;" if len(most) > 1 else ""
    return f"{most.max():.0f} % of {of} ({names[best]};{others} paper: {paper:g} %)"


def _limits(table: pd.DataFrame, measure: str, paper: float) -> tuple[float, float]:
    """The axis of one measure, alike in all panels: the paper's number is on it, what costs far more is not."""
    savings = 100 * table[[f"{against}{of}_saving" for of, against, _ in PANELS if of == measure]]
    low, high = max(100 * LOWEST, min(0.0, savings.min().min())), max(paper, savings.max().max())
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def _width(place: int) -> dict[str, Any]:
    """Later lines are finer, so that those below them are seen."""
    return {"ms": max(3.8 - 0.4 * place, 2.0), "lw": max(1.6 - 0.25 * place, 0.6)}


def _lines(panel: Axes, rows: pd.DataFrame, saving: str, looks: dict[str, dict]) -> None:
    for place, (baseline, of_baseline) in enumerate(rows.groupby("baseline", sort=False)):
        panel.plot(of_baseline["latency_factor"], 100 * of_baseline[saving], **_width(place), **looks[str(baseline)])
    panel.set_xscale("log")
    panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.xaxis.set_minor_locator(NullLocator())
