"""Area, energy and latency of a network's circuit: its bill of materials at the prices of a technology."""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from xbar.circuit.adc import Adc
from xbar.circuit.bill import Part, bank_adcs, bill_of_materials, own_adcs
from xbar.circuit.components import Components
from xbar.circuit.design import Design, Number
from xbar.circuit.footprint import Layers, footprint
from xbar.circuit.prices import Prices, technology_of


@runtime_checkable
class PriceList(Protocol):
    """Area and energy per part, as `Prices` gives them."""

    def area_um2(self, component: str, bits: Number | None = None) -> Number: ...

    def energy_pJ(self, component: str, bits: Number | None = None) -> Number: ...


@runtime_checkable
class Converter(Protocol):
    """Area and energy of an ADC, as `Adc` gives them."""

    @property
    def bit_range(self) -> tuple[Number, Number]: ...

    def area_um2(self, bits: Number) -> Number: ...

    def energy_pJ(self, bits: Number, column_uS: Number = 0.0) -> Number: ...


@dataclass(frozen=True)
class Cost:
    """One component: one entry per layer, and the share of the bank.

    Energy and latency are per inference; the latencies of all components add up to one inference, layer
    after layer.
    """

    count: Number
    area_um2: Number
    energy_pJ: Number
    latency_ns: Number
    bank: Number
    bank_area_um2: Number


def priced(layers: Layers, design: Design, components: Components) -> dict[str, Cost]:
    """Cost of every component at the prices of the design's own technology and ADC model.

    ValueError for a node, bits or a part without a price.
    """
    technology = technology_of(components, design.node_nm, design.supply_V, design.analog_scaling)
    prices = Prices(technology, design.pulse_ns, design.cell, design.opamp_scale)
    return cost_of(layers, design, prices, Adc(design.adc_law, technology, design.sample_rate_MHz))


def cost_of(layers: Layers, design: Design, prices: PriceList, adc: Converter) -> dict[str, Cost]:
    """Cost of every component; energy and latency follow from the same uses as the counts."""
    bill = bill_of_materials(layers, design, adc.bit_range[0])
    latency = latencies_ns(layers, design)
    none = 0.0 * layers.rows
    costs = {
        name: _cost(part, *_price(name, part, design, prices, adc), latency.get(name, none))
        for name, part in bill.items()
    }
    length_um = design.bank_distance * np.sqrt(area_um2(costs))
    wires = costs["bank_wire"]
    return costs | {"bank_wire": replace(wires, energy_pJ=wires.energy_pJ * length_um)}


def area_um2(costs: dict[str, Cost]) -> Number:
    """Area of everything, layers and bank."""
    return sum(np.sum(cost.area_um2, axis=0) + cost.bank_area_um2 for cost in costs.values())


def _price(name: str, part: Part, design: Design, prices: PriceList, adc: Converter) -> tuple[Number, Number]:
    """Area of one part and energy of one use."""
    if name == "adc" and part.bits is not None:
        return adc.area_um2(part.bits), adc.energy_pJ(part.bits, part.column_uS)
    if name == "cell":
        return prices.area_um2(name), design.read_voltage_V**2 * design.pulse_ns * 1e-3  # per uS
    return prices.area_um2(name, part.bits), prices.energy_pJ(name, part.bits)


def _cost(part: Part, area_um2: Number, energy_pJ: Number, latency_ns: Number) -> Cost:
    in_bank = part.bank * area_um2 if np.any(part.bank) else 0.0
    return Cost(part.count, part.count * area_um2, part.uses * energy_pJ, latency_ns, part.bank, in_bank)


def latencies_ns(layers: Layers, design: Design) -> dict[str, Number]:
    """Time per inference of every layer in reads (at the cells) and conversions (at the ADCs).

    The lines and columns of a layer work at once; its ADCs take the held columns in turn. Digital units
    keep up with the ADCs and drivers with the pulse, so neither adds time.
    """
    at = footprint(layers, design)
    in_turn = design.shared and "adc" in design.bank_parts
    adcs = bank_adcs(layers, design) if in_turn else own_adcs(at, design)
    conversion_ns = 1e3 / design.sample_rate_MHz
    return {
        "cell": layers.mvms * design.pulse_ns,
        "adc": layers.mvms * np.ceil(at.converted / adcs) * conversion_ns,
    }


@dataclass(frozen=True)
class Totals:
    """A whole network: area, energy and latency of one inference, and the interval between inferences."""

    area_um2: Number
    energy_pJ: Number
    latency_ns: Number
    interval_ns: Number
    array_energy_share: Number


def totals(costs: dict[str, Cost], design: Design) -> Totals:
    """Sums over components and layers.

    Layers with own converters work as a pipeline, so inferences follow each other at the pace of the slowest layer.
    Shared converters take the layers in turn.
    """
    energy, latency = (
        sum(np.sum(getattr(cost, name), axis=0) for cost in costs.values()) for name in ("energy_pJ", "latency_ns")
    )
    per_layer = sum(cost.latency_ns for cost in costs.values())
    return Totals(
        area_um2=area_um2(costs),
        energy_pJ=energy,
        latency_ns=latency,
        interval_ns=np.max(per_layer, axis=0) if not design.shared else latency,
        array_energy_share=np.sum(costs["cell"].energy_pJ, axis=0) / energy,
    )
