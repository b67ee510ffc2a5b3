"""Rows of price tables: one published number each, with unit, node and source, and what is no such number."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xbar.circuit.bill import BY_LAW, GROUPS
from xbar.files import number_of, read_by_line

PRICED = (*(name for group in GROUPS.values() for name in group if name not in BY_LAW), "control")
CURVES = ("technology", "analog", "wiring", "adc-A", "adc-B", "adc-C", "adc-D", "adc-E")
KINDS = {"cell": "cell", "dac": "dac", "dtc": "dac"}  # first words of rows, several of which price the same part
COLUMNS = ("component", "parameter", "value", "unit", "node_nm", "bits", "set", "source", "note")
PRICE_UNITS = {
    "area": ("um2", "F2", "um2/um", "share"),
    "energy": ("pJ", "fJ", "share"),
    "power": ("uW",),
    "leakage": ("uW",),
    "capacitance": ("fF", "fF/um"),
    "area_bits": ("power", "x/bit"),
    "energy_bits": ("power", "x/bit"),
    "analog": ("flag",),
    "supply": ("V",),
}
CURVE_UNITS = (
    "ratio", "ratio/V", "ratio/V^2", "power", "log", "log10", "log10/bit", "x/bit", "dB", "bit", "um2", "F2", "pJ",
    "fF", "uW", "V", "V^2", "count", "ns",
)  # fmt: skip
NEVER_NEGATIVE = (
    "um2", "F2", "pJ", "fJ", "fF", "fF/um", "um2/um", "uW", "ns", "count", "bit", "flag", "x/bit", "share", "V",
)  # fmt: skip
SCALED = ("um2", "um2/um", "pJ", "fJ", "uW", "fF")  # that change with the node
SUPPLIES_V = (0.2, 5.0)  # of circuits that were measured or simulated, in sub-threshold logic and in interfaces
ENERGY = ("energy", "power", "capacitance")


@dataclass(frozen=True)
class Row:
    """One published number. `node_nm` and `bits`: where it holds, None where it does not depend on them.

    `where`: file and line.
    """

    component: str
    parameter: str
    value: float
    unit: str
    node_nm: float | None
    bits: float | None
    set: str
    source: str
    where: str

    @property
    def fitted_at_nm(self) -> float:
        """`node_nm` of a number that depends on it; ValueError, one line, where it is not given."""
        if self.node_nm is None:
            raise ValueError(f"{self.where}: {self.component} {self.parameter} needs node_nm")
        return self.node_nm

    @property
    def says(self) -> tuple:
        """All fields but source and place: a row copied from the project's table is equal in these."""
        return (self.component, self.parameter, self.value, self.unit, self.node_nm, self.bits, self.set)


def part_of(component: str) -> str:
    """The part that a row prices: a row `cell-22ffl` prices a cell, and `dac-r2r` or `dtc-counter` a DAC."""
    return KINDS.get(component.split("-")[0], component)


def price_rows(path: str | Path) -> list[Row]:
    """The rows of one price table, of all its sets.

    Raises ValueError, one line with file and line number, for a missing column, field or source, for an unknown
    component, parameter or unit, and for a negative or repeated number. Raises OSError for a file that is not there.
    """
    rows = {number: _row(values, f"{path}:{number}") for number, values in read_by_line(path, COLUMNS).items()}
    seen: dict[tuple, int] = {}
    for number, row in rows.items():
        for key in _keys(row):
            if key in seen:
                raise ValueError(f"{path}:{number}: {row.component} {row.parameter} stands already in line {seen[key]}")
            seen[key] = number
    return list(rows.values())


def _keys(row: Row) -> Iterator[tuple]:
    """What may stand once in a file: a price per set, a point of a curve per node and bits."""
    yield (row.component, row.parameter, row.set, *((row.node_nm, row.bits) if row.component in CURVES else ()))


def _row(values: dict[str, str], where: str) -> Row:
    component, parameter, unit = (values[key].strip() for key in ("component", "parameter", "unit"))
    known = (*PRICED, *CURVES, "cell")
    if component not in known and part_of(component) == component:
        kinds = ", ".join(f"{kind}-*" for kind in KINDS)
        raise ValueError(f"{where}: unknown component {component!r}; known are {kinds}, {', '.join(known)}")
    if component not in CURVES and parameter not in PRICE_UNITS:
        raise ValueError(f"{where}: unknown parameter {parameter!r}; known are {', '.join(PRICE_UNITS)}")
    units = CURVE_UNITS if component in CURVES else PRICE_UNITS[parameter]
    units = tuple(other for other in units if (other == "share") == (component == "control"))
    if unit not in units:
        what = f"unit {unit!r}" if unit else "missing unit"
        raise ValueError(f"{where}: {what} of {component} {parameter}; allowed are {', '.join(units)}")
    if not values["source"].strip():
        raise ValueError(f"{where}: {component} {parameter} has no source; write 'assumption' if it is one")
    value, node_nm, bits = (
        number_of(values[key], f"{where}: {key}") if values[key].strip() else None
        for key in ("value", "node_nm", "bits")
    )
    if value is None:
        raise ValueError(f"{where}: {component} {parameter} has no value")
    row = Row(component, parameter, value, unit, node_nm, bits, values["set"].strip(), values["source"].strip(), where)
    _check_numbers(row)
    return row


def _check_numbers(row: Row) -> None:
    where, what = row.where, f"{row.component} {row.parameter}"
    if row.value < 0 and row.unit in NEVER_NEGATIVE:
        raise ValueError(f"{where}: {what} is negative ({row.value:g} {row.unit})")
    if row.parameter == "supply" and not SUPPLIES_V[0] <= row.value <= SUPPLIES_V[1]:
        raise ValueError(f"{where}: {what} is {row.value:g} V; allowed is {SUPPLIES_V[0]:g} to {SUPPLIES_V[1]:g} V")
    if row.value == 0 and row.component in CURVES and (row.unit in SCALED or row.parameter == "area_factor"):
        raise ValueError(f"{where}: {what} is zero; the curve takes its logarithm")
    if row.unit == "share" and row.value >= 1:
        raise ValueError(f"{where}: {what} is {row.value:g}; a share of everything is below 1")
    if row.unit == "flag" and row.value not in (0, 1):
        raise ValueError(f"{where}: {what} is {row.value:g}; a flag is 0 or 1")
    if row.node_nm is None and row.unit in SCALED and row.component not in CURVES:
        raise ValueError(f"{where}: {what} in {row.unit} needs node_nm")
    if row.node_nm is not None and row.node_nm <= 0:
        raise ValueError(f"{where}: node_nm {row.node_nm:g} is not allowed: above 0")
    for name, bits in (("bits", row.bits), ("value in bits", row.value if row.unit == "bit" else None)):
        if bits is not None and (bits < 1 or bits % 1):
            raise ValueError(f"{where}: {name} {bits:g} is not allowed: whole numbers from 1")
