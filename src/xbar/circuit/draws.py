"""Many circuits at once: the savings of drawn designs, by the formulas that price a single one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from xbar.circuit.adc import Adc
from xbar.circuit.components import Components
from xbar.circuit.cost import Circuit, Totals, cost_of, totals
from xbar.circuit.footprint import Design, adcs_per_unit
from xbar.circuit.options import Draws
from xbar.circuit.prices import Prices, Technology
from xbar.circuit.quantity import Number
from xbar.circuit.sides import Side
from xbar.circuit.steps import STEPS
from xbar.config.circuit import CircuitSpec

SCALED = ("opamp",)
Technologies = Mapping[tuple[str, str], Technology]  # by component set and scaling of analog parts


@dataclass(frozen=True)
class DrawnPrices:
    """Prices of which each draw takes its own: several price lists, and the list of each draw."""

    lists: Sequence[Prices]
    index: np.ndarray
    pulse_ns: np.ndarray
    cells: Sequence[str]
    cell_index: np.ndarray
    opamp_scale: np.ndarray

    def area_um2(self, component: str, bits: Number | None = None) -> Number:
        """Area of one part, um2, for every draw."""
        if component == "cell":
            return _pick([self.lists[0].area_um2(cell) for cell in self.cells], self.cell_index)
        return self._scale(component) * _pick([prices.area_um2(component, bits) for prices in self.lists], self.index)

    def energy_pJ(self, component: str, bits: Number | None = None) -> Number:
        """Energy of one use, pJ, for every draw."""
        return self._scale(component) * _pick([prices.energy_pJ(component, bits) for prices in self.lists], self.index)

    def _scale(self, component: str) -> Number:
        return self.opamp_scale if component in SCALED else 1.0


@dataclass(frozen=True)
class DrawnAdc:
    """An ADC of which each draw has its own law."""

    laws: Sequence[Adc]
    index: np.ndarray
    sample_rate_MHz: np.ndarray

    @property
    def bit_range(self) -> tuple[Number, Number]:
        """Fewest and most bits for which the law of each draw holds."""
        low, high = zip(*(adc.bit_range for adc in self.laws), strict=True)
        return _pick(low, self.index), _pick(high, self.index)

    def area_um2(self, bits: Number) -> Number:
        """Area of one converter, um2, for every draw."""
        return _pick([adc.area_um2(held) for adc, held in self._held(bits)], self.index)

    def energy_pJ(self, bits: Number, column_uS: Number = 0.0) -> Number:
        """Energy of one conversion, pJ, for every draw."""
        return _pick([adc.energy_pJ(held, column_uS) for adc, held in self._held(bits)], self.index)

    def _held(self, bits: Number) -> Iterator[tuple[Adc, Number]]:
        """Every law with the bits of the draws that have it; the others, which it need not reach, at its most."""
        for i, adc in enumerate(self.laws):
            yield adc, np.where(self.index == i, bits, adc.bit_range[1])


def _pick(values: Sequence[Number], index: np.ndarray) -> Number:
    """Of several arrays over draws, for each draw the one its index names."""
    if not any(isinstance(value, np.ndarray) for value in values) and len(set(values)) == 1:
        return values[0]
    return sum(np.where(index == i, value, 0.0) for i, value in enumerate(values))


def savings_of(
    signed: Side, unipolar: Side, spec: CircuitSpec, tables: Mapping[str, Components], draws: Draws
) -> dict[str, np.ndarray]:
    """Savings of every draw against its own signed baseline with periphery per layer.

    `tables`: components by set. Keys of the result: `area_saving both`, `energy_saving unipolar alone`, ...;
    `latency_factor` of both together, and `array_energy_share` of the baseline.
    """
    result: dict[str, np.ndarray] = {}
    technologies = technologies_of(spec, tables)
    ideal_off = np.isinf(draws["on_off_ratio"])  # a finite ratio takes correction columns
    for members in _groups(draws["arrays"], draws["bank_parts"], ideal_off):
        part = {option: values[members] for option, values in draws.items()}
        unsigned = {
            corner: _total(unipolar, corner, part, spec, technologies) for corner in ("unipolar-own", "unipolar-shared")
        }
        for scheme in _groups(part["scheme"]):
            inner = {option: values[scheme] for option, values in part.items()}
            found = {c: _total(signed, c, inner, spec, technologies) for c in ("signed-own", "signed-shared")}
            found |= {c: _members(total, scheme) for c, total in unsigned.items()}
            for name, values in _compared(found).items():
                result.setdefault(name, np.full(len(draws["scheme"]), np.nan))[members[scheme]] = values
    return result


def _groups(*words: np.ndarray) -> Iterator[np.ndarray]:
    """Positions of the draws that agree in all of `words`."""
    keys = np.asarray(["|".join(map(str, row)) for row in zip(*words, strict=True)])
    for key in np.unique(keys):
        yield np.flatnonzero(keys == key)


def _members(total: Totals, members: np.ndarray) -> Totals:
    return Totals(**{name: values[members] for name, values in vars(total).items()})


def _compared(found: Mapping[str, Totals]) -> dict[str, np.ndarray]:
    base = found["signed-own"]
    result = {}
    for step, corner in STEPS:
        result[f"area_saving {step}"] = 1 - found[corner].area_um2 / base.area_um2
        result[f"energy_saving {step}"] = 1 - found[corner].energy_pJ / base.energy_pJ
    result["latency_factor"] = found["unipolar-shared"].latency_ns / base.latency_ns
    result["array_energy_share"] = base.array_energy_share
    return result


def technologies_of(spec: CircuitSpec, tables: Mapping[str, Components]) -> Technologies:
    """The node with the prices of every component set, scaled in every way."""
    kinds = product(tables, ("adc", "digital"))
    return {kind: Technology(tables[kind[0]], spec.node_nm, spec.supply_V, kind[1]) for kind in kinds}


def _total(side: Side, corner: str, draws: Draws, spec: CircuitSpec, technologies: Technologies) -> Totals:
    """Totals of one corner for draws that agree in structure (and, for signed weights, in scheme)."""
    circuit = _circuit(draws, technologies)
    design = _design(side, corner, draws, spec, circuit.adc)
    return totals(cost_of(side.layers.against_draws(), design, circuit), design)


def _design(side: Side, corner: str, draws: Draws, spec: CircuitSpec, adc: DrawnAdc) -> Design:
    signed = corner.startswith("signed")
    mapping, subtraction = draws["scheme"][0].split() if signed else ("unipolar", _correction(draws))
    arrays, size = draws["arrays"][0].split()
    rows, columns = map(int, size.split("x"))
    rescaled = (draws["digital_rescale"] == "everywhere") | ((draws["digital_rescale"] == "signed") & signed)
    return Design(
        mapping=mapping,
        subtraction=subtraction,
        bank="own" if corner.endswith("-own") else draws["bank"],
        arrays=arrays,
        array_rows=rows,
        array_columns=columns,
        dac_bits=draws["dac_bits"],
        adc_bits=draws["adc_bits"] + (0 if signed else draws["unipolar_extra_bits"]),
        g_min_uS=draws["g_max_uS"] / draws["on_off_ratio"],
        g_max_uS=draws["g_max_uS"],
        columns_per_adc=draws["columns_per_adc"],
        bank_parts=tuple(draws["bank_parts"][0].split()),
        amplifiers=(draws["front_end"] == "tia").astype(int),
        adcs_per_unit=adcs_per_unit(spec.digital_rate_MHz, draws["sample_rate_MHz"]),
        rescale=rescaled.astype(int),
        centered=int(side.network.common_mode == "subtracted"),
        measured_bits=(draws["own_adc_bits"] == "measured").astype(int),
        fewest_adc_bits=adc.bit_range[0],
        bank_distance=draws["bank_distance"],
        write_circuits=(draws["write_circuits"] == "upper bound").astype(int),
    )


def _correction(draws: Draws) -> str:
    return "none" if np.isinf(draws["on_off_ratio"][0]) else "digital"


def _circuit(draws: Draws, technologies: Technologies) -> Circuit:
    pulse_ns, rate = draws["pulse_ns"], draws["sample_rate_MHz"]
    kinds = list(technologies)
    kind = np.asarray([kinds.index(key) for key in zip(draws["component_set"], draws["analog_scaling"], strict=True)])
    cells = sorted(set(draws["cell"]))
    prices = DrawnPrices(
        lists=[Prices(technology, pulse_ns) for technology in technologies.values()],
        index=kind,
        pulse_ns=pulse_ns,
        cells=cells,
        cell_index=np.asarray([cells.index(cell) for cell in draws["cell"]]),
        opamp_scale=draws["opamp_scale"],
    )
    laws = sorted(set(draws["adc_law"]))
    adcs = [Adc(law, technologies[kinds[0]], rate) for law in laws]
    law = np.asarray([laws.index(name) for name in draws["adc_law"]])
    return Circuit(prices, DrawnAdc(adcs, law, rate), "cell", draws["read_voltage_V"])
