"""Figure of the answer: what both steps save over the time that they take, against every baseline."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from xbar.report.conditions import SAVED, targets
from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.savings import of_fewest_bits
from xbar.report.statistics import networks

AGAINST = {"": "fast baseline", "equal_": "equal time"}  # what the columns of savings begin with
LOWEST = -0.3  # savings below are off the axes
HAND: dict[str, Any] = {"color": style.PALE, "lw": 0.8, "linestyle": ":"}


@figure(
    stage="1 Claims",
    caption=(
        "What both steps together save over the time that they take, at the reference circuit: area on the left and "
        "energy on the right. A line is a baseline, a mark a bank of shared ADCs, from as many as the largest layer "
        "needs (left) down to one. Time: latency over that of the fast baseline, which has an ADC for every column. Of "
        "each pair of panels the left one is against that baseline. The right one is against a baseline whose ADCs "
        "take as many columns in turn as those of the bank, so that both take the same time. Where lines cover each "
        "other, answer.md has the numbers. Dashed: the paper. Dotted: the hand rule for two crossbars, "
        "1 - ((1 - s) + s / L) / 2. There s is the share of area that a bank can hold, and L the channels of all "
        "layers over the ADCs of the bank. Values above the axis are cut. Of each dataset the comparisons of the "
        "fewest bits are shown; har-2b-literal is the literal reading of the paper. Savings below -30 % are off the "
        "axes."
    ),
    reads=("trade_offs", "claims", "accuracy"),
)
def answer(results: Results) -> Figure:
    """Area and energy saved over the latency factor: a row for each comparison, a line for each baseline."""
    table = results.trade_offs
    table = table[table["comparison"].isin(of_fewest_bits(results.comparisons, networks(results.accuracy)))]
    if table.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    names = list(dict.fromkeys(table["comparison"]))
    looks = style.series(dict.fromkeys(table["baseline"]))
    figure, axes = style.panels(len(names), 4, style.PAGE_IN, 0.9 + 1.6 * len(names), sharex="row")
    for row, comparison in zip(axes, names, strict=True):
        of_comparison = table[table["comparison"] == comparison]
        places = ((measure, against) for measure in SAVED for against in AGAINST)
        for panel, (measure, against) in zip(row, places, strict=True):
            _lines(panel, of_comparison, f"{against}{measure}_saving", looks)
            panel.set_ylim(*_limits(table, measure, targets(results.claims)[measure]))
            panel.axhline(targets(results.claims)[measure], **style.PAPER)
            if measure == "area" and not against:
                rule = of_comparison[of_comparison["baseline"] == of_comparison["baseline"].iloc[0]]
                panel.plot(rule["latency_factor"], 100 * rule["hand_rule"], **HAND)
            panel.set_title(f"{measure}, {AGAINST[against]}", loc="right", fontsize=7)
        row[0].set_ylabel(f"{comparison}\nsaved (%)")
    for panel in axes[-1]:
        panel.set_xlabel("latency factor")
    handles = [Line2D([], [], lw=0.9, label=name, **look) for name, look in looks.items()]
    handles += [Line2D([], [], label="paper", **style.PAPER), Line2D([], [], label="hand rule", **HAND)]
    style.legend(figure, handles, 4)
    return figure


def _limits(table: pd.DataFrame, measure: str, paper: float) -> tuple[float, float]:
    """The axis of one measure, alike in all panels: the paper's number is on it, what costs far more is not."""
    savings = 100 * table[[f"{against}{measure}_saving" for against in AGAINST]]
    low, high = max(100 * LOWEST, min(0.0, savings.min().min())), max(paper, savings.max().max())
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def _lines(panel: Axes, rows: pd.DataFrame, saving: str, looks: dict[str, dict]) -> None:
    for baseline, of_baseline in rows.groupby("baseline", sort=False):
        panel.plot(of_baseline["latency_factor"], 100 * of_baseline[saving], ms=2.6, lw=0.9, **looks[str(baseline)])
    panel.set_xscale("log")
    panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.xaxis.set_minor_locator(NullLocator())
