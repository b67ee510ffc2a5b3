"""Packing the blocks of all layers into shared whole arrays."""

import numpy as np

from xbar.circuit.footprint import Design, Layers, footprint


def packed_share(layers: Layers, design: Design) -> float:
    """Whole arrays when blocks share them, divided by arrays when they do not.

    Row blocks of one layer that share lines must be read in turn; that time is not counted.
    """
    at = footprint(layers, design)
    separate = float(np.sum(at.row_blocks * at.column_blocks)) * design.crossbars
    return len(_shelves(_blocks(layers, design), design)) * design.crossbars / separate


def _blocks(layers: Layers, design: Design) -> list[tuple[int, int]]:
    """(rows, columns) of every block of every layer, tallest first."""
    pair = 2 if design.mapping == "differential-columns" else 1
    blocks = []
    sizes = (np.ravel(size).astype(int).tolist() for size in (layers.rows, layers.columns, layers.kernel_area))
    for rows, outputs, area in zip(*sizes, strict=True):
        heights = _pieces(rows, design.array_rows // area * area)
        widths = [width * pair + design.correction for width in _pieces(outputs, design.outputs_per_array)]
        blocks += [(height, width) for height in heights for width in widths]
    return sorted(blocks, reverse=True)


def _pieces(length: int, longest: int) -> list[int]:
    whole, rest = divmod(length, longest)
    return [longest] * whole + [rest] * (rest > 0)


def _shelves(blocks: list[tuple[int, int]], design: Design) -> list[int]:
    """Rows in use of every array after first-fit packing of blocks on shelves as tall as their first block."""
    shelves: list[list[int]] = []  # columns in use, height
    for height, width in blocks:
        shelf = next((shelf for shelf in shelves if shelf[0] + width <= design.array_columns), None)
        if shelf is None:
            shelf = [0, height]
            shelves.append(shelf)
        shelf[0] += width
    arrays: list[int] = []
    for _, height in shelves:
        fits = next((i for i, used in enumerate(arrays) if used + height <= design.array_rows), None)
        if fits is None:
            arrays.append(height)
        else:
            arrays[fits] += height
    return arrays
