"""Packing the blocks of all layers into shared whole arrays."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xbar.circuit.design import Design
from xbar.circuit.footprint import Layers, footprint
from xbar.hardware.tiling import tiles


def packed_share(layers: Layers, design: Design) -> float:
    """Number of whole arrays when the blocks of all layers share them, divided by their number when they do not.

    Row blocks of one layer that share lines must be read in turn; that time is not counted.
    """
    at = footprint(layers, design)
    separate = float(np.sum(at.row_blocks * at.column_blocks)) * design.rules.crossbars
    places = pack(_blocks(layers, design), design.crossbar.rows, design.crossbar.columns)
    return (1 + max(place.array for place in places)) * design.rules.crossbars / separate


def _blocks(layers: Layers, design: Design) -> list[tuple[int, int]]:
    """(rows, columns) of every block of every layer, cut as a mapped network is."""
    rules, blocks = design.rules, []
    sizes = (np.ravel(size).astype(int).tolist() for size in (layers.rows, layers.columns, layers.kernel_area))
    for rows, outputs, area in zip(*sizes, strict=True):
        for tile in tiles(
            (outputs, rows // area, area),
            design.crossbar.rows,
            design.crossbar.columns,
            columns_per_output=rules.columns_per_output,
            spare=rules.reference_columns,
        ):
            width = (tile.outputs.stop - tile.outputs.start) * rules.columns_per_output + rules.reference_columns
            blocks.append((tile.rows.stop - tile.rows.start, width))
    return blocks


class Place(NamedTuple):
    """A physical array, counted from 0, and the first row and column that a matrix has in it."""

    array: int
    row: int
    column: int


def pack(sizes: Sequence[tuple[int, int]], rows: int, columns: int) -> list[Place]:
    """A place for every matrix of `sizes` (rows, columns), in their order; no two share a cell.

    First fit, tallest first, on shelves as tall as their first matrix. Matrices on one shelf share row wires and are
    read in turn, each with the other columns not converted. ValueError for a matrix larger than an array.
    """
    places: dict[int, Place] = {}
    shelves: list[_Shelf] = []
    used: list[int] = []  # rows of every array that shelves take
    for number in sorted(range(len(sizes)), key=lambda n: sizes[n], reverse=True):
        height, width = sizes[number]
        if not (0 < height <= rows and 0 < width <= columns):
            raise ValueError(f"a matrix of {height} x {width} has no place in an array of {rows} x {columns}")
        shelf = next((shelf for shelf in shelves if shelf.width + width <= columns), None)
        if shelf is None:
            shelf = _shelf(used, height, rows)
            shelves.append(shelf)
        places[number] = Place(shelf.array, shelf.row, shelf.width)
        shelf.width += width
    return [places[number] for number in range(len(sizes))]


class _Shelf:
    """Rows of one array that begin at `row`; `width`: columns taken."""

    def __init__(self, array: int, row: int) -> None:
        self.array, self.row, self.width = array, row, 0


def _shelf(used: list[int], height: int, rows: int) -> _Shelf:
    """A new shelf in the first array that has the rows for it, or in a new one; counts them in `used`."""
    array = next((number for number, taken in enumerate(used) if taken + height <= rows), len(used))
    if array == len(used):
        used.append(0)
    used[array] += height
    return _Shelf(array, used[array] - height)
