"""Crossbars of a network: rows, columns, blocks and cells of every layer under a mapping, with their conductance."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from xbar.circuit.quantity import Number

PAIRED = ("differential-columns", "differential-crossbars")  # mappings of a weight on two devices


@dataclass(frozen=True)
class Layers:
    """The layers of a trained network as arrays with one entry per layer.

    `rows`: devices per column; `columns`: outputs; `mvms`: matrix-vector products per inference;
    `weight_mean`: mean |w| and `activity`: mean input, shares of full scale; `range_use`: share of the
    ADC's range that the layer's sums reach. Measured values are means over seeds.
    """

    rows: np.ndarray
    columns: np.ndarray
    kernel_area: np.ndarray
    mvms: np.ndarray
    weight_mean: np.ndarray
    activity: np.ndarray
    range_use: np.ndarray

    def __post_init__(self) -> None:
        for name in ("rows", "columns", "kernel_area", "mvms"):
            if np.min(getattr(self, name)) < 1:
                raise ValueError(f"layers: {name} must be at least 1 in every layer")
        for name in ("weight_mean", "activity"):
            values = getattr(self, name)
            if not np.all((values >= 0) & (values <= 1)):
                raise ValueError(f"layers: {name} must lie between 0 and 1 in every layer")

    @property
    def macs(self) -> float:
        """Multiply-accumulate operations per inference."""
        return float(np.sum(self.rows * self.columns * self.mvms))

    def against_draws(self) -> "Layers":
        """Every array with a second axis, to be broadcast against draws of a design."""
        return Layers(**{field.name: getattr(self, field.name)[:, None] for field in fields(self)})


@dataclass(frozen=True)
class Design:
    """One way to build the circuit of a network. Numbers may be arrays of draws; words may not.

    `adc_bits`: magnitude bits the network was trained for. `bank`: own, largest, or a number of ADCs.
    `g_min_uS` above zero gives unipolar arrays a correction column. `adcs_per_unit`: ADCs that one digital
    unit serves. `bank_distance`: mean way to the shared bank, in sides of a square as large as the whole
    circuit; its wires swing by the supply. Flags, 0 or 1: `write_circuits` (arrays carry what programs them),
    `amplifiers` (a transimpedance amplifier holds a column, not an integrator), `rescale` (every output passes
    a multiplier), `centered` (the mean over a layer's outputs is subtracted from each), `measured_bits` (own
    ADCs resolve only their layer's range).
    """

    mapping: str
    subtraction: Literal["mirror", "opamp", "digital", "none"]
    bank: str | Number
    arrays: Literal["exact", "tiled", "packed"]
    array_rows: int
    array_columns: int
    dac_bits: Number
    adc_bits: Number
    g_min_uS: Number
    g_max_uS: Number
    columns_per_adc: Number = 1
    bank_parts: Sequence[str] = ("dac", "front_end", "adc")
    amplifiers: Number = 0
    adcs_per_unit: Number = 1
    rescale: Number = 1
    centered: Number = 0
    bank_distance: Number = 0.0
    write_circuits: Number = 0
    measured_bits: Number = 0
    fewest_adc_bits: Number = 1
    sum_bits: int = 16

    @property
    def shared(self) -> bool:
        """Whether one bank serves all layers."""
        return not (isinstance(self.bank, str) and self.bank == "own")

    @property
    def bank_limit(self) -> Number:
        """Most ADCs that the shared bank holds."""
        return np.inf if isinstance(self.bank, str) else self.bank

    @property
    def crossbars(self) -> int:
        """Crossbars side by side that hold one block of weights."""
        return 2 if self.mapping == "differential-crossbars" else 1

    @property
    def correction(self) -> int:
        """Reference columns of each array: of the offset, or of a finite off-conductance."""
        if self.mapping == "offset":
            return 1
        return int(self.mapping == "unipolar" and np.any(np.asarray(self.g_min_uS) > 0))

    @property
    def sign_bits(self) -> int:
        """1 where a converted sum carries a sign or an offset as large as the sum itself."""
        return int(self.mapping == "offset" or self.subtraction in ("mirror", "opamp"))

    @property
    def outputs_per_array(self) -> int:
        """Outputs whose columns fit into one array; ValueError where none does."""
        pair = 2 if self.mapping == "differential-columns" else 1
        outputs = (self.array_columns - self.correction) // pair
        if outputs < 1:
            raise ValueError(f"arrays of {self.array_columns} columns hold no output in mapping {self.mapping}")
        return outputs


@dataclass(frozen=True)
class Footprint:
    """What the layers take on crossbars; every field has one entry per layer.

    `lines`: wordlines built, `driven_lines`: those in use; `columns`: physical columns in use times row
    blocks; `converted`: sums converted per product; `subtracted`: differences formed per product.
    `conductance_uS`: of all cells together, `column_uS`: of one converted column.
    """

    row_blocks: Number
    column_blocks: Number
    lines: Number
    driven_lines: Number
    columns: Number
    converted: Number
    subtracted: Number
    cells: Number
    cells_on_driven_lines: Number
    conductance_uS: Number
    column_uS: Number


def adcs_per_unit(digital_rate_MHz: float, sample_rate_MHz: Number) -> Number:
    """ADCs that one digital unit keeps up with."""
    return np.maximum(1, digital_rate_MHz // sample_rate_MHz)


def footprint(layers: Layers, design: Design) -> Footprint:
    """Blocks, lines, columns and cells of every layer. Row blocks hold whole kernels."""
    height = design.array_rows // layers.kernel_area * layers.kernel_area
    if np.min(height) < 1:
        raise ValueError(f"arrays of {design.array_rows} rows cannot hold a kernel of {np.max(layers.kernel_area)}")
    row_blocks = np.ceil(layers.rows / height)
    column_blocks = np.ceil(layers.columns / design.outputs_per_array)
    references = design.correction * column_blocks
    width = layers.columns * (2 if design.mapping == "differential-columns" else 1) + references
    driven = layers.rows * column_blocks * design.crossbars
    arrays = row_blocks * column_blocks * design.crossbars
    exact = design.arrays == "exact"
    per_line = width / column_blocks if exact else design.array_columns
    conductance = layers.rows * _row_conductance(layers, design, references)
    converted = row_blocks * _converted(layers, design, references)
    return Footprint(
        row_blocks=row_blocks,
        column_blocks=column_blocks,
        lines=driven if exact else arrays * design.array_rows,
        driven_lines=driven,
        columns=row_blocks * width * design.crossbars,
        converted=converted,
        subtracted=row_blocks * layers.columns * (design.subtraction != "none"),
        cells=layers.rows * width * design.crossbars if exact else arrays * design.array_rows * design.array_columns,
        cells_on_driven_lines=driven * per_line,
        conductance_uS=conductance,
        column_uS=conductance / converted,
    )


def _converted(layers: Layers, design: Design, references: Number) -> Number:
    """Sums converted per row block and product."""
    if design.subtraction in ("mirror", "opamp"):
        return layers.columns + 0 * references
    per_output = 2 if design.mapping in PAIRED else 1
    return layers.columns * per_output + references


def _row_conductance(layers: Layers, design: Design, references: Number) -> Number:
    """Summed conductance of the cells of one matrix row, uS: one device of a pair rests at g_min."""
    window = design.g_max_uS - design.g_min_uS
    if design.mapping == "offset":
        return (layers.columns + references) * (design.g_min_uS + window / 2)
    devices = 2 * layers.columns if design.mapping in PAIRED else layers.columns + references
    return devices * design.g_min_uS + layers.columns * layers.weight_mean * window
