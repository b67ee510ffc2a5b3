"""The four corners of a comparison, {signed, unipolar} x {own periphery, shared bank}, as tidy cost rows."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from xbar.circuit.adc import Adc
from xbar.circuit.components import Components
from xbar.circuit.cost import Circuit, Cost, cost_of, totals
from xbar.circuit.footprint import Design, adcs_per_unit
from xbar.circuit.prices import prices_of
from xbar.circuit.quantity import Number
from xbar.circuit.sides import Side
from xbar.config.circuit import CircuitSpec

KEYS = ("network", "dataset", "corner", "mapping", "adc_law", "bank")
COST_COLUMNS = (*KEYS, "component", "count", "area_um2", "energy_pJ", "latency_ns")
LAYER_COLUMNS = (*KEYS, "layer", *COST_COLUMNS[len(KEYS) :])
LAYER_TOTAL_COLUMNS = (*KEYS, "layer", "area_um2", "energy_pJ", "latency_ns")
PERFORMANCE_COLUMNS = (
    *KEYS, "area_mm2", "energy_nJ", "latency_us", "interval_us", "macs", "tops_per_W", "tops_per_mm2",
    "array_energy_share",
)  # fmt: skip


class Corner(NamedTuple):
    """One network, corner, mapping, ADC law and bank with its design and the costs of all components."""

    side: Side
    corner: str
    law: str
    design: Design
    costs: dict[str, Cost]

    @property
    def keys(self) -> dict[str, str]:
        """The columns that identify the corner."""
        values = (self.side.name, self.side.network.dataset, self.corner, self.design.mapping, self.law, self.bank)
        return dict(zip(KEYS, values, strict=True))

    @property
    def bank(self) -> str:
        """own, largest or the number of ADCs."""
        return str(self.design.bank)


def corners(signed: Side, unipolar: Side, spec: CircuitSpec, components: Components) -> Iterator[Corner]:
    """Every corner for every ADC law, signed mapping and bank of `spec`, each on its own network's layers."""
    prices = prices_of(components, spec)
    sides = [(signed, "signed", mapping) for mapping in spec.mappings] + [(unipolar, "unipolar", "unipolar")]
    for law in spec.adc_laws:
        circuit = Circuit(prices, Adc(law, prices.technology, spec.sample_rate_MHz), spec.cell, spec.read_voltage_V)
        for side, polarity, mapping in sides:
            for bank in ("own", *spec.banks):
                corner = f"{polarity}-{'own' if bank == 'own' else 'shared'}"
                design = design_of(side, mapping, corner, bank, spec, circuit.adc)
                yield Corner(side, corner, law, design, cost_of(side.layers, design, circuit))


def design_of(side: Side, mapping: str, corner: str, bank: str | int, spec: CircuitSpec, adc: Adc) -> Design:
    """The design of one corner, from the configuration of its network, device, crossbar and circuit."""
    return Design(
        mapping=mapping,
        subtraction=_subtraction(side, mapping, spec),
        bank=bank,
        arrays=spec.arrays,
        array_rows=side.crossbar.rows,
        array_columns=side.crossbar.columns,
        dac_bits=side.network.dac_bits,
        adc_bits=side.network.adc_bits,
        g_min_uS=side.device.g_min_uS,
        g_max_uS=side.device.g_max_uS,
        columns_per_adc=spec.columns_per_adc,
        bank_parts=tuple(spec.bank_parts),
        amplifiers=int(spec.front_end == "tia"),
        adcs_per_unit=adcs_per_unit(spec.digital_rate_MHz, spec.sample_rate_MHz),
        rescale=int(corner in spec.digital_rescale),
        centered=int(side.network.common_mode == "subtracted"),
        measured_bits=int(spec.own_adc_bits == "measured"),
        fewest_adc_bits=adc.bit_range[0],
        bank_distance=spec.bank_distance,
        write_circuits=int(spec.write_circuits),
    )


def _subtraction(side: Side, mapping: str, spec: CircuitSpec) -> str:
    """A unipolar array subtracts its correction column digitally, if it has one."""
    if mapping != "unipolar":
        return spec.subtraction[mapping]
    return "digital" if side.device.g_min_uS > 0 else "none"


def cost_rows(corner: Corner) -> Iterator[dict[str, Any]]:
    """One row per component, summed over layers and bank."""
    for component, cost in corner.costs.items():
        values = (
            np.sum(cost.count) + cost.bank,
            np.sum(cost.area_um2) + cost.bank_area_um2,
            np.sum(cost.energy_pJ),
            np.sum(cost.latency_ns),
        )
        yield corner.keys | _row(component, values)


def layer_rows(corner: Corner) -> Iterator[dict[str, Any]]:
    """One row per layer and component; the bank's own area stands in rows of layer `bank`."""
    for component, cost in corner.costs.items():
        columns = np.broadcast_arrays(cost.count, cost.area_um2, cost.energy_pJ, cost.latency_ns)
        for layer, values in enumerate(zip(*columns, strict=True)):
            yield corner.keys | {"layer": layer} | _row(component, values)
        if corner.design.shared:
            yield corner.keys | {"layer": "bank"} | _row(component, (cost.bank, cost.bank_area_um2, 0.0, 0.0))


def layer_total_rows(corner: Corner) -> Iterator[dict[str, Any]]:
    """One row per layer with all its components, and one for the area of the bank."""
    sums: dict[str, dict[str, float]] = {}
    for row in layer_rows(corner):
        numbers = sums.setdefault(str(row["layer"]), dict.fromkeys(LAYER_TOTAL_COLUMNS[-3:], 0.0))
        for name in numbers:
            numbers[name] += float(row[name])
    for layer, numbers in sums.items():
        yield corner.keys | {"layer": layer} | {name: _text(number) for name, number in numbers.items()}


def performance_row(corner: Corner) -> dict[str, Any]:
    """The whole network: two operations per multiply-accumulate, zero weights and doubled rows included."""
    total = totals(corner.costs, corner.design)
    macs = corner.side.layers.macs
    numbers = {
        "area_mm2": total.area_um2 * 1e-6,
        "energy_nJ": total.energy_pJ * 1e-3,
        "latency_us": total.latency_ns * 1e-3,
        "interval_us": total.interval_ns * 1e-3,
        "macs": macs,
        "tops_per_W": 2 * macs / total.energy_pJ,
        "tops_per_mm2": 2 * macs / total.interval_ns * 1e-3 / (total.area_um2 * 1e-6),
        "array_energy_share": total.array_energy_share,
    }
    return corner.keys | {name: _text(number) for name, number in numbers.items()}


def _row(component: str, values: Sequence[Number]) -> dict[str, str]:
    return {"component": component} | dict(zip(COST_COLUMNS[len(KEYS) + 1 :], map(_text, values), strict=True))


def _text(number: Number) -> str:
    return f"{float(number):.10g}"
