"""Maps of the conductances of two networks, array by array, on one scale."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from xbar.hardware.mapping import Array
from xbar.report.figures import style

MOST_LEVELS = 32  # as many as a colour bar can name


def conductances(sides: Mapping[str, list[list[Array]]]) -> Figure:
    """Target conductances (uS) of every cell: a row of panels per network, a panel per layer (its first array)."""
    drawn = [arrays[0].g_uS.numpy() for layers in sides.values() for arrays in layers]
    found = np.unique(np.concatenate([np.unique(np.round(values, 3)) for values in drawn]))
    colours = _colours(found)
    depth = max(map(len, sides.values()))
    figure, axes = style.panels(len(sides), depth, style.PAGE_IN, 0.4 + 2.0 * len(sides))
    for row, (name, layers) in zip(axes, sides.items(), strict=True):
        for panel in row[len(layers) :]:
            panel.axis("off")
        for index, (panel, arrays) in enumerate(zip(row, layers, strict=False)):
            image = _map(panel, arrays[0], colours)
            words = f"layer {index}" + (f", 1 of {len(arrays)} arrays" if len(arrays) > 1 else "")
            panel.set_title(f"{name}\n{words}" if index == 0 else f"\n{words}", loc="left")
        row[0].set_ylabel("row")
    for panel in axes[-1]:
        panel.set_xlabel("column")
    bar = figure.colorbar(image, ax=axes, label="conductance (µS)", shrink=0.6, pad=0.01)
    if isinstance(colours["norm"], BoundaryNorm):
        bar.set_ticks(found, labels=[f"{level:.3g}" for level in found])
        bar.minorticks_off()
    return figure


def _colours(found: np.ndarray) -> dict[str, Any]:
    """A colour for each level of the devices; a continuous scale where these are too many to tell apart."""
    if not 1 < len(found) <= MOST_LEVELS:
        return {"cmap": "viridis", "norm": Normalize(0, float(found.max()))}
    middles = (found[1:] + found[:-1]) / 2
    ends = [2 * found[0] - middles[0], *middles, 2 * found[-1] - middles[-1]]
    return {"cmap": colormaps["viridis"].resampled(len(found)), "norm": BoundaryNorm(ends, len(found))}


def _map(panel: Axes, array: Array, colours: Mapping[str, Any]) -> AxesImage:
    """One array, drawn as pixels: an SVG with a shape for every cell would not open."""
    panel.grid(visible=False)
    style.few_ticks(panel.xaxis, 4)
    style.few_ticks(panel.yaxis, 4)
    return panel.imshow(array.g_uS.numpy(), aspect="auto", interpolation="nearest", **colours)
