"""Figure of how much of its ADC's full scale every layer uses, with one scale and with scales of its own."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.intervals import pairs_of
from xbar.report.results import Results
from xbar.report.statistics import networks

SCALES = {"network": ("one scale for all layers", style.SERIES[0]), "layer": ("scale per layer", style.SERIES[1])}
ACROSS = 3  # panels in a row
FULL: dict[str, Any] = {"color": style.INK, "lw": 0.8, "ls": ":"}


@figure(
    stage="2 Networks",
    caption=(
        "The largest column sums of every layer over the full scale of its ADC, on training data. A bar is the 99.9 % "
        "quantile of the sums of one array, the mean over seeds. Dots: the seeds. A network of one seed would have "
        "hollow bars. Dotted: the full scale. Sums in the shaded part are clipped to it. Shown are networks of both "
        "scales that differ in nothing else. Where a dataset has none, a network of one scale stands alone. "
        "layers.csv has inputs and weights too."
    ),
    reads=("layers", "accuracy", "intervals", "datasets"),
)
def ranges(results: Results) -> Figure:
    """A panel for each pair of networks that differ in their scale only, and for each dataset without one."""
    kinds = networks(results.accuracy)
    shown = [group for group in _groups(results) if set(group.values()) & set(results.layers["network"])]
    if not shown:
        return style.absent("a network on crossbars")
    rows = -(-len(shown) // ACROSS)
    across = min(ACROSS, len(shown))
    size = style.PAGE_IN if across > 1 else style.COLUMN_IN, 0.5 + 1.9 * rows
    figure, axes = style.panels(rows, across, *size, sharey=True)
    for panel in axes.flat[len(shown) :]:
        panel.axis("off")
    told = []
    for panel, group in zip(axes.flat, shown, strict=False):
        of = results.layers[results.layers["network"].isin(group.values())]
        _bars(panel, of.assign(percent=100 * _used(of)), group)
        kind = kinds.loc[next(iter(group.values()))]
        panel.set_title(
            f"{results.title(kind['dataset'])}: {style.label(kind.replace('layer', 'network'))}", loc="left"
        )
        panel.set_xlabel("layer")
        told.append(_used(of).groupby([of["network"], of["layer"]]).mean())
    for row in axes:
        row[0].set_ylabel("largest sum over full scale (%)")
    _clipped(axes.flat[: len(shown)])
    style.legend(figure, _legend())
    style.message(figure, _message(100 * pd.concat(told)))
    return figure


def _message(means: pd.Series) -> str:
    """Lowest and highest bar (%), and how many are clipped."""
    above = f"{(means > 100).sum()} of {len(means)} bars lie above the full scale"
    return f"The largest sums reach {means.min():.0f} to {means.max():.0f} %: {above}."


def _groups(results: Results) -> list[dict[str, str]]:
    """Networks by scale: every pair, and of a dataset without one the network of one scale with the most bits."""
    kinds = networks(results.accuracy)
    pairs = [dict(zip(("network", "layer"), pair, strict=True)) for pair in pairs_of(results.intervals)]
    paired = {kinds.loc[pair["network"], "dataset"] for pair in pairs}
    others = kinds[(kinds["scale"] == "network") & ~kinds["dataset"].isin(paired)]
    others = others.sort_values("weight_bits", ascending=False, kind="stable")
    return [*pairs, *({"network": str(name)} for name in others.drop_duplicates("dataset").index)]


def _used(rows: pd.DataFrame) -> pd.Series:
    """Share of the ADC's full scale, which is in units of x_max * w_max."""
    return rows["current_range"] / (rows["x_max"] * rows["w_max"] * rows["i_max"])


def _bars(panel: Axes, rows: pd.DataFrame, group: dict[str, str]) -> None:
    width = 0.8 / len(group)
    for place, (scale, network) in enumerate(group.items()):
        for layer, of_layer in rows[rows["network"] == network].groupby("layer"):
            at = float(layer) + width * (place + 0.5) - 0.4
            style.bar_of_seeds(panel, at, of_layer["percent"], 0.9 * width, SCALES[scale][1])
    panel.axhline(100, **FULL)
    panel.set_xticks(np.unique(rows["layer"]))
    panel.grid(visible=False, axis="x")


def _clipped(panels: Iterable[Axes]) -> None:
    """What lies above the full scale is shaded and, in the first panel, named."""
    for place, panel in enumerate(panels):
        top = max(panel.get_ylim()[1], 120.0)
        across = panel.get_yaxis_transform()
        panel.fill_between([0, 1], 100, top, transform=across, color="#ececec", lw=0, zorder=0)
        panel.set_ylim(0, top)
        if place == 0:
            panel.text(0.98, top, "clipped", transform=across, ha="right", va="top", fontsize=7.5, color=style.INK)


def _legend() -> list[Patch | Line2D]:
    bars = [Patch(facecolor=to_rgba(colour, 0.75), edgecolor=colour, label=words) for words, colour in SCALES.values()]
    dot = Line2D([], [], ls="", marker=".", color=style.INK, ms=4, label="one seed")
    return [*bars, dot, Line2D([], [], label="full scale", **FULL)]
