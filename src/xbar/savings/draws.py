"""Many circuits at once: the savings of drawn designs, by the formulas that price a single one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import TypeVar, get_args

import numpy as np

from xbar.circuit.adc import Adc
from xbar.circuit.components import Components
from xbar.circuit.cost import Totals, cost_of, totals
from xbar.circuit.design import Design, Number
from xbar.circuit.priced import PricedNetwork, design_of
from xbar.circuit.prices import Prices, Technology, technology_of
from xbar.config.circuit import AnalogScaling, CircuitSpec
from xbar.config.claims import Corner, ReferenceSpec
from xbar.savings.corners import BASELINE, SIGNED, STEPS, UNIPOLAR
from xbar.savings.options import Draws

STRUCTURE = ("mapping", "arrays", "crossbar", "bank_parts")  # alike in all draws that are priced at once
Word = TypeVar("Word", str, tuple)
Technologies = Mapping[tuple[str, AnalogScaling], Technology]  # by component set and scaling of analog parts


@dataclass(frozen=True)
class DrawnPrices:
    """Several price lists, and which of them each draw takes.

    `named`: for cells and DACs the rows that price them, and which of them each draw takes.
    """

    lists: Sequence[Prices]
    index: np.ndarray
    named: Mapping[str, tuple[Sequence[str], np.ndarray]]
    opamp_scale: np.ndarray

    def area_um2(self, component: str, bits: Number | None = None) -> Number:
        """Area of one part, um2, for every draw."""
        return self._scale(component) * self._of(component, lambda prices, name: prices.area_um2(name, bits))

    def energy_pJ(self, component: str, bits: Number | None = None, on_ns: Number = 0.0) -> Number:
        """Energy of one use, pJ, for every draw."""
        return self._scale(component) * self._of(component, lambda prices, name: prices.energy_pJ(name, bits, on_ns))

    def leakage_uW(self, component: str, bits: Number | None = None) -> Number:
        """What one part leaks, uW, for every draw."""
        return self._of(component, lambda prices, name: prices.leakage_uW(name, bits))

    def share(self, component: str, price: str) -> Number:
        """A share of everything, for every draw."""
        return _pick([prices.share(component, price) for prices in self.lists], self.index)

    def _of(self, component: str, price: Callable[[Prices, str], Number]) -> Number:
        names, index = self.named.get(component, ((component,), self.index))
        return _pick([_pick([price(prices, name) for prices in self.lists], self.index) for name in names], index)

    def _scale(self, component: str) -> Number:
        return self.opamp_scale if component == "opamp" else 1.0


@dataclass(frozen=True)
class DrawnAdc:
    """An ADC whose model differs from draw to draw."""

    laws: Sequence[Adc]
    index: np.ndarray

    @property
    def bit_range(self) -> tuple[Number, Number]:
        """Fewest and most bits for which the ADC model of each draw holds."""
        low, high = zip(*(adc.bit_range for adc in self.laws), strict=True)
        return _pick(low, self.index), _pick(high, self.index)

    def area_um2(self, bits: Number) -> Number:
        """Area of one converter, um2, for every draw."""
        return _pick([adc.area_um2(held) for adc, held in self._held(bits)], self.index)

    def energy_pJ(self, bits: Number, column_uS: Number = 0.0) -> Number:
        """Energy of one conversion, pJ, for every draw."""
        return _pick([adc.energy_pJ(held, column_uS) for adc, held in self._held(bits)], self.index)

    def _held(self, bits: Number) -> Iterator[tuple[Adc, Number]]:
        """Evaluate each ADC model for all draws. Draws of other models get its most bits, and `_pick` discards them."""
        for i, adc in enumerate(self.laws):
            yield adc, np.where(self.index == i, bits, adc.bit_range[1])


def _pick(values: Sequence[Number], index: np.ndarray) -> Number:
    """For each draw the value, or its entry of the array, that its index names."""
    if len(values) == 1:
        return values[0]
    if any(isinstance(value, np.ndarray) for value in values):
        return sum(np.where(index == i, value, 0.0) for i, value in enumerate(values))
    return values[0] if len(set(values)) == 1 else np.asarray(values)[index]


def base_of(signed: PricedNetwork, unipolar: PricedNetwork, circuit: CircuitSpec, reference: ReferenceSpec) -> Design:
    """The configured circuit of a comparison, which draws change: device and crossbar are the unipolar network's."""
    own = design_of(unipolar, circuit, **dict(reference))
    more_bits = {"unipolar_extra_bits": unipolar.network.adc_bits - signed.network.adc_bits}
    device = {name: getattr(own, name) for name in ("crossbar", "g_max_uS", "on_off_ratio")}
    return design_of(signed, circuit, **dict(reference)).model_copy(update=device | more_bits)


def savings_of(
    signed: PricedNetwork, unipolar: PricedNetwork, base: Design, tables: Mapping[str, Components], draws: Draws
) -> dict[str, np.ndarray]:
    """Savings of every draw against its own signed baseline with own converters.

    `base`: what the draws leave as it is. `tables`: components by set. Keys of the result, each (draws):
    `area_saving both`, `energy_saving unipolar alone`, ...; `latency_factor` of both together, and
    `array_energy_share` of the baseline.
    """
    technologies = technologies_of(base, tables)
    sides = dict.fromkeys(SIGNED, signed) | dict.fromkeys(UNIPOLAR, unipolar)
    return _compared({corner: _totals(network, corner, base, draws, technologies) for corner, network in sides.items()})


def _totals(network: PricedNetwork, corner: Corner, base: Design, draws: Draws, technologies: Technologies) -> Totals:
    """Totals of one corner, group by group of the draws that agree in all that is structure there."""
    words = [draws["arrays"], draws["crossbar"], np.isinf(draws["on_off_ratio"])]  # a finite ratio: correction columns
    words += [draws["bank_parts"]] if corner.endswith("-shared") else []
    words += [draws["mapping"]] if corner in SIGNED else []
    found = {field.name: np.full(len(words[0]), np.nan) for field in fields(Totals)}
    for members in _groups(*words):
        total = total_of(network, corner, base, {name: of[members] for name, of in draws.items()}, technologies)
        for name, values in found.items():
            values[members] = getattr(total, name)
    return Totals(**found)


def _groups(*words: np.ndarray) -> Iterator[np.ndarray]:
    """Positions of the draws that agree in all of `words`."""
    keys = np.asarray(["|".join(map(str, row)) for row in zip(*words, strict=True)])
    _, places = np.unique(keys, return_inverse=True)
    for place in range(places.max() + 1):
        yield np.flatnonzero(places == place)


def _compared(found: Mapping[Corner, Totals]) -> dict[str, np.ndarray]:
    base = found[BASELINE]
    result: dict[str, np.ndarray] = {}
    for step, corner in STEPS:
        result[f"area_saving {step}"] = np.asarray(1 - found[corner].area_um2 / base.area_um2)
        result[f"energy_saving {step}"] = np.asarray(1 - found[corner].energy_pJ / base.energy_pJ)
    result["latency_factor"] = np.asarray(found["unipolar-shared"].latency_ns / base.latency_ns)
    result["array_energy_share"] = np.asarray(base.array_energy_share)
    return result


def technologies_of(base: Design, tables: Mapping[str, Components]) -> Technologies:
    """The node with the prices of every component set, scaled in every way."""
    kinds = product(tables, get_args(AnalogScaling))
    return {kind: technology_of(tables[kind[0]], base.node_nm, base.supply_V, kind[1]) for kind in kinds}


def drawn_design(network: PricedNetwork, corner: Corner, base: Design, draws: Draws) -> Design:
    """One corner as a design with the fields of draws that agree in structure."""
    own: dict[str, object] = {"common_mode": network.network.common_mode}
    own |= {} if corner.startswith("signed") else {"mapping": "unipolar"}
    own |= {"bank": "own"} if corner.endswith("-own") else {}
    return base.model_copy(update=draws | {name: draws[name][0] for name in STRUCTURE} | own)


def total_of(network: PricedNetwork, corner: Corner, base: Design, draws: Draws, technologies: Technologies) -> Totals:
    """Totals of one corner for draws that agree in structure."""
    design = drawn_design(network, corner, base, draws)
    prices, adc = _prices(draws, technologies)
    return totals(cost_of(network.layers.against_draws(), design, prices, adc), design)


def _prices(draws: Draws, technologies: Technologies) -> tuple[DrawnPrices, DrawnAdc]:
    drawn = list(zip(draws["component_set"], draws["analog_scaling"], strict=True))
    kinds = [kind for kind in technologies if kind in set(drawn)]
    prices = DrawnPrices(
        lists=[Prices(technologies[kind], {}) for kind in kinds],
        index=np.asarray([kinds.index(kind) for kind in drawn]),
        named={name: _indexed(draws[name]) for name in ("cell", "dac")},
        opamp_scale=np.asarray(draws["opamp_scale"]),
    )
    # Only ADC model D scales as analog parts do; the others are alike in all technologies
    scaled = [kind if law == "D" else kinds[0] for law, kind in zip(draws["adc_law"], drawn, strict=True)]
    adcs, adc_index = _indexed(zip(draws["adc_law"], scaled, strict=True))
    rate, volts = draws["sample_rate_MHz"], draws["read_voltage_V"]
    return prices, DrawnAdc([Adc(law, technologies[kind], rate, volts) for law, kind in adcs], adc_index)


def _indexed(words: Iterable[Word]) -> tuple[list[Word], np.ndarray]:
    """The different words, and for each draw the number of its own."""
    words = list(words)
    names = sorted(set(words))
    return names, np.asarray([names.index(word) for word in words])
