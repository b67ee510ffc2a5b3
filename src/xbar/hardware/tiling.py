"""How a weight matrix is divided among the arrays that hold it; plain numbers, no tensors."""

from collections.abc import Sequence
from math import ceil, prod
from typing import NamedTuple


class Tile(NamedTuple):
    """The part of a layer that one array holds: half-open ranges of matrix rows and of outputs."""

    row_block: int
    column_block: int
    rows: slice
    outputs: slice


def channels_per_tile(weight_shape: Sequence[int], rows: int) -> int:
    """Input channels on one array. They have whole kernels only, so that a tile is a convolution too.

    ValueError where the kernel window of one channel exceeds the rows of an array.
    """
    kernel_area = prod(weight_shape[2:])
    if kernel_area > rows:
        raise ValueError(f"a kernel of {kernel_area} positions does not fit into arrays of {rows} rows")
    return rows // kernel_area


def tiles(
    weight_shape: Sequence[int], rows: int, columns: int, *, columns_per_output: int = 1, spare: int = 0
) -> list[Tile]:
    """The arrays of one layer, row block by row block.

    `weight_shape`: (outputs, channels, *kernel). `columns_per_output`: 2 for paired columns, otherwise 1. `spare`:
    columns of each array that hold no output (a reference column). ValueError where not even one output fits into an
    array.
    """
    outputs_per_array = (columns - spare) // columns_per_output
    if outputs_per_array < 1:
        raise ValueError(f"arrays of {columns} columns cannot hold one output of {columns_per_output + spare} columns")
    kernel_area = prod(weight_shape[2:])
    height = channels_per_tile(weight_shape, rows) * kernel_area
    fan_in, outputs = weight_shape[1] * kernel_area, weight_shape[0]
    return [
        Tile(i, j, _range(i, height, fan_in), _range(j, outputs_per_array, outputs))
        for i in range(ceil(fan_in / height))
        for j in range(ceil(outputs / outputs_per_array))
    ]


def _range(block: int, size: int, end: int) -> slice:
    return slice(block * size, min((block + 1) * size, end))
