"""Figure of the conductances of signed beside unipolar weights: a corner of an array, and how often each level is."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.statistics import networks

CELLS = 24  # rows and columns that are shown of an array
MOST_LEVELS = 32  # as many as a colour bar can name
PAIR: dict[str, Any] = {"color": style.INK, "lw": 0.8, "clip_on": False}


@figure(
    stage="3 Hardware",
    caption=(
        "Target conductances of the cells of both sides of the run's first comparison, seed 0. Left: a corner of 24 "
        "rows and columns of the layer with the most cells. Brackets: the paired columns of signed weights, one for "
        "the positive and one for the negative part. A unipolar weight takes a single column. Right: share of all "
        "cells of the network at each level."
    ),
    reads=("conductances", "accuracy"),
    needs="comparisons",
)
def conductances(results: Results) -> Figure:
    """A corner of an array of each network, and the shares of all its levels (uS)."""
    kinds = networks(results.accuracy)
    known = {name: kinds.loc[name] for name in results.conductances if name in kinds.index}
    paired = [name for name, kind in known.items() if str(kind["mapping"]).startswith("paired-columns")]
    words = {name: style.label(kind) for name, kind in known.items()}
    colours = {name: style.COLOURS[kind["polarity"]] for name, kind in known.items()}
    return drawn(results.conductances, paired, words, colours)


def drawn(
    sides: Mapping[str, Mapping[str, np.ndarray]],
    paired: list[str],
    words: Mapping[str, str],
    colours: Mapping[str, str],
) -> Figure:
    """The arrays of each network by their names; which networks have paired columns; names and colours for people."""
    levels = np.unique(
        np.concatenate([np.unique(np.round(g, 3)) for arrays in sides.values() for g in arrays.values()])
    )
    look = _look(levels)
    figure, ((*maps, counts),) = style.panels(1, len(sides) + 1, style.PAGE_IN, 2.6)
    for panel, (name, arrays) in zip(maps, sides.items(), strict=True):
        image = _corner(panel, largest(arrays), look, name in paired)
        panel.set_title(words.get(name, name), loc="left", pad=10)
    bar = figure.colorbar(image, ax=maps, label="conductance (µS)", location="bottom", aspect=40, shrink=0.7)
    if isinstance(look["norm"], BoundaryNorm):
        bar.set_ticks(levels.tolist(), labels=[f"{level:.3g}" for level in levels])
        bar.minorticks_off()
    _counts(counts, sides, levels, {name: colours.get(name, style.PALE) for name in sides}, words)
    return figure


def largest(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """The first array of the layer with the most cells."""
    cells: dict[str, int] = {}
    for name, g_uS in arrays.items():
        cells[name.split("/")[0]] = cells.get(name.split("/")[0], 0) + g_uS.size
    layer = max(cells, key=lambda of: cells[of])
    return next(g_uS for name, g_uS in arrays.items() if name.split("/")[0] == layer and name.endswith("/block0-0"))


def _look(levels: np.ndarray) -> dict[str, Any]:
    """A colour for each level of the devices; a continuous scale where these are too many to tell apart."""
    if not 1 < len(levels) <= MOST_LEVELS:
        return {"cmap": "viridis", "norm": Normalize(0, float(levels.max()))}
    middles = (levels[1:] + levels[:-1]) / 2
    ends = [2 * levels[0] - middles[0], *middles, 2 * levels[-1] - middles[-1]]
    return {"cmap": colormaps["viridis"].resampled(len(levels)), "norm": BoundaryNorm(ends, len(levels))}


def _corner(panel: Axes, g_uS: np.ndarray, look: Mapping[str, Any], paired: bool) -> AxesImage:
    """Drawn as pixels: an SVG with a shape for every cell would not open."""
    corner = g_uS[:CELLS, :CELLS]
    image = panel.imshow(corner, interpolation="nearest", **look)
    panel.grid(visible=False)
    panel.set(xlabel="column", ylabel="row")
    style.few_ticks(panel.xaxis, 4)
    style.few_ticks(panel.yaxis, 4)
    for first in range(0, corner.shape[1] - 1, 2) if paired else ():
        panel.plot([first - 0.3, first - 0.3, first + 1.3, first + 1.3], [-0.7, -1.3, -1.3, -0.7], **PAIR)
    panel.set(xlim=(-0.5, corner.shape[1] - 0.5), ylim=(corner.shape[0] - 0.5, -0.5))
    return image


def _counts(
    panel: Axes, sides: Mapping[str, Mapping[str, np.ndarray]], levels: np.ndarray, colours: Mapping[str, str],
    words: Mapping[str, str],
) -> None:  # fmt: skip
    """Bars of the share of cells at each level; too many levels are counted in bins."""
    few = len(levels) <= MOST_LEVELS
    edges = np.asarray([*(levels - 1e-3), levels[-1] + 1e-3]) if few else np.linspace(0, levels[-1], MOST_LEVELS + 1)
    width = 0.8 / len(sides)
    for place, (name, arrays) in enumerate(sides.items()):
        values = np.round(np.concatenate([g_uS.ravel() for g_uS in arrays.values()]), 3)
        shares = 100 * np.histogram(values, edges)[0] / len(values)
        at = np.arange(len(shares)) + width * (place + 0.5) - 0.4
        panel.bar(at, shares, width=0.9 * width, color=colours[name], label=words.get(name, name))
    shown = range(len(edges) - 1) if len(edges) <= 9 else range(0, len(edges) - 1, len(edges) // 6)
    panel.set_xticks(list(shown), [f"{levels[i] if few else edges[i]:.3g}" for i in shown])
    panel.set(xlabel="conductance (µS)", ylabel="share of the cells (%)")
    panel.grid(visible=False, axis="x")
    panel.legend(loc="upper right")
