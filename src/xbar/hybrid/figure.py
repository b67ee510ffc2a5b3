"""Figure of the pulses of a cell, of networks trained by them, and of repaired chips."""

import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xbar.config.hybrid import WritingSpec
from xbar.hybrid.cells import Pairs
from xbar.hybrid.law import PulseLaw
from xbar.report.figures import style
from xbar.seeds import generator

TITLES = {"scratch": "from random weights", "repair": "repaired chips"}
CELLS, PULSES = 100, 20  # drawn of the law


def hybrid(rows: pd.DataFrame, law: PulseLaw) -> Figure:
    """Left: cells under pulses. Middle and right: accuracy of every seed and chip, by rule and by repair."""
    figure, axes = style.panels(1, 3, style.PAGE_IN, 2.6)
    _response(axes[0, 0], law)
    for panel, task, title in (
        (axes[0, 1], "scratch", "from random weights"),
        (axes[0, 2], "repair", "repaired chips"),
    ):
        _dots(panel, rows[rows["task"] == task], title)
    return figure


def _response(axes: Axes, law: PulseLaw) -> None:
    pairs = Pairs(law, WritingSpec(pulses=1, upper=1.0, lower=1.0), (CELLS,), generator(0, "response"))
    shares = [pairs.share[0]]
    for _ in range(PULSES):
        pairs.pulse(torch.ones(CELLS, dtype=torch.int64))
        shares.append(pairs.share[0].clone())
    response = 100 * torch.stack(shares)
    axes.plot(response.numpy(), color=style.PALE, lw=0.3)
    axes.plot(response.mean(1).numpy(), color=style.INK)
    style.title(axes, f"{CELLS} cells, mean in black")
    axes.set(xlabel="pulses after RESET", ylabel="conductance (% of full scale)")


def _dots(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    names = list(dict.fromkeys(rows["method"]))
    place = rows["method"].map(names.index)
    axes.plot(100 * rows["accuracy"], place, "o", color=style.SERIES[0], alpha=0.5, mew=0)
    means = 100 * rows.groupby("method")["accuracy"].mean()
    axes.plot(means[names], range(len(names)), "|", color=style.INK, ms=12)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    style.title(axes, title)
    axes.set(xlabel="test accuracy (%), line: mean")
