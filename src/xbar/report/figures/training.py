"""Figure of the training curves: loss and validation accuracy by epoch."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.statistics import networks

DRAWN = {"loss": ("training loss (nats)", 1.0), "validation_accuracy": ("validation accuracy (%)", 100.0)}


@figure(
    stage="2 Networks",
    caption=(
        "Training curves: mean over seeds, smoothed by a moving mean over a tenth of the epochs. Validation is on "
        "folds of the training data (HAR: whole subjects), a fold of its own for every seed: levels of networks with "
        "different numbers of seeds do not compare. The accuracy axis leaves out the lowest tenth of the values, the "
        "start, so that the rest can be told apart. Colour: signs; dashed: fewer than 4 bits; open squares: "
        "scale per layer."
    ),
    reads=("training", "accuracy", "datasets"),
)
def training(results: Results) -> Figure:
    """Moving mean over a tenth of the epochs of the mean over seeds, one row of panels per dataset.

    No bands: every seed validates on a fold of its own, so that they would tell folds, not trainings, apart.
    """
    kinds = networks(results.accuracy)
    kinds = kinds[kinds.index.isin(results.training["network"])]
    if kinds.empty:
        return style.absent("at least one trained network")
    datasets = list(kinds["dataset"].unique())
    figure, axes = style.panels(len(datasets), 2, style.PAGE_IN, 0.3 + 2.2 * len(datasets))
    for row, dataset in zip(axes, datasets, strict=True):
        of_dataset = kinds[kinds["dataset"] == dataset]
        for panel, measure in zip(row, DRAWN, strict=True):
            looks = style.line_styles(of_dataset)
            for network, words in style.labels(of_dataset).items():
                _curve(panel, results.training, network, measure, {"label": words} | looks[network])
            panel.set(xlabel="epoch", ylabel=DRAWN[measure][0])
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        style.leave_out_the_start(row[1])
        style.title(row[0], results.title(dataset))
        row[1].legend(
            loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=2.8,
            title="moving mean of a\ntenth of the epochs", alignment="left",
        )  # fmt: skip
    return figure


def _curve(panel: Axes, history: pd.DataFrame, network: str, measure: str, look: dict) -> None:
    rows = history[history["network"] == network].dropna(subset=measure)
    if rows.empty:
        return
    epochs = DRAWN[measure][1] * rows.groupby("epoch")[measure].mean()
    smooth = epochs.rolling(max(1, len(epochs) // 10), center=True, min_periods=1).mean()
    panel.plot(smooth.index, smooth, markevery=max(1, len(epochs) // 6), markersize=3.5, **look)
