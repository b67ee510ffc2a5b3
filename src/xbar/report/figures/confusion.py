"""Confusion matrices of mapped networks."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.statistics import networks

ROOM_IN, CELL_IN = 1.6, 0.19  # height of what stands above and below a matrix, and of a row of it


@figure(
    stage="2 Networks",
    caption=(
        "Which classes noisy chips take for which others. A number is the share (%) of the test examples of a class, "
        "over all seeds and chips. Rows add up to 100 %. Shares below half a percent have no number. Shades follow "
        "the square root of the share, so that rare mistakes are seen."
    ),
    reads=("confusion", "accuracy", "datasets"),
)
def confusion(results: Results) -> Figure:
    """Share of the test examples of each class that noisy chips assign to every class, over seeds and chips."""
    counts = results.confusion.groupby(["network", "actual", "predicted"], sort=False)["count"].sum()
    names = list(dict.fromkeys(results.confusion["network"]))
    if not names:
        return style.absent("a network of confusions.networks")
    kinds = networks(results.accuracy)
    dataset_of = {name: kinds.loc[name, "dataset"] for name in names}
    tables = {name: counts[name].unstack("predicted").sort_index().sort_index(axis=1) for name in names}
    heights = [ROOM_IN + CELL_IN * len(table) for table in tables.values()]
    figure, axes = style.panels(len(names), 1, style.COLUMN_IN, 0.4 + sum(heights), height_ratios=heights)
    worst = []
    for panel, (name, table) in zip(axes[:, 0], tables.items(), strict=True):
        dataset, classes = dataset_of[name], results.datasets[dataset_of[name]].classes
        shares = 100 * table.to_numpy() / table.to_numpy().sum(1, keepdims=True)
        _matrix(panel, shares, classes)
        right = 100 * np.trace(table.to_numpy()) / table.to_numpy().sum()
        seeds = results.confusion.loc[results.confusion["network"] == name, "seed"].nunique()
        of = f"{style.label(kinds.loc[name])}; {seeds} seed{'s' * (seeds > 1)}"
        style.title(panel, f"{results.title(dataset)}: {right:.1f} % right\n{of}")
        panel.set_xlabel("predicted")
        worst.append(f"{results.title(dataset)}: {_worst(shares, classes)}.")
    style.message(figure, " ".join(worst))
    return figure


def _worst(shares: np.ndarray, classes: tuple[str, ...]) -> str:
    """The mistake that is made most often, in words."""
    wrong = np.where(np.eye(len(shares), dtype=bool), -1.0, shares)
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    return f"{shares[row, column]:.0f} % of {classes[row]} is taken for {classes[column]}"


def _matrix(panel: Axes, shares: np.ndarray, classes: tuple[str, ...]) -> None:
    panel.imshow(np.sqrt(shares), cmap="Greys", vmin=0, vmax=10, aspect="auto")  # root: rare mistakes are seen
    for (row, column), share in np.ndenumerate(shares):
        words = f"{share:.0f}" if round(share) else ""
        panel.text(column, row, words, ha="center", va="center", color="white" if share > 40 else "black", fontsize=7)
    panel.set_xticks(range(len(classes)), classes, rotation=90)
    panel.set_yticks(range(len(classes)), classes)
    panel.grid(visible=False)
    panel.set_ylabel("actual")
