"""Area, energy and latency of a network's circuit: its bill of materials at the prices of a technology."""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from xbar.circuit.adc import Adc
from xbar.circuit.bill import BY_LAW, Bill, Part, bill_of_materials
from xbar.circuit.components import Components
from xbar.circuit.conversions import turns
from xbar.circuit.design import Design, Number
from xbar.circuit.encoding import encoding_of
from xbar.circuit.footprint import Layers
from xbar.circuit.prices import Prices, technology_of


@runtime_checkable
class PriceList(Protocol):
    """Area and energy per part, leakage, and shares of what is charged as a share, as `Prices` gives them."""

    def area_um2(self, component: str, bits: Number | None = None) -> Number: ...

    def energy_pJ(self, component: str, bits: Number | None = None, on_ns: Number = 0.0) -> Number: ...

    def leakage_uW(self, component: str, bits: Number | None = None) -> Number: ...

    def share(self, component: str, price: str) -> Number: ...


@runtime_checkable
class Converter(Protocol):
    """Area and energy of an ADC, as `Adc` gives them."""

    @property
    def bit_range(self) -> tuple[Number, Number]: ...

    def area_um2(self, bits: Number) -> Number: ...

    def energy_pJ(self, bits: Number, column_uS: Number = 0.0) -> Number: ...


@dataclass(frozen=True)
class Cost:
    """The cost of one component: one entry per layer, (layers) or (layers, draws), and the part in the bank.

    Energy and latency are per inference. The latencies of all components add up to one inference, layer after layer.
    """

    count: Number
    area_um2: Number
    energy_pJ: Number
    latency_ns: Number
    bank: Number
    bank_area_um2: Number


def priced(layers: Layers, design: Design, components: Components) -> dict[str, Cost]:
    """Cost of every component at the prices of the design's own technology and ADC model.

    ValueError for a node, bits or a part without a price, and as for `footprint`.
    """
    technology = technology_of(components, design.node_nm, design.supply_V, design.analog_scaling)
    prices = Prices(technology, {"cell": design.cell, "dac": design.dac}, design.opamp_scale)
    adc = Adc(design.adc_law, technology, design.sample_rate_MHz, design.read_voltage_V)
    return cost_of(layers, design, prices, adc)


def cost_of(layers: Layers, design: Design, prices: PriceList, adc: Converter) -> dict[str, Cost]:
    """Cost of every component by its count and uses in the bill, and its time by `latencies_ns`.

    Parts are priced first, then the wires between them, then control as a share of all these and itself, then leakage.
    """
    bill = bill_of_materials(layers, design, adc.bit_range[0])
    latency = latencies_ns(layers, design)
    none = 0.0 * layers.rows
    costs = {
        name: _cost(part, *_price(name, part, design, prices, adc), latency.get(name, none))
        for name, part in bill.items()
    }
    charged = design.overheads == "charged"
    costs["bank_wire"] = _wires(costs, design, charged * prices.share("control", "area"))
    return costs | {"control": _control(costs, prices, charged), "leakage": _leakage(bill, latency, prices, charged)}


def _wires(costs: dict[str, Cost], design: Design, control: Number) -> Cost:
    """The wires to the bank, priced per um, at their length: a share of the side of a square that holds them, too.

    The wires take k um2 for each um of that side, and control a share c of all area. So side^2 (1 - c) = area of the
    other parts + k side.
    """
    wires = costs["bank_wire"]
    others = area_um2({name: cost for name, cost in costs.items() if name != "bank_wire"}) / (1 - control)
    per_side = design.wire_area * design.bank_distance * np.sum(wires.area_um2, axis=0) / (1 - control)
    length_um = design.bank_distance * (per_side + np.sqrt(per_side**2 + 4 * others)) / 2
    swing = design.read_voltage_V / design.supply_V  # prices are those of swings by the supply
    return replace(
        wires,
        area_um2=wires.area_um2 * design.wire_area * length_um,
        energy_pJ=wires.energy_pJ * swing * length_um,
    )


def _control(costs: dict[str, Cost], prices: PriceList, charged: bool | np.ndarray) -> Cost:
    """What controls and clocks the circuit: a share of all area and of the energy without leakage, itself included."""
    area, energy = (charged * prices.share("control", price) for price in ("area", "energy"))
    of_area, of_energy = area / (1 - area), energy / (1 - energy)
    in_layers, joules = (sum(getattr(cost, name) for cost in costs.values()) for name in ("area_um2", "energy_pJ"))
    none = 0.0 * joules
    in_bank = sum(cost.bank_area_um2 for cost in costs.values())
    return Cost(none, of_area * in_layers, of_energy * joules, none, 0.0, of_area * in_bank)


def _leakage(bill: Bill, latency: dict[str, Number], prices: PriceList, charged: bool | np.ndarray) -> Cost:
    """What parts leak over one inference: those of a layer all the time, those of the bank while they serve it."""
    time_ns = sum(latency.values())
    whole_ns = np.sum(time_ns, axis=0)
    leaking = {name: prices.leakage_uW(name, part.bits) for name, part in bill.items() if name not in BY_LAW}
    in_layers = sum(bill[name].count * uW for name, uW in leaking.items())
    in_bank = sum(bill[name].bank * uW for name, uW in leaking.items())
    energy = charged * (in_layers * whole_ns + in_bank * time_ns) * 1e-3
    none = 0.0 * energy
    return Cost(none, none, energy, none, 0.0, 0.0)


def area_um2(costs: dict[str, Cost]) -> Number:
    """Area of everything, layers and bank."""
    return sum(np.sum(cost.area_um2, axis=0) + cost.bank_area_um2 for cost in costs.values())


def _price(name: str, part: Part, design: Design, prices: PriceList, adc: Converter) -> tuple[Number, Number]:
    """Area of one part and energy of one use."""
    if name == "adc" and part.bits is not None:
        return adc.area_um2(part.bits), adc.energy_pJ(part.bits, part.column_uS)
    if name in ("cell", "copied_current"):  # the charge of one pulse in one uS, times the voltage that it falls through
        rail = (design.read_supply == "rail") & (name == "cell")
        drawn_V = np.where(rail, design.read_voltage_V, design.supply_V)
        area = prices.area_um2(name) if name == "cell" else 0.0
        return area, drawn_V * design.read_voltage_V * design.pulse_ns * 1e-3
    return prices.area_um2(name, part.bits), prices.energy_pJ(name, part.bits, part.on_ns)


def _cost(part: Part, area_um2: Number, energy_pJ: Number, latency_ns: Number) -> Cost:
    in_bank = part.bank * area_um2 if np.any(part.bank) else 0.0
    return Cost(part.count, part.count * area_um2, part.uses * energy_pJ, latency_ns, part.bank, in_bank)


def latencies_ns(layers: Layers, design: Design) -> dict[str, Number]:
    """Time per inference of every layer in reads (at the cells) and conversions (at the ADCs).

    The lines and columns of a layer work at once; its ADCs take the held columns in turn. Digital units keep up with
    the ADCs and drivers with the pulses, so neither adds time.
    """
    coded = encoding_of(design)
    return {
        "cell": layers.mvms * coded.pulses * design.pulse_ns,
        "adc": layers.mvms * coded.conversions * turns(layers, design) * 1e3 / design.sample_rate_MHz,
    }


@dataclass(frozen=True)
class Totals:
    """A whole network: area, energy and latency of one inference, interval between inferences, share of the cells."""

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
