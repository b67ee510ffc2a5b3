"""Crossbars of a network: rows, columns, blocks and cells of every layer under a mapping, with their conductance."""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Shaped

from xbar.circuit.design import Design, Number
from xbar.mappings import MappingRules

PerLayer = Shaped[np.ndarray, "layers *draws"]  # (layers), or (layers, 1) to be broadcast against draws


@dataclass(frozen=True)
class Layers:
    """The layers of a trained network as arrays with one entry per layer.

    `rows`, `columns`: inputs and outputs of the layer's matrix. `kernel_area`: rows of one input channel, which stay in
    one row block. `mvms`: matrix-vector products per inference. `weight_mean`: mean |w|, and `activity`: mean input
    over the rows of all products, shares of full scale. `range_use`: share of the ADC's range that the layer's sums
    reach. Measured values are means over seeds. Raises ValueError for sizes below 1, for means outside 0 to 1 and for a
    negative `range_use`.
    """

    rows: PerLayer
    columns: PerLayer
    kernel_area: PerLayer
    mvms: PerLayer
    weight_mean: PerLayer
    activity: PerLayer
    range_use: PerLayer

    def __post_init__(self) -> None:
        for name in ("rows", "columns", "kernel_area", "mvms"):
            self._check(name, getattr(self, name) >= 1, "at least 1")  # nor NaN
        for name in ("weight_mean", "activity"):
            self._check(name, (getattr(self, name) >= 0) & (getattr(self, name) <= 1), "0 to 1")
        self._check("range_use", self.range_use >= 0, "at least 0")

    def _check(self, name: str, holds: np.ndarray, allowed: str) -> None:
        if not np.all(holds):
            place = tuple(np.argwhere(~holds)[0])
            raise ValueError(f"{name} {getattr(self, name)[place]:g} of layer {place[0]} is not allowed: {allowed}")

    @property
    def macs(self) -> float:
        """Multiply-accumulate operations per inference."""
        return float(np.sum(self.rows * self.columns * self.mvms))

    def against_draws(self) -> "Layers":
        """Every array with a second axis, to be broadcast against draws of a design."""
        return Layers(**{field.name: getattr(self, field.name)[:, None] for field in fields(self)})


@dataclass(frozen=True)
class Footprint:
    """What the layers take on crossbars; every field has one entry per layer.

    `row_blocks`, `column_blocks`: blocks of the matrix along its rows and columns. `lines`: wordlines built,
    `driven_lines`: those in use. `columns`: physical columns in use, of all row blocks. `dacs`: one for each line, or
    for the same line of all crossbars, and `driven_dacs`: those in use. `converted`: sums converted per product;
    `subtracted`: differences formed per product. `conductance_uS`: of all cells together, `copied_uS`: of those whose
    current a mirror copies, `column_uS`: of the cells behind one conversion.
    """

    row_blocks: np.ndarray
    column_blocks: np.ndarray
    lines: np.ndarray
    driven_lines: np.ndarray
    dacs: np.ndarray
    driven_dacs: np.ndarray
    columns: np.ndarray
    converted: np.ndarray
    subtracted: np.ndarray
    cells: np.ndarray
    cells_on_driven_lines: np.ndarray
    conductance_uS: np.ndarray
    copied_uS: np.ndarray
    column_uS: np.ndarray


def footprint(layers: Layers, design: Design) -> Footprint:
    """Blocks, lines, columns and cells of every layer. Row blocks hold whole kernels.

    ValueError for a kernel larger than an array, and for arrays that hold no output.
    """
    rules, array_rows, array_columns = design.rules, design.crossbar.rows, design.crossbar.columns
    height = array_rows // layers.kernel_area * layers.kernel_area
    if np.min(height) < 1:
        most, layer = np.max(layers.kernel_area), np.argmax(layers.kernel_area)
        raise ValueError(f"arrays of {array_rows} rows cannot hold a kernel of {most:g}, that of layer {layer}")
    row_blocks = np.ceil(layers.rows / height)
    column_blocks = np.ceil(layers.columns / design.outputs_per_array)
    references = rules.reference_columns * column_blocks
    width = layers.columns * rules.columns_per_output + references
    driven = layers.rows * column_blocks * rules.crossbars
    arrays = row_blocks * column_blocks * rules.crossbars
    exact = design.arrays == "exact"
    per_line = width / column_blocks if exact else array_columns
    lines, drivers = driven if exact else arrays * array_rows, rules.dacs_per_row / rules.crossbars
    conductance = layers.rows * _row_conductance(layers, design, references)
    converted = row_blocks * _converted(layers, rules, references)
    return Footprint(
        row_blocks=row_blocks,
        column_blocks=column_blocks,
        lines=lines,
        driven_lines=driven,
        dacs=lines * drivers,
        driven_dacs=driven * drivers,
        columns=row_blocks * width * rules.crossbars,
        converted=converted,
        subtracted=row_blocks * layers.columns * (rules.subtraction != "none"),
        cells=layers.rows * width * rules.crossbars if exact else arrays * array_rows * array_columns,
        cells_on_driven_lines=driven * per_line,
        conductance_uS=conductance,
        copied_uS=conductance * _copies(layers, rules, references),
        column_uS=conductance / converted,
    )


def _converted(layers: Layers, rules: MappingRules, references: Number) -> Number:
    """Sums converted per row block and product."""
    if rules.is_analog:
        return layers.columns + 0 * references
    return layers.columns * rules.devices_per_weight + references


def _copies(layers: Layers, rules: MappingRules, references: Number) -> Number:
    """Currents that mirrors copy, over those of the array: one of each pair, or a reference for every output."""
    if rules.subtraction != "mirror":
        return 0.0
    return layers.columns / (layers.columns + references) if rules.is_offset else 0.5


def _row_conductance(layers: Layers, design: Design, references: Number) -> Number:
    """Summed conductance of the cells of one matrix row, uS: one device of a pair rests at g_min."""
    rules, window = design.rules, design.g_max_uS - design.g_min_uS
    if rules.reference:  # weights of both signs around it
        return (layers.columns + references) * (design.g_min_uS + window * rules.reference)
    devices = rules.devices_per_weight * layers.columns + references
    return devices * design.g_min_uS + layers.columns * layers.weight_mean * window
