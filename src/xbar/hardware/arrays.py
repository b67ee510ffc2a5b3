"""Files of mapped networks: conductances by layer and array, and the table of arrays."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xbar.files import read_tensors, write_tensors
from xbar.hardware.mapping import Array
from xbar.hardware.tiling import Tile
from xbar.mappings import MappingName
from xbar.tables import ARRAYS, write_table

NAME = re.compile(r"layer(\d+)/rows(\d+)-(\d+)/outputs(\d+)-(\d+)/block(\d+)-(\d+)(?:/crossbar(\d+))?")


def write_arrays(path: str | Path, mapped: list[list[Array]], about: Mapping[str, Any]) -> None:
    """Write conductances (uS, float64), one tensor (used rows, used columns) per array, named after its place."""
    tensors = {array_name(layer, array): array.g_uS for layer, arrays in enumerate(mapped) for array in arrays}
    write_tensors(path, tensors, about)


def array_name(layer: int, array: Array) -> str:
    """Name of an array by its place: layer, matrix rows, outputs, block, and number of a second crossbar."""
    tile = array.tile
    rows, outputs = (f"{part.start}-{part.stop}" for part in (tile.rows, tile.outputs))
    second = f"/crossbar{array.crossbar}" if array.crossbar else ""
    return f"layer{layer}/rows{rows}/outputs{outputs}/block{tile.row_block}-{tile.column_block}{second}"


def read_arrays(path: str | Path) -> tuple[list[list[Array]], dict[str, Any]]:
    """What `write_arrays` wrote: the arrays of every layer, and `about`. ValueError for a tensor of another name."""
    tensors, about = read_tensors(path)
    mapped: dict[int, list[Array]] = {}
    for name, g_uS in tensors.items():
        match = NAME.fullmatch(name)
        if match is None:
            raise ValueError(f"{path}: '{name}' is not the name of an array")
        layer, row, row_end, output, output_end, row_block, column_block, crossbar = map(int, match.groups("0"))
        tile = Tile(row_block, column_block, slice(row, row_end), slice(output, output_end))
        mapped.setdefault(layer, []).append(Array(tile, g_uS, crossbar))
    return [sorted(mapped[layer], key=_order) for layer in sorted(mapped)], about


def _order(array: Array) -> tuple[int, int, int]:
    """The order in which `map_weights` makes the arrays of a layer."""
    return array.tile.row_block, array.tile.column_block, array.crossbar


def write_array_table(
    path: str | Path, mapped: list[list[Array]], rows: int, columns: int, mapping: MappingName
) -> None:
    """Write arrays.csv: a row per array with its used rows and columns, in the order of the layers.

    `utilisation`: share of the cells of the array that are used, those of a reference column included.
    """
    table = [
        {
            "layer": layer,
            "array": index,
            "row_block": array.tile.row_block,
            "column_block": array.tile.column_block,
            "rows_used": array.g_uS.shape[0],
            "columns_used": array.g_uS.shape[1],
            "array_rows": rows,
            "array_columns": columns,
            "mapping": mapping,
            "crossbar": array.crossbar,
            "utilisation": round(array.g_uS.numel() / (rows * columns), 6),
        }
        for layer, arrays in enumerate(mapped)
        for index, array in enumerate(arrays)
    ]
    write_table(path, ARRAYS, table)


def conductance_rows(mapped: list[list[Array]]) -> Iterator[dict[str, Any]]:
    """Every device of a network, as rows of `xbar.tables.DEVICES` with its conductance (uS).

    `array` counts the arrays of a layer as arrays.csv does. `row` and `column` are places in the array, `matrix_row` is
    the row of the layer's weight matrix.
    """
    for layer, arrays in enumerate(mapped):
        for index, array in enumerate(arrays):
            for row, cells in enumerate(array.g_uS.tolist()):
                place = {"layer": layer, "array": index, "row": row, "matrix_row": array.tile.rows.start + row}
                yield from (place | {"column": column, "g_uS": g_uS} for column, g_uS in enumerate(cells))


def array_named(mapped: list[list[Array]], layer: int, index: int) -> Array:
    """The array with these numbers in arrays.csv. ValueError where there is none."""
    if layer >= len(mapped) or index >= len(mapped[layer]):
        sizes = ", ".join(f"layer {number}: {len(arrays)}" for number, arrays in enumerate(mapped))
        raise ValueError(f"layer {layer} has no array {index}; the numbers of arrays are {sizes}")
    return mapped[layer][index]
