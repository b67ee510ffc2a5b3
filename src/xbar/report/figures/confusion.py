"""Confusion matrices of mapped networks."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xbar.report.figures import style
from xbar.report.results import Results

CLASSES = {  # in the order of the data sets' own class numbers
    "har": ("walking", "upstairs", "downstairs", "sitting", "standing", "laying"),
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    "digits": tuple("0123456789"),
}


def confusion(results: Results) -> Figure:
    """Share of the test examples of each class that noisy chips assign to every class, over seeds and chips."""
    counts = results.confusion.groupby(["network", "actual", "predicted"], sort=False)["count"].sum()
    names = list(dict.fromkeys(results.confusion["network"]))
    if not names:
        return style.absent("a network of confusions.networks")
    width = style.PAGE_IN if len(names) > 1 else style.COLUMN_IN
    figure, axes = style.panels(1, len(names), width, 3.7)
    datasets = results.accuracy.drop_duplicates("network").set_index("network")["dataset"]
    for panel, name in zip(axes[0], names, strict=True):
        table = counts[name].unstack("predicted").sort_index().sort_index(axis=1)
        _matrix(panel, table, CLASSES.get(datasets[name]))
        panel.set_title(f"{style.TITLES.get(datasets[name], datasets[name])}: {name}", loc="left", fontweight="bold")
    return figure


def _matrix(panel: Axes, table: pd.DataFrame, classes: tuple[str, ...] | None) -> None:
    shares = 100 * table.to_numpy() / table.to_numpy().sum(1, keepdims=True)
    panel.imshow(np.sqrt(shares), cmap="Greys", vmin=0, vmax=10)  # root: the rare mistakes are what one looks for
    for (row, column), share in np.ndenumerate(shares):
        words = f"{share:.0f}" if round(share) else ""
        panel.text(column, row, words, ha="center", va="center", color="white" if share > 40 else "black", fontsize=6.5)
    words = classes or [f"{number:.0f}" for number in table.index]
    panel.set_xticks(range(len(words)), words, rotation=90)
    panel.set_yticks(range(len(words)), words)
    panel.grid(visible=False)
    panel.set(xlabel="predicted", ylabel="actual (rows add up to 100 %)")
