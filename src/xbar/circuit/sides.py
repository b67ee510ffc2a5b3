"""The two trained networks of a comparison as the cost model sees them: measured layers and their hardware."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from xbar.circuit.footprint import Design, Layers, footprint
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.files import read_rows


class Side(NamedTuple):
    """One trained network of a comparison with the hardware it was mapped on."""

    name: str
    network: NetworkSpec
    device: DeviceSpec
    crossbar: CrossbarSpec
    layers: Layers


def read_side(about: Mapping[str, Any], layers: Iterable[str | Path], arrays: Iterable[str | Path]) -> Side:
    """A network with the layer and array tables of all its seeds.

    `about`: name, network, device and crossbar as they stand in the configuration. Raises ValueError where
    seeds differ in size or the mapped arrays are not those that the bill counts.
    """
    side = Side(
        about["name"],
        NetworkSpec(**about["network"]),
        DeviceSpec(**about["device"]),
        CrossbarSpec(**about["crossbar"]),
        layers_of([read_rows(path) for path in layers]),
    )
    for path in arrays:
        check_arrays(side, read_rows(path))
    return side


def layers_of(seeds: Sequence[Sequence[Mapping[str, str]]]) -> Layers:
    """The layer tables of all seeds of a network as one: sizes must agree, measured shares are averaged.

    Raises ValueError for an empty table or seeds that differ in size.
    """
    if not seeds or not all(seeds):
        raise ValueError("layers: no layer table, or one without rows")
    tables = [[_numbers(row) for row in rows] for rows in seeds]
    for table in tables[1:]:
        if [row[:4] for row in table] != [row[:4] for row in tables[0]]:
            raise ValueError("layers: the seeds of one network differ in layer sizes")
    means = np.mean(np.asarray(tables, dtype=float), axis=0)
    return Layers(*means.T)


def _numbers(row: Mapping[str, str]) -> list[float]:
    sizes = [float(row[name]) for name in ("rows", "columns", "kernel_area", "mvms_per_inference")]
    full_scale = float(row["x_max"]) * float(row["w_max"]) * float(row["i_max"])
    return [*sizes, float(row["weight_mean"]), float(row["activity"]), float(row["current_range"]) / full_scale]


def check_arrays(side: Side, rows: Sequence[Mapping[str, str]]) -> None:
    """Hold the bill to the mapping: ValueError where a layer stands on other arrays than the bill counts."""
    rows_per_array, columns_per_array = side.crossbar.rows, side.crossbar.columns
    mapping = rows[0]["mapping"]
    design = Design(mapping, "none", "own", "exact", rows_per_array, columns_per_array, 1, 1, side.device.g_min_uS, 1)
    at = footprint(side.layers, design)
    cells = (at.cells / design.crossbars).astype(int)
    counted = list(zip((at.row_blocks * at.column_blocks).astype(int).tolist(), cells.tolist(), strict=True))
    mapped = [[row for row in rows if int(row["layer"]) == layer] for layer in range(len(counted))]
    found = [(len(part), sum(int(row["rows_used"]) * int(row["columns_used"]) for row in part)) for part in mapped]
    if counted != found:
        raise ValueError(f"{side.name}: (arrays, cells) per layer are {found} in arrays.csv; the bill counts {counted}")
