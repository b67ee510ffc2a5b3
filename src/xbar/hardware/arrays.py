"""Mapped networks as files: conductances by layer and array, and the table of arrays."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xbar.files import read_tensors, write_rows, write_tensors
from xbar.hardware.mapping import Array
from xbar.hardware.tiling import Tile

COLUMNS = (
    "layer", "array", "row_block", "column_block", "rows_used", "columns_used", "array_rows", "array_columns", "mapping",
)  # fmt: skip
BLOCKS = re.compile(r"layer(\d+)/rows(\d+)-(\d+)/outputs(\d+)-(\d+)/block(\d+)-(\d+)")


def write_arrays(path: str | Path, mapped: list[list[Array]], about: Mapping[str, Any]) -> None:
    """Conductances (uS, float64), one tensor (used rows, used columns) per array, named after its place."""
    tensors = {
        f"layer{layer}/rows{tile.rows.start}-{tile.rows.stop}/outputs{tile.outputs.start}-{tile.outputs.stop}"
        f"/block{tile.row_block}-{tile.column_block}": g_uS
        for layer, arrays in enumerate(mapped)
        for tile, g_uS in arrays
    }
    write_tensors(path, tensors, about)


def read_arrays(path: str | Path) -> tuple[list[list[Array]], dict[str, Any]]:
    """What `write_arrays` wrote: the arrays of every layer, and `about`."""
    tensors, about = read_tensors(path)
    mapped: dict[int, list[Array]] = {}
    for name, g_uS in tensors.items():
        match = BLOCKS.fullmatch(name)
        if match is None:
            raise ValueError(f"{path}: '{name}' is not the name of an array")
        layer, row, row_end, output, output_end, row_block, column_block = map(int, match.groups())
        tile = Tile(row_block, column_block, slice(row, row_end), slice(output, output_end))
        mapped.setdefault(layer, []).append(Array(tile, g_uS))
    return [mapped[layer] for layer in sorted(mapped)], about


def write_array_table(path: str | Path, mapped: list[list[Array]], rows: int, columns: int, mapping: str) -> None:
    """arrays.csv: a row per array with its used rows and columns, in the order of the layers."""
    table = [
        {
            "layer": layer,
            "array": index,
            "row_block": tile.row_block,
            "column_block": tile.column_block,
            "rows_used": g_uS.shape[0],
            "columns_used": g_uS.shape[1],
            "array_rows": rows,
            "array_columns": columns,
            "mapping": mapping,
        }
        for layer, arrays in enumerate(mapped)
        for index, (tile, g_uS) in enumerate(arrays)
    ]
    write_rows(path, COLUMNS, table)
