"""Parts of chips against the cost model one by one, ADC models against whole columns, and the prices of a library."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from xbar.circuit.adc import LAWS, Adc
from xbar.circuit.components import Components
from xbar.circuit.cost import Cost
from xbar.circuit.prices import Prices, Technology, technology_of
from xbar.config.circuit import AdcLaw
from xbar.savings.published import chip_costs, conversions
from xbar.savings.scope import Chip

Row = Mapping[str, str]
RESCALED = {"digital_rescale": "everywhere"}  # as in the reference circuit; published datapaths rescale too
ANY_LAW: AdcLaw = "B"  # of parts without an ADC, of which all say the same
NO_CURRENT_V = 0.0  # read voltage of a column whose current is not charged
LIBRARY_SUPPLY_V = 0.9  # where a row of the library names none; capacitances and digital scaling take it
LIBRARY_RATE_MHz = 20.0  # of its ADCs: throughput=20e6 in library.csv
OF_LIBRARY = ("part", "class", "component", "node_nm", "supply_V", "bits", "leakage_uW", "source", "note")
Pair = tuple[float | None, float | None]  # energy in pJ, area in um2


def part_rows(parts: Iterable[Row], chips: Iterable[Chip], components: Components) -> Iterator[dict[str, Any]]:
    """Published energy and area of a part of a chip beside what the model charges for it there.

    `per`: column or input, to which both numbers belong. A part that holds an ADC has a row for every ADC model.
    A part that the model does not have has no prediction. ValueError for a chip or a component
    that is not there, and for another `per`.
    """
    found = {chip["macro"]: chip for chip in chips}
    costs_of = cache(lambda macro, law: chip_costs(found[macro], law, components, **RESCALED))  # of all its parts
    for part in parts:
        if part["macro"] not in found:
            raise ValueError(f"parts: {part['part']}: macro '{part['macro']}' is not in the table of chips")
        if part["per"] not in ("column", "input"):
            raise ValueError(f"parts: {part['part']}: per '{part['per']}' is not one of column, input")
        chip, names = found[part["macro"]], part["components"].split()
        laws: Iterable[AdcLaw] = LAWS if "adc" in names else [ANY_LAW]
        for law in laws:
            costs = costs_of(part["macro"], law) if names else None
            predicted = (None, None) if costs is None else _sum(part, chip, names, costs)
            kept = {name: part[name] for name in ("part", "kind", "macro", "per", "source", "note")}
            lends = "yes" if chip["lends"] else "no"
            yield kept | {"adc_law": law if "adc" in names else "", "lends": lends} | _beside(part, predicted)


def _sum(part: Row, chip: Chip, names: Sequence[str], costs: Mapping[str, Cost]) -> Pair:
    """Energy and area of some components of a chip, of one column or of one input."""
    if missing := [name for name in names if name not in costs]:
        raise ValueError(f"parts: {part['part']}: component '{missing[0]}' is not one of {', '.join(costs)}")
    shared_by = conversions(chip) if part["per"] == "column" else float(chip["lines"])
    energy, area = (
        sum(float(np.sum(getattr(costs[name], price))) for name in names) / shared_by
        for price in ("energy_pJ", "area_um2")
    )
    return energy, area


def bound_rows(bounds: Iterable[Row], components: Components) -> Iterator[dict[str, Any]]:
    """The energy of one conversion by every ADC model beside that of the whole column, which holds its ADC.

    Nothing is assumed of the cells: ADC model C gets a column without current. `holds`: yes where the ADC costs no more
    than the column. Empty where a model does not reach bits or node.
    """
    for bound in bounds:
        for law in LAWS:
            adc_pJ = _conversion_pJ(bound, law, components)
            holds = "" if adc_pJ is None else "yes" if adc_pJ <= float(bound["column_pJ"]) else "no"
            yield dict(bound) | {"adc_law": law, "adc_pJ": _text(adc_pJ), "holds": holds}


def _conversion_pJ(bound: Row, law: AdcLaw, components: Components) -> float | None:
    bits, node_nm = float(bound["adc_bits"]), float(bound["node_nm"])
    (fewest, most), (smallest, largest) = components.bit_range(law), components.node_range([law])
    if not (fewest <= bits <= most and smallest <= node_nm <= largest):
        return None
    rate_MHz = 1e3 / float(bound["read_ns"]) if bound["read_ns"] else 1.0
    technology = _technology(components, node_nm, float(bound["supply_V"]))
    return float(Adc(law, technology, rate_MHz, NO_CURRENT_V).energy_pJ(bits))


def library_rows(library: Iterable[Row], components: Components) -> Iterator[dict[str, Any]]:
    """Prices of single parts by others beside ours at the same node and bits; empty where ours has no such part.

    `component`: a row of our price list, or an ADC model: adc-A to adc-E.
    """
    for row in library:
        predicted = _price(row, components)
        yield {name: row[name] for name in OF_LIBRARY} | _beside(row, predicted)


def _price(row: Row, components: Components) -> Pair:
    name, node_nm = row["component"], float(row["node_nm"])
    technology = _technology(components, node_nm, float(row["supply_V"] or LIBRARY_SUPPLY_V))
    bits = float(row["bits"]) if row["bits"] else None
    for law in LAWS:
        if name == f"adc-{law}" and bits is not None:
            adc = Adc(law, technology, LIBRARY_RATE_MHz, NO_CURRENT_V)
            return float(adc.energy_pJ(bits)), float(adc.area_um2(bits))
    if not name or not components.has(name):
        return None, None
    prices = Prices(technology, {})
    return float(prices.energy_pJ(name, bits)), float(prices.area_um2(name, bits))


def _technology(components: Components, node_nm: float, supply_V: float) -> Technology:
    return technology_of(components, node_nm, supply_V, "in-memory")


def _beside(published: Row, predicted: Pair) -> dict[str, str]:
    """Both energies and areas with the factor between, empty where one of them is missing."""
    found: dict[str, str] = {}
    for (name, unit), ours in zip((("energy", "pJ"), ("area", "um2")), predicted, strict=True):
        text = published[f"published_{unit}"]
        factor = None if ours is None or not text else ours / float(text)
        found |= {f"published_{unit}": text, f"predicted_{unit}": _text(ours), f"{name}_factor": _text(factor)}
    return found


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
