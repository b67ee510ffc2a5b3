"""Which rows of a price table are read at all, and where: a row that nothing reads is a fault of its table."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from typing import Literal, get_args, get_origin

import numpy as np

from xbar.circuit.bill import BY_LAW, bill_of_materials
from xbar.circuit.design import PLAIN, Design
from xbar.circuit.footprint import Layers
from xbar.circuit.rows import CURVES, ENERGY, Row, part_of
from xbar.config.circuit import CircuitOptions
from xbar.config.crossbars import CrossbarSpec

PER_LENGTH = "bank_wire"  # the one part whose area and energy are multiplied by a length
LENGTH_UNITS = {"area": "um2/um"} | dict.fromkeys(ENERGY, "fF/um")
ONE_SET = "holds for every set; leave set empty"
CHOICES = [  # every word of every option, by which some part may come to stand
    {name: word}
    for name, field in CircuitOptions.model_fields.items()
    if get_origin(field.annotation) is Literal
    for word in get_args(field.annotation)
]
SMALL = PLAIN | {  # a circuit that is never priced
    "component_set": "", "node_nm": 28.0, "supply_V": 0.9, "cell": "cell", "analog_scaling": "survey", "adc_law": "B",
    "read_voltage_V": 0.2, "pulse_ns": 10.0, "sample_rate_MHz": 20.0, "digital_rate_MHz": 20.0, "g_max_uS": 1.0,
    "crossbar": CrossbarSpec(rows=16, columns=16), "dac_bits": 8, "adc_bits": 8,
}  # fmt: skip


def check_rows(rows: Iterable[Row], table: Sequence[Row]) -> None:
    """Raise ValueError, one line, for the first of a user's rows that nothing reads as it stands.

    `table`: the rows of the project's own price list, which has all curves with their units. Rows copied from there,
    to be edited among others, are no fault.
    """
    for row in changed(rows, table):
        if row.set and (row.component in CURVES or part_of(row.component) in ("cell", "dac")):
            raise ValueError(f"{row.where}: {row.component} {ONE_SET}")
        if row.component in CURVES:
            _check_curve(row, table)
        else:
            _check_price(row)


def changed(rows: Iterable[Row], table: Iterable[Row]) -> list[Row]:
    """The rows that are no copies of rows of the project's own table."""
    said = {row.says for row in table}
    return [row for row in rows if row.says not in said]


def holds(row: Row, design: Design) -> bool:
    """Whether a row is of the circuit's set, and of the cell, driver or ADC model that the circuit names."""
    if row.set not in ("", design.component_set):
        return False
    named = {"cell": design.cell, "dac": design.dac}.get(part_of(row.component), row.component)
    return row.component == (f"adc-{design.adc_law}" if row.component.startswith("adc-") else named)


def _check_curve(row: Row, table: Sequence[Row]) -> None:
    """Name and unit of the project's own rows, and a node or bits where those have them."""
    known = {other.parameter: other for other in table if other.component == row.component}
    if row.parameter not in known:
        raise ValueError(f"{row.where}: nothing reads {row.component} {row.parameter}; read are {', '.join(known)}")
    like = known[row.parameter]
    if row.unit != like.unit:
        raise ValueError(f"{row.where}: unit '{row.unit}' of {row.component} {row.parameter}; allowed is {like.unit}")
    for key in ("node_nm", "bits"):
        if (getattr(row, key) is None) != (getattr(like, key) is None):
            needs = "takes no" if getattr(like, key) is None else "needs"
            raise ValueError(f"{row.where}: {row.component} {row.parameter} {needs} {key}")


def _check_price(row: Row) -> None:
    if row.parameter not in (read := quantities()[part_of(row.component)]):
        raise ValueError(f"{row.where}: nothing reads {row.component} {row.parameter}; read are {', '.join(read)}")
    per_length = row.component == PER_LENGTH and row.parameter in LENGTH_UNITS
    if (row.unit in LENGTH_UNITS.values()) != per_length or (per_length and row.unit != LENGTH_UNITS[row.parameter]):
        allowed = "area in um2/um and capacitance in fF/um" if row.component == PER_LENGTH else "what has no length"
        raise ValueError(f"{row.where}: unit '{row.unit}' of {row.component} {row.parameter}; allowed is {allowed}")


@cache
def quantities() -> dict[str, list[str]]:
    """The parameters that are read of each part, by whether a small network's bills count it, use it, give it bits."""
    found: dict[str, set[str]] = {"control": {"area", "energy"}}
    one = np.ones(2)
    layers = Layers(40 * one, 4 * one, one, one, 0.5 * one, 0.5 * one, one)
    mappings = ("paired-columns-mirrored", "paired-columns-opamp", "offset-column")
    for mapping, bank, choice in product(mappings, ("own", "largest"), CHOICES):
        built = {"mapping": mapping, "bank": bank, "columns_per_adc": 2, "bank_distance": 1.0}
        design = Design(**SMALL | built).model_copy(update=choice)
        for name, part in bill_of_materials(layers, design).items():
            stands = np.any(part.count) or np.any(part.bank)
            used = np.any(part.uses) and name not in ("cell", "copied_current")  # which take what a conductance takes
            read = found.setdefault(name, set())
            read |= {"area", "analog"} if stands else set()
            read |= {"leakage"} if stands and name not in (*BY_LAW, PER_LENGTH) else set()
            energies = {"capacitance"} if name == PER_LENGTH else {*ENERGY, "analog", "supply"}
            if not np.any(part.on_ns):  # no time is known over which a power is drawn
                energies -= {"power"}
            read |= energies if used else set()
            if part.bits is not None:
                read |= {f"{price}_bits" for price in ("area", "energy") if price in read}
    return {name: sorted(read - ({"analog", "supply"} if name == "cell" else set())) for name, read in found.items()}
