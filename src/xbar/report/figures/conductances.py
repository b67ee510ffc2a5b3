"""Maps of the conductances of two networks, array by array, on one scale."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xbar.hardware.mapping import Array
from xbar.report.figures import style


def conductances(sides: Mapping[str, list[list[Array]]]) -> Figure:
    """Target conductances (uS) of every cell: a row of panels per network, a panel per layer (its first array)."""
    most = max(float(array.g_uS.max()) for layers in sides.values() for arrays in layers for array in arrays)
    depth = max(map(len, sides.values()))
    figure, axes = style.panels(len(sides), depth, style.PAGE_IN, 0.4 + 2.0 * len(sides))
    for row, (name, layers) in zip(axes, sides.items(), strict=True):
        for panel in row[len(layers) :]:
            panel.axis("off")
        for index, (panel, arrays) in enumerate(zip(row, layers, strict=False)):
            image = _map(panel, arrays[0], most)
            words = f"layer {index}" + (f", 1 of {len(arrays)} arrays" if len(arrays) > 1 else "")
            panel.set_title(f"{name}\n{words}" if index == 0 else f"\n{words}", loc="left")
        row[0].set_ylabel("row")
    for panel in axes[-1]:
        panel.set_xlabel("column")
    figure.colorbar(image, ax=axes, label="conductance (µS)", shrink=0.6, pad=0.01)
    return figure


def _map(panel: Axes, array: Array, most: float):
    """One array, drawn as pixels: an SVG with a shape for every cell would not open."""
    panel.grid(visible=False)
    style.few_ticks(panel.xaxis, 4)
    style.few_ticks(panel.yaxis, 4)
    return panel.imshow(array.g_uS.numpy(), cmap="viridis", vmin=0, vmax=most, aspect="auto", interpolation="nearest")
