"""Priced circuits as text for a terminal of 100 columns."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from textwrap import wrap

import numpy as np

from xbar.circuit.conversions import bank_adcs
from xbar.circuit.design import Design
from xbar.circuit.footprint import footprint
from xbar.circuit.priced import MEASURES, PricedCorner, group_costs, layer_cost_rows, performance_row
from xbar.circuit.readers import changed, holds
from xbar.circuit.rows import price_rows
from xbar.system.rows import BUSY

WIDTH = 100
PERFORMANCE = {  # row of the summary: column of performance.csv, unit
    "area": ("area_mm2", "mm2"),
    "energy": ("energy_nJ", "nJ"),
    "latency": ("latency_us", "us"),
    "interval": ("interval_us", "us"),
    "efficiency": ("tops_per_W", "TOPS/W"),
    "throughput": ("tops_per_mm2", "TOPS/mm2"),
}
SAVED = ("area", "energy")
Rows = Iterable[Mapping[str, str]]  # of a table


def page(
    circuits: Mapping[str, PricedCorner], says: Mapping[str, str], simulated: Mapping[str, Rows] | None = None
) -> str:  # fmt: skip
    """The whole text: what was priced in words, the totals of all circuits, and of each its parts and layers.

    `simulated`: of the circuits that were simulated by events, the rows of system.csv.
    """
    events = simulated or {}
    parts = [_words(says), _summary(circuits)]
    for name, corner in circuits.items():
        parts += [
            _by_part(name, corner),
            _by_layer(name, corner),
            *([_by_events(name, events[name])] if name in events else []),
        ]
    return "\n\n".join(parts)


def prices_of(tables: Sequence[str | Path], corners: Iterable[PricedCorner]) -> str:
    """The names of the price tables, the project's own first, and a user's rows that none of these circuits reads."""
    table, designs = price_rows(tables[0]), [corner.design for corner in corners]
    rows = [row for path in tables[1:] for row in changed(price_rows(path), table)]
    unread = [row for row in rows if not any(holds(row, design) for design in designs)]
    named = ", ".join(f"{Path(row.where).name} {row.component} {row.parameter}" for row in unread)
    return ", then ".join(Path(path).name for path in tables) + (f"; not read here: {named}" if unread else "")


def show(text: str) -> None:
    """Print a page at once; a reader that has seen enough, such as `head`, is no error."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def describe(corner: PricedCorner) -> str:
    """One circuit in a sentence."""
    design = corner.design
    bank = f"a bank of {_bank(corner)} for all layers" if design.shared else f"own converters{_in_turn(design)}"
    driver = "" if design.dac == "none" else f" by {design.dac}"
    most = "up to " if design.own_adc_bits == "measured" and not design.shared else ""
    bits = f"{most}{int(design.magnitude_bits + design.rules.sign_bits)}-bit"
    laid = "tiled" if design.arrays == "packed" and not design.shared else design.arrays  # only a bank's layers share
    arrays = f"arrays up to {design.crossbar.rows} x {design.crossbar.columns} ({laid})"
    return (
        f"{design.mapping}, {arrays}, {bank}; {bits} ADCs of model {design.adc_law} at"
        f" {design.sample_rate_MHz:g} MHz; {design.dac_bits}-bit {design.input_encoding} inputs{driver}, pulse"
        f" {design.pulse_ns:g} ns; {design.node_nm:g} nm, {design.supply_V:g} V; component set {design.component_set}"
    )


def _bank(corner: PricedCorner) -> str:
    layers, design = corner.network.layers, corner.design
    if design.bank == "largest":
        return "as many ADCs as the largest layer needs"
    built = int(bank_adcs(footprint(layers, design), design))
    return f"{built} ADCs{'' if built == design.bank else ', all that the largest layer uses,'}"


def _in_turn(design: Design) -> str:
    """How many columns an own ADC converts one after the other, where it is not one."""
    columns = [f"{number:g}" for number in np.unique(design.columns_per_adc)]
    few, most = columns[0], columns[-1]
    return "" if most == "1" else f" of {few if few == most else f'{few} to {most}'} columns in turn"


def _words(says: Mapping[str, str]) -> str:
    size = max(map(len, says)) + 2
    lines = []
    for name, text in says.items():
        first, *more = wrap(text, WIDTH - size, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [name.ljust(size) + first, *(" " * size + line for line in more)]
    return "\n".join(lines)


def _summary(circuits: Mapping[str, PricedCorner]) -> str:
    """Totals side by side; behind each other circuit what the first saves of it, and its factor: first over other."""
    (name, first), *others = ((name, performance_row(corner)) for name, corner in circuits.items())
    lines = [["", "", name, *(head for other, _ in others for head in (other, "saved", "factor"))]]
    for label, (column, unit) in PERFORMANCE.items():
        number = float(first[column])
        cells = [cell for _, row in others for cell in _compared(number, float(row[column]), label in SAVED)]
        lines.append([label, unit, _number(number), *cells])
    return _aligned(lines, texts=2)


def _compared(number: float, other: float, saved: bool) -> tuple[str, str, str]:
    return _number(other), f"{100 * (1 - number / other):.1f} %" if saved else "", _number(number / other, 3)


def _by_part(name: str, corner: PricedCorner) -> str:
    costs = group_costs(corner)
    total = {measure: sum(cost[measure] for cost in costs.values()) for measure in MEASURES}
    heads = [f"{name}, by part", "area um2", "share", "energy pJ", "share", "latency ns"]
    lines = [heads, *([group, *_with_shares(cost, total)] for group, cost in costs.items())]
    return _aligned([*lines, ["total", *_with_shares(total, total)]], texts=1)


def _with_shares(cost: Mapping[str, float], total: Mapping[str, float]) -> list[str]:
    area, energy, latency = MEASURES
    shares = {measure: f"{100 * cost[measure] / total[measure]:.1f} %" for measure in (area, energy)}
    return [_number(cost[area]), shares[area], _number(cost[energy]), shares[energy], _time(cost[latency])]


def _by_layer(name: str, corner: PricedCorner) -> str:
    layers = corner.network.layers
    sizes = zip(layers.rows, layers.columns, layers.mvms, strict=True)
    first = {str(number): [str(number), *(f"{size:.0f}" for size in of_layer)] for number, of_layer in enumerate(sizes)}
    first["bank"] = ["shared", "", "", ""]
    rows = list(layer_cost_rows(corner))
    lines = [[f"{name}, by layer", "rows", "columns", "products", "area um2", "energy pJ", "latency ns"]]
    lines += [first[row["layer"]] + _measures(row) for row in rows]
    total = {measure: sum(float(row[measure]) for row in rows) for measure in MEASURES}
    return _aligned([*lines, ["total", "", "", "", *_measures(total)]], texts=1)


def _by_events(name: str, rows: Rows) -> str:
    """Latency, interval and use of the parts in every schedule."""
    heads = [f"{name}, by events", "latency ns", "interval ns", "lines", "ADCs", "digital", "bus", "added um2"]
    lines = [heads]
    for row in rows:
        busy = [f"{100 * float(row[f'{part}_busy']):.1f} %" for part in BUSY]
        times = [_time(float(row[time])) for time in ("latency_ns", "interval_ns")]
        lines.append([row["schedule"], *times, *busy, _number(float(row["added_um2"]))])
    return _aligned(lines, texts=1)


def _measures(costs: Mapping[str, str] | Mapping[str, float]) -> list[str]:
    area, energy, latency = (float(costs[measure]) for measure in MEASURES)
    return [_number(area), _number(energy), _time(latency)]


def _time(latency_ns: float) -> str:
    return f"{latency_ns:.1f}".removesuffix(".0")


def _number(number: float, digits: int = 4) -> str:
    """A number to so many digits, without an exponent from 0.0001 to below a billion."""
    if number == 0:
        return "0"
    if not 1e-4 <= abs(number) < 1e9:
        return f"{number:.{digits - 1}e}"
    return f"{float(f'{number:.{digits}g}'):.{max(0, digits - 1 - _exponent(number))}f}"


def _exponent(number: float) -> int:
    return int(f"{number:e}".split("e")[1])


def _aligned(lines: Sequence[Sequence[str]], texts: int) -> str:
    """Columns of equal width, the first `texts` to the left, a line below the head and, where it says so, a total."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = ["  ".join(_cells(line, widths, texts)).rstrip() for line in lines]
    rule = "-" * max(map(len, shown))
    ends = [rule, shown[-1]] if lines[-1][0] == "total" else [shown[-1]]
    return "\n".join([shown[0], rule, *shown[1:-1], *ends])


def _cells(line: Sequence[str], widths: Sequence[int], texts: int) -> Iterable[str]:
    for place, (cell, width) in enumerate(zip(line, widths, strict=True)):
        yield cell.ljust(width) if place < texts else cell.rjust(width)
