"""The page and the figure of hybrid.csv: networks from random weights, and how much of a loss each repair returns."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xbar.config.hybrid import WritingSpec
from xbar.hybrid.cells import Pairs
from xbar.hybrid.law import PulseLaw
from xbar.hybrid.repair import HEALTHY
from xbar.report.figures import style
from xbar.report.render import CODE, TEXT, WHOLE, Section, fixed, markdown
from xbar.seeds import generator

SCRATCH = "Means over seeds, and their standard deviation. Pulses and RESETs: those of the first writing included."
REPAIR = (
    "Means over seeds and chips. brought back: share of the loss against the same chips without faults, with two"
    " standard errors of this ratio over chips."
)
WEAR = {"cells": WHOLE, "pulses": WHOLE, "RESETs": WHOLE, "updates without a pulse (%)": fixed(1, 100)}
SPREAD, ERRORS = "standard deviation", "two standard errors"
TITLES = {"scratch": "from random weights", "repair": "repaired chips"}
CELLS, PULSES = 100, 20  # drawn of the law


def hybrid_page(rows: pd.DataFrame) -> str:
    """Two tables: networks from random weights, and repaired chips."""
    scratch, repair = (rows[rows["task"] == task] for task in ("scratch", "repair"))
    first = {"network": CODE, "rule": TEXT, "seeds": WHOLE, "accuracy (%)": fixed(2, 100), SPREAD: fixed(2, 100)} | WEAR
    second = {"network": CODE, "method": TEXT, "chips": WHOLE, "accuracy (%)": fixed(2, 100)}
    second |= {"brought back (%)": fixed(0, 100), ERRORS: fixed(0, 100)} | WEAR
    return markdown(
        [
            Section("Networks trained on pulsed cells", first, list(_scratch(scratch)), [SCRATCH]),
            Section("Chips with stuck cells, repaired", second, list(_repaired(repair)), [REPAIR]),
        ]
    )


def _scratch(rows: pd.DataFrame) -> Iterator[list[Any]]:
    for (network, method), of in rows.groupby(["network", "method"], sort=False):
        yield [network, method, len(of), of["accuracy"].mean(), of["accuracy"].std(), *_wear(of)]


def _repaired(rows: pd.DataFrame) -> Iterator[list[Any]]:
    for network, of_network in rows.groupby("network", sort=False):
        returned = brought_back(of_network)
        for method, of in of_network.groupby("method", sort=False):
            share, interval = returned.get(str(method), (float("nan"), float("nan")))
            yield [network, method, len(of), of["accuracy"].mean(), share, interval, *_wear(of)]


def _wear(of: pd.DataFrame) -> list[Any]:
    return [of[column].mean() for column in ("cells", "pulses", "resets", "idle")]


def brought_back(rows: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """By method, the share of the loss by faults that it returns, and two standard errors of this ratio over chips.

    Empty where faults cost nothing, because there is no loss to have a share of.
    """
    chips = rows.pivot(index=["seed", "chip"], columns="method", values="accuracy")
    lost = chips[HEALTHY] - chips["none"]
    if not lost.mean() > 0:
        return {}
    gains = chips.drop(columns=[HEALTHY, "none"]).sub(chips["none"], axis=0)
    shares = gains.mean() / lost.mean()
    return {
        str(name): (shares[name], 2 * (gain - shares[name] * lost).sem() / lost.mean()) for name, gain in gains.items()
    }


def hybrid_figure(rows: pd.DataFrame, law: PulseLaw) -> Figure:
    """Left: cells under pulses. Middle and right: accuracy of every seed and chip, by rule and by repair."""
    figure, axes = style.panels(1, 3, style.PAGE_IN, 2.6)
    _response(axes[0, 0], law)
    for panel, (task, title) in zip(axes[0, 1:], TITLES.items(), strict=True):
        _dots(panel, rows[rows["task"] == task], title)
    return figure


def _response(axes: Axes, law: PulseLaw) -> None:
    pairs = Pairs(law, WritingSpec(pulses=1, upper=1.0, lower=1.0), (CELLS,), generator(0, "response"))
    shares = [pairs.share[0].clone()]
    for _ in range(PULSES):
        pairs.pulse(torch.ones(CELLS, dtype=torch.int64))
        shares.append(pairs.share[0].clone())
    response = 100 * torch.stack(shares)
    axes.plot(response.numpy(), color=style.PALE, lw=0.3)
    axes.plot(response.mean(1).numpy(), color=style.INK)
    style.title(axes, f"{CELLS} cells, mean in black")
    axes.set(xlabel="pulses after RESET", ylabel="conductance (% of full scale)")


def _dots(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    of_several = rows["network"].nunique() > 1
    told = rows["network"] + ": " + rows["method"] if of_several else rows["method"]
    names = list(dict.fromkeys(told))
    place = told.map(names.index)
    axes.plot(100 * rows["accuracy"], place, "o", color=style.SERIES[0], alpha=0.5, mew=0)
    means = 100 * rows["accuracy"].groupby(told).mean()
    axes.plot(means[names], range(len(names)), "|", color=style.INK, ms=12)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    style.title(axes, title)
    axes.set(xlabel="test accuracy (%), line: mean")
