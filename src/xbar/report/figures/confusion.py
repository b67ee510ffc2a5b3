"""Confusion matrices of mapped networks."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results


@figure(
    stage="2 Networks",
    caption=(
        "Which classes noisy chips take for which others, in percent of the test examples of a class: all seeds and "
        "chips together. Shades follow the square root, so that rare mistakes are seen; less than half a percent has "
        "no number."
    ),
    reads=("confusion", "accuracy", "datasets"),
)
def confusion(results: Results) -> Figure:
    """Share of the test examples of each class that noisy chips assign to every class, over seeds and chips."""
    counts = results.confusion.groupby(["network", "actual", "predicted"], sort=False)["count"].sum()
    names = list(dict.fromkeys(results.confusion["network"]))
    if not names:
        return style.absent("a network of confusions.networks")
    width = style.PAGE_IN if len(names) > 1 else style.COLUMN_IN
    figure, axes = style.panels(1, len(names), width, 3.7)
    dataset_of = results.accuracy.drop_duplicates("network").set_index("network")["dataset"]
    for panel, name in zip(axes[0], names, strict=True):
        table = counts[name].unstack("predicted").sort_index().sort_index(axis=1)
        _matrix(panel, table, results.datasets[dataset_of[name]].classes)
        style.title(panel, f"{results.title(dataset_of[name])}: {name}")
    return figure


def _matrix(panel: Axes, table: pd.DataFrame, classes: tuple[str, ...]) -> None:
    shares = 100 * table.to_numpy() / table.to_numpy().sum(1, keepdims=True)
    panel.imshow(np.sqrt(shares), cmap="Greys", vmin=0, vmax=10)  # root: the rare mistakes are what one looks for
    for (row, column), share in np.ndenumerate(shares):
        words = f"{share:.0f}" if round(share) else ""
        panel.text(column, row, words, ha="center", va="center", color="white" if share > 40 else "black", fontsize=6.5)
    panel.set_xticks(range(len(classes)), classes, rotation=90)
    panel.set_yticks(range(len(classes)), classes)
    panel.grid(visible=False)
    panel.set(xlabel="predicted", ylabel="actual (rows add up to 100 %)")
