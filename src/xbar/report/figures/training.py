"""Figure of the training curves: validation accuracy by epoch."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from xbar.report.contents import figure
from xbar.report.figures import compared, ends, style
from xbar.report.figures.ends import End
from xbar.report.results import Results
from xbar.report.statistics import networks

SIDES = ("signed weights, and floating point", "unipolar weights")


@figure(
    stage="2 Networks",
    caption=(
        "Validation accuracy over the epochs of training. Thin and pale: each seed. Thick: their mean. At the end of "
        "a curve: that mean after the last epoch. Solid lines have 4 bits, dashed ones fewer. All curves are moving "
        "means of a tenth of the epochs. Of each number of bits the networks of one comparison are shown, and "
        "floating point. Validation is on folds of the training data, which are whole subjects for HAR. Every seed "
        "has a fold of its own. Networks with different numbers of seeds therefore do not compare. A network of one "
        "seed ends in an open dot. The axis leaves out the start. training.csv has all networks and the losses."
    ),
    reads=("training", "accuracy", "datasets"),
)
def training(results: Results) -> Figure:
    """A row of panels for each dataset: signed weights and floating point beside unipolar weights."""
    kinds = networks(results.accuracy)
    drawn = kinds.index.isin(compared.plain(results)) | (kinds["polarity"] == "float")
    kinds = kinds[drawn & kinds.index.isin(results.training["network"])]
    if kinds.empty:
        return style.absent("at least one trained network")
    datasets = list(kinds["dataset"].unique())
    size = style.PAGE_IN, 0.8 + 2.1 * len(datasets)
    figure, axes = style.panels(len(datasets), 2, *size, sharex="row", sharey="row")
    handles: dict[str, dict[str, Any]] = {}
    told = []
    for row, dataset in zip(axes, datasets, strict=True):
        of_dataset = kinds[kinds["dataset"] == dataset]
        handles |= _looks(of_dataset)
        last = _row(row, results, of_dataset)
        told.append(f"{results.title(dataset)} {min(last):.1f} to {max(last):.1f} %")
        for panel, side in zip(row, SIDES, strict=True):
            style.title(panel, f"{results.title(dataset)}: {side}")
    style.legend(figure, [Line2D([], [], label=name, **look) for name, look in handles.items()], 5)
    style.message(figure, f"Moving means at the last epoch: {', '.join(told)}.")
    return figure


def _row(row: np.ndarray, results: Results, kinds: pd.DataFrame) -> list[float]:
    """The panels of one dataset; where the means end (%)."""
    names, looks = style.labels(kinds), style.line_styles(kinds)
    signed = kinds["polarity"].isin(["float", "signed"])
    found = [
        {names[network]: _curves(panel, results.training, str(network), looks[network]) for network in shown.index}
        for panel, shown in zip(row, (kinds[signed], kinds[~signed]), strict=True)
    ]
    row[0].set_ylim(*_limits(row))
    row[0].set_xlim(0, max(end.x for of_panel in found for end in of_panel.values()))
    for panel, of_panel in zip(row, found, strict=True):
        ends.name(panel, {f"{words}: {end.y:.1f}": end for words, end in of_panel.items()})
        panel.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        panel.set_xlabel("epoch")
    row[0].set_ylabel("validation accuracy (%)")
    return [end.y for of_panel in found for end in of_panel.values()]


def _looks(kinds: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Colour and dash of each network in words, without marks."""
    names = style.labels(kinds)
    return {names[name]: look | {"marker": "", "lw": 1.6} for name, look in style.line_styles(kinds).items()}


def _curves(panel: Axes, history: pd.DataFrame, network: str, look: dict[str, Any]) -> End:
    """Each seed and their mean; where the mean ends."""
    rows = history[history["network"] == network].dropna(subset="validation_accuracy")
    seeds = 100 * rows.pivot(index="epoch", columns="seed", values="validation_accuracy")
    smooth = seeds.rolling(max(1, len(seeds) // 10), min_periods=1).mean()
    for seed in smooth if smooth.shape[1] > 1 else ():
        panel.plot(smooth.index, smooth[seed], color=look["color"], lw=0.5, alpha=0.2)
    mean = smooth.mean(axis=1)
    panel.plot(smooth.index, mean, lw=1.6, **look | {"marker": ""})
    end = End(float(smooth.index[-1]), float(mean.iloc[-1]), look["color"])
    fill = style.hollow(smooth.shape[1] == 1)
    panel.plot(end.x, end.y, "o", color=end.colour, ms=4, zorder=5, clip_on=False, **fill)
    return end


def _limits(panels: Iterable[Axes]) -> tuple[float, float]:
    """From the lowest mean at a third of the epochs to the highest of any seed."""
    lines = [np.asarray(line.get_ydata(), dtype=float) for panel in panels for line in panel.get_lines()]
    lines = [values[np.isfinite(values)] for values in lines if np.isfinite(values).any()]
    low, high = min(values[len(values) // 3 :].min() for values in lines), max(values.max() for values in lines)
    return low - 0.08 * (high - low), high + 0.08 * (high - low)
