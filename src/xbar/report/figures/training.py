"""Figure of the training curves: validation accuracy by epoch."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.statistics import networks

LINE = 0.075  # between two names at the right, share of the panel's height


class End(NamedTuple):
    """Where the mean over seeds ends: last epoch, accuracy there (%), colour of the line."""

    epoch: int
    percent: float
    colour: str


@figure(
    stage="2 Networks",
    caption=(
        "Validation accuracy over the epochs of training. Thin: each seed. Thick: their mean. At the right: that "
        "mean after the last epoch. All curves are moving means of a tenth of the epochs. Validation is on folds of "
        "the training data, which are whole subjects for HAR. Every seed has a fold of its own. Networks with "
        "different numbers of seeds therefore do not compare. A network of one seed has open marks. The axis leaves "
        "out the start. training.csv has the losses."
    ),
    reads=("training", "accuracy", "datasets"),
)
def training(results: Results) -> Figure:
    """A row of panels for each dataset: signed weights beside unipolar and mixed ones, floating point in both."""
    kinds = networks(results.accuracy)
    kinds = kinds[kinds.index.isin(results.training["network"])]
    if kinds.empty:
        return style.absent("at least one trained network")
    datasets = list(kinds["dataset"].unique())
    figure, axes = style.panels(len(datasets), 2, style.PAGE_IN, 0.3 + 2.2 * len(datasets), sharey="row")
    for row, dataset in zip(axes, datasets, strict=True):
        of_dataset = kinds[kinds["dataset"] == dataset]
        names, looks = style.labels(of_dataset), style.line_styles(of_dataset)
        signed = of_dataset["polarity"].isin(["float", "signed"])
        ends = [
            {names[network]: _curves(panel, results.training, str(network), looks[network]) for network in shown.index}
            for panel, shown in zip(row, (of_dataset[signed], of_dataset[~signed]), strict=True)
        ]
        row[0].set_ylim(*_limits(row))
        for panel, of_panel in zip(row, ends, strict=True):
            _name(panel, of_panel)
            panel.set_xlabel("epoch")
        row[0].set_ylabel("validation accuracy (%)")
        style.title(row[0], results.title(dataset))
    return figure


def _curves(panel: Axes, history: pd.DataFrame, network: str, look: dict[str, Any]) -> End:
    """Each seed and their mean; where the mean ends."""
    rows = history[history["network"] == network].dropna(subset="validation_accuracy")
    seeds = 100 * rows.pivot(index="epoch", columns="seed", values="validation_accuracy")
    smooth = seeds.rolling(max(1, len(seeds) // 10), min_periods=1).mean()
    for seed in smooth if smooth.shape[1] > 1 else ():
        panel.plot(smooth.index, smooth[seed], color=look["color"], lw=0.5, alpha=0.35)
    look = look | style.hollow(smooth.shape[1] == 1)
    panel.plot(smooth.index, smooth.mean(axis=1), markevery=max(1, len(seeds) // 6), ms=3.5, lw=1.6, **look)
    return End(len(smooth), float(smooth.mean(axis=1).iloc[-1]), look["color"])


def _limits(panels: Iterable[Axes]) -> tuple[float, float]:
    """From the lowest mean at a third of the epochs to the highest of any seed."""
    lines = [np.asarray(line.get_ydata(), dtype=float) for panel in panels for line in panel.get_lines()]
    lines = [values[np.isfinite(values)] for values in lines if np.isfinite(values).any()]
    low, high = min(values[len(values) // 3 :].min() for values in lines), max(values.max() for values in lines)
    return low - 0.08 * (high - low), high + 0.08 * (high - low)


def _name(panel: Axes, ends: dict[str, End]) -> None:
    """Name and last mean of every line at its right, from the highest down, none less than a line apart."""
    low, high = panel.get_ylim()
    panel.set_xlim(0, max((end.epoch for end in ends.values()), default=1))
    panel.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    free = high + LINE * (high - low)
    for name, end in sorted(ends.items(), key=lambda item: -item[1].percent):
        free = min(end.percent, free - LINE * (high - low))
        panel.annotate(
            f"{name}: {end.percent:.1f}", (1.02, free), xycoords=("axes fraction", "data"), va="center", fontsize=7,
            color=end.colour, annotation_clip=False,
        )  # fmt: skip
