"""Packing the blocks of all layers into shared whole arrays."""

import numpy as np

from xbar.circuit.footprint import Design, Layers, footprint
from xbar.hardware.packing import pack


def packed_share(layers: Layers, design: Design) -> float:
    """Whole arrays when blocks share them, divided by arrays when they do not.

    Row blocks of one layer that share lines must be read in turn; that time is not counted.
    """
    at = footprint(layers, design)
    separate = float(np.sum(at.row_blocks * at.column_blocks)) * design.crossbars
    places = pack(_blocks(layers, design), design.array_rows, design.array_columns)
    return (1 + max(place.array for place in places)) * design.crossbars / separate


def _blocks(layers: Layers, design: Design) -> list[tuple[int, int]]:
    """(rows, columns) of every block of every layer."""
    pair = 2 if design.mapping == "differential-columns" else 1
    blocks = []
    sizes = (np.ravel(size).astype(int).tolist() for size in (layers.rows, layers.columns, layers.kernel_area))
    for rows, outputs, area in zip(*sizes, strict=True):
        heights = _pieces(rows, design.array_rows // area * area)
        widths = [width * pair + design.correction for width in _pieces(outputs, design.outputs_per_array)]
        blocks += [(height, width) for height in heights for width in widths]
    return blocks


def _pieces(length: int, longest: int) -> list[int]:
    whole, rest = divmod(length, longest)
    return [longest] * whole + [rest] * (rest > 0)
