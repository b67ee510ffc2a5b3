"""The price list: published area and energy of circuit parts, each with unit, node and source, read from CSV."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from xbar.files import read_by_line

PRICED = (
    "wordline_driver", "wordline_cell", "dac", "front_end", "opamp", "mirror_subtractor", "mux_leg", "shift_add",
    "digital_subtractor", "rescale", "bias_adder", "input_register", "output_register", "bank_wire", "write_circuit",
)  # fmt: skip
CURVES = ("technology", "analog", "wiring", "adc-A", "adc-B", "adc-C", "adc-D")
COLUMNS = ("component", "parameter", "value", "unit", "node_nm", "bits", "set", "source", "note")
PRICE_UNITS = {
    "area": ("um2", "F2"),
    "energy": ("pJ", "fJ"),
    "power": ("uW",),
    "capacitance": ("fF", "fF/um"),
    "area_bits": ("power", "x/bit"),
    "energy_bits": ("power", "x/bit"),
    "analog": ("flag",),
}
CURVE_UNITS = (
    "ratio", "ratio/V", "ratio/V^2", "power", "log", "log10", "log10/bit", "dB", "bit", "um2", "F2", "pJ", "fF",
    "uW", "V^2", "count", "ns",
)  # fmt: skip
NEVER_NEGATIVE = ("um2", "F2", "pJ", "fJ", "fF", "fF/um", "uW", "ns", "count", "bit", "flag", "x/bit")
ENERGY = ("energy", "power", "capacitance")


@dataclass(frozen=True)
class Row:
    """One published number. `node_nm` and `bits` are where it holds; None where it does not depend on them."""

    component: str
    parameter: str
    value: float
    unit: str
    node_nm: float | None
    bits: float | None
    set: str
    source: str


class Components:
    """The rows that hold for one component set.

    Raises ValueError, one line naming what is missing and what there is, for anything absent.
    """

    def __init__(self, rows: Iterable[Row], component_set: str) -> None:
        self._rows: dict[str, dict[str, list[Row]]] = {}
        self._set = component_set
        self._priced: dict[str, dict[str, Row]] = {}
        self._tables: dict[tuple[str, str, str], dict[float, float]] = {}
        for row in rows:
            self._rows.setdefault(row.component, {}).setdefault(row.parameter, []).append(row)
            self._priced.setdefault(row.component, {}).setdefault(row.parameter, row)

    def of(self, component: str) -> dict[str, Row]:
        """The rows of a priced component by parameter."""
        if component not in self._rows:
            known = ", ".join(sorted(set(self._rows) - set(CURVES)))
            raise ValueError(f"component '{component}' is not in set '{self._set}'; priced are {known}")
        return self._priced[component]

    def has(self, component: str) -> bool:
        """Whether any row prices a component."""
        return component in self._rows

    def number(self, curve: str, parameter: str) -> float:
        """One coefficient of a curve."""
        return self._curve(curve, parameter)[0].value

    def node(self, curve: str, parameter: str) -> float:
        """The node at which a curve was fitted, nm."""
        return self._curve(curve, parameter)[0].node_nm

    def by(self, key: str, curve: str, parameter: str) -> dict[float, float]:
        """A curve tabulated over `key` (`node_nm` or `bits`), in ascending order."""
        name = (key, curve, parameter)
        if name not in self._tables:
            self._tables[name] = dict(sorted((getattr(row, key), row.value) for row in self._curve(curve, parameter)))
        return self._tables[name]

    def bit_range(self, law: str) -> tuple[int, int]:
        """Fewest and most bits for which an ADC law holds: those of its table, or its bounds."""
        curve = f"adc-{law}"
        if "bits_min" in self._rows.get(curve, {}):
            return int(self.number(curve, "bits_min")), int(self.number(curve, "bits_max"))
        bits = list(self.by("bits", curve, "energy"))
        return int(bits[0]), int(bits[-1])

    def _curve(self, curve: str, parameter: str) -> list[Row]:
        try:
            return self._rows[curve][parameter]
        except KeyError:
            raise ValueError(f"components: {curve} has no {parameter} in set '{self._set}'") from None


def read_components(paths: Iterable[str | Path], component_set: str) -> Components:
    """The price list of one set from one or more CSV files; later files replace what they price again.

    Raises ValueError, one line with file and line number, for a missing column or field, an unknown component,
    parameter or unit, a missing source, a negative or repeated number; OSError for a file that is not there.
    """
    held: list[Row] = []
    sets: set[str] = set()
    for path in paths:
        rows = _read(path)
        sets |= {row.set for row in rows}
        held = _replace(held, [row for row in rows if row.set in ("", component_set)])
    if component_set not in sets:
        raise ValueError(f"component_set '{component_set}' is not one of {', '.join(sorted(sets - {''}))}")
    components = Components(held, component_set)
    _check_complete(components)
    return components


def _read(path: str | Path) -> list[Row]:
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
    if component not in (*PRICED, *CURVES, "cell") and not component.startswith("cell-"):
        raise ValueError(f"{where}: unknown component '{component}'; known are cell, cell-*, {', '.join(PRICED)}")
    if component not in CURVES and parameter not in PRICE_UNITS:
        raise ValueError(f"{where}: unknown parameter '{parameter}'; known are {', '.join(PRICE_UNITS)}")
    units = CURVE_UNITS if component in CURVES else PRICE_UNITS[parameter]
    if unit not in units:
        what = f"unit '{unit}'" if unit else "missing unit"
        raise ValueError(f"{where}: {what} of {component} {parameter}; allowed are {', '.join(units)}")
    if not values["source"].strip():
        raise ValueError(f"{where}: {component} {parameter} has no source; write 'assumption' if it is one")
    value = _number(values["value"], f"{where}: value")
    if value is None:
        raise ValueError(f"{where}: {component} {parameter} has no value")
    if value < 0 and unit in NEVER_NEGATIVE:
        raise ValueError(f"{where}: {component} {parameter} is negative ({value:g} {unit})")
    node_nm = _number(values["node_nm"], f"{where}: node_nm")
    bits = _number(values["bits"], f"{where}: bits")
    if unit in ("um2", "pJ", "fJ", "uW", "fF") and component not in CURVES and node_nm is None:
        raise ValueError(f"{where}: {component} {parameter} in {unit} needs node_nm")
    return Row(component, parameter, value, unit, node_nm, bits, values["set"].strip(), values["source"].strip())


def _number(text: str, where: str) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{where}: '{text}' is not a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{where}: '{text}' is not finite")
    return number


def _replace(held: list[Row], rows: list[Row]) -> list[Row]:
    """Rows of a later file replace all that price the same thing: any energy row replaces every other one."""
    new = {(row.component, _group(row)) for row in rows}
    return [row for row in held if (row.component, _group(row)) not in new] + rows


def _group(row: Row) -> str:
    return "energy" if row.parameter in ENERGY else row.parameter


def _check_complete(components: Components) -> None:
    for name in PRICED:
        rows = components.of(name)
        if "area" not in rows or not set(ENERGY) & set(rows):
            raise ValueError(f"components: {name} needs an area and one of {', '.join(ENERGY)}")
