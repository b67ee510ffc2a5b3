"""Maps of the conductances of two networks, array by array, on one scale."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results

MOST_LEVELS = 32  # as many as a colour bar can name


class Layer(NamedTuple):
    """Conductances (uS) of the first array of a layer, and how many arrays it has."""

    first_uS: np.ndarray
    arrays: int


def layers_of(g_uS: Mapping[str, np.ndarray]) -> list[Layer]:
    """Conductances by name of the array, as conductances.safetensors has them, to what is drawn of each layer."""
    names: dict[int, list[str]] = {}
    for name in g_uS:
        names.setdefault(int(name.split("/")[0].removeprefix("layer")), []).append(name)
    firsts = {layer: next(name for name in of if name.endswith("/block0-0")) for layer, of in names.items()}
    return [Layer(g_uS[firsts[layer]], len(names[layer])) for layer in sorted(names)]


@figure(
    stage="3 Hardware",
    caption=(
        "Target conductances of the cells of both sides of the run's first comparison, seed 0: a panel per layer, "
        "its first array. A signed weight takes paired columns beside each other, a unipolar one a single column."
    ),
    reads=("conductances",),
    needs="comparisons",
)
def conductances(results: Results) -> Figure:
    """Target conductances (uS) of every cell: a row of panels per network, a panel per layer (its first array)."""
    return drawn({network: layers_of(arrays) for network, arrays in results.conductances.items()})


def drawn(sides: Mapping[str, list[Layer]]) -> Figure:
    """The layers of each network, by its name."""
    arrays = [layer.first_uS for layers in sides.values() for layer in layers]
    found = np.unique(np.concatenate([np.unique(np.round(values, 3)) for values in arrays]))
    colours = _colours(found)
    depth = max(map(len, sides.values()))
    figure, axes = style.panels(len(sides), depth, style.PAGE_IN, 0.4 + 2.0 * len(sides))
    for row, (name, layers) in zip(axes, sides.items(), strict=True):
        for panel in row[len(layers) :]:
            panel.axis("off")
        for index, (panel, layer) in enumerate(zip(row, layers, strict=False)):
            image = _map(panel, layer.first_uS, colours)
            words = f"layer {index}" + (f", 1 of {layer.arrays} arrays" if layer.arrays > 1 else "")
            panel.set_title(f"{name}\n{words}" if index == 0 else f"\n{words}", loc="left")
        row[0].set_ylabel("row")
    for panel in axes[-1]:
        panel.set_xlabel("column")
    bar = figure.colorbar(image, ax=axes, label="conductance (µS)", shrink=0.6, pad=0.01)
    if isinstance(colours["norm"], BoundaryNorm):
        bar.set_ticks(found.tolist(), labels=[f"{level:.3g}" for level in found])
        bar.minorticks_off()
    return figure


def _colours(found: np.ndarray) -> dict[str, Any]:
    """A colour for each level of the devices; a continuous scale where these are too many to tell apart."""
    if not 1 < len(found) <= MOST_LEVELS:
        return {"cmap": "viridis", "norm": Normalize(0, float(found.max()))}
    middles = (found[1:] + found[:-1]) / 2
    ends = [2 * found[0] - middles[0], *middles, 2 * found[-1] - middles[-1]]
    return {"cmap": colormaps["viridis"].resampled(len(found)), "norm": BoundaryNorm(ends, len(found))}


def _map(panel: Axes, g_uS: np.ndarray, colours: Mapping[str, Any]) -> AxesImage:
    """One array, drawn as pixels: an SVG with a shape for every cell would not open."""
    panel.grid(visible=False)
    style.few_ticks(panel.xaxis, 4)
    style.few_ticks(panel.yaxis, 4)
    return panel.imshow(g_uS, aspect="auto", interpolation="nearest", **colours)
