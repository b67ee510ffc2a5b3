"""Area and energy of one part at a technology node: published prices scaled by table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from xbar.circuit.components import ENERGY, Components, Row
from xbar.circuit.design import Number
from xbar.config.circuit import AnalogScaling


@dataclass(frozen=True)
class Technology:
    """A node and its supply.

    Digital parts scale by the factors of Stillmaker & Baas (2017). `analog_scaling` says whether analog parts do too,
    or as published ADCs do (survey: Andrulis et al., 2024), or as ADCs of in-memory-computing macros do (ZigZag-IMC).
    ValueError for a node without factors.
    """

    components: Components
    node_nm: float
    supply_V: float
    analog_scaling: AnalogScaling = "survey"
    _known: dict[str, tuple[float, float, float, float]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.digital_area(self.node_nm)

    def digital_area(self, node_nm: float) -> float:
        """Area of a digital part relative to 130 nm; ValueError for a node outside the table."""
        return between(self.components.by("node_nm", "technology", "area_factor"), node_nm, "technology area_factor")

    def digital_energy(self, node_nm: float, volts: float) -> float:
        """Energy of a digital part at a node and supply, relative to that at others."""
        a, b, c = (
            self.components.by("node_nm", "technology", f"energy_{term}")
            for term in ("quadratic", "linear", "constant")
        )
        energies = {node: a[node] * volts**2 + b[node] * volts + c[node] for node in a}
        return between(energies, node_nm, f"energy of digital parts at supply_V {volts:g}")

    def area_scale(self, node_nm: float, *, analog: bool) -> float:
        """Area of a part here divided by its area at `node_nm`."""
        if analog and self.analog_scaling != "digital":
            return self._analog_scale(node_nm, "area")
        return self.digital_area(self.node_nm) / self.digital_area(node_nm)

    def energy_scale(self, node_nm: float, volts: float | None = None, *, analog: bool) -> float:
        """Energy of a part here divided by its energy at `node_nm` and a supply of `volts`; None: the supply here.

        The law of ADCs in memory goes with the square of the supply (ZigZag-IMC). That of surveyed ADCs is a law of
        nodes with the supply that each had.
        """
        volts = volts or self.supply_V
        if analog and self.analog_scaling != "digital":
            square = (self.supply_V / volts) ** 2 if self.analog_scaling == "in-memory" else 1.0
            return square * self._analog_scale(node_nm, "energy")
        return self.digital_energy(self.node_nm, self.supply_V) / self.digital_energy(node_nm, volts)

    def _analog_scale(self, node_nm: float, price: str) -> float:
        return (self.node_nm / node_nm) ** self.components.number("analog", f"{self.analog_scaling}_{price}_node")

    def at_node(self, component: str) -> tuple[float, float, float, float]:
        """Area (um2), energy of a use (pJ), power (mW) and leakage (uW) of a part at this node, computed once."""
        if component not in self._known:
            rows = self.components.of(component)
            analog = "analog" in rows and rows["analog"].value == 1
            supplies = dict.fromkeys(ENERGY, rows.get("supply"))  # of the energy alone
            area, energy, power, capacitance, leakage = (
                self._scaled(rows[name], analog, supplies.get(name)) if name in rows else 0.0
                for name in ("area", *ENERGY, "leakage")
            )
            self._known[component] = (area, energy + capacitance, power, 1e3 * leakage)
        return self._known[component]

    def _scaled(self, row: Row, analog: bool, supply: Row | None) -> float:
        """One published number at this node: um2, pJ or mW; of a wire, um2 or pJ for each um.

        `supply`: that at which the energy was published.
        """
        if row.unit == "F2":
            return row.value * (self.node_nm * 1e-3) ** 2
        if row.unit == "um2/um":  # a pitch
            return row.value * self.node_nm / row.fitted_at_nm
        if row.unit == "um2":
            return row.value * self.area_scale(row.fitted_at_nm, analog=analog)
        if row.unit == "fF/um":  # capacitance per length hardly changes with the node
            return row.value * 1e-3 * self.supply_V**2
        if row.unit == "fF":
            exponent = self.components.number("wiring", "capacitance_node")
            return row.value * 1e-3 * (self.node_nm / row.fitted_at_nm) ** exponent * self.supply_V**2
        scale = self.energy_scale(row.fitted_at_nm, supply.value if supply else None, analog=analog)
        if row.parameter == "leakage":  # no source says how it grows towards older nodes
            scale = min(scale, 1.0)
        return row.value * (1.0 if row.unit == "pJ" else 1e-3) * scale


@dataclass(frozen=True)
class Prices:
    """Price per part and per use. Powers are charged while a part is on, capacitances for one full swing.

    A capacitance or an area per um prices one um of wire. `named`: the rows of the price list that price cells and
    DACs; a part named none costs nothing.
    """

    technology: Technology
    named: Mapping[str, str]
    opamp_scale: float = 1.0

    def area_um2(self, component: str, bits: Number | None = None) -> Number:
        """Area of one part of `bits` bits, um2."""
        if (name := self.named.get(component, component)) == "none":
            return 0.0
        rows = self.technology.components.of(name)
        area_um2 = self.technology.at_node(name)[0] * _growth(rows.get("area_bits"), rows["area"].bits, bits)
        return self._scale(component) * area_um2

    def energy_pJ(self, component: str, bits: Number | None = None, on_ns: Number = 0.0) -> Number:
        """Energy of one use of a part of `bits` bits that is on for `on_ns`, pJ."""
        if (name := self.named.get(component, component)) == "none":
            return 0.0
        _, energy_pJ, power_mW, _ = self.technology.at_node(name)
        charged = energy_pJ + power_mW * on_ns if power_mW else energy_pJ
        return self._scale(component) * (charged * self._grown(name, bits))

    def leakage_uW(self, component: str, bits: Number | None = None) -> Number:
        """What one part of `bits` bits leaks, uW. From the bits of its own row it grows as the energy does."""
        if not (leakage_uW := self.technology.at_node(component)[3]):
            return 0.0
        rows = self.technology.components.of(component)
        return leakage_uW * _growth(rows.get("energy_bits"), rows["leakage"].bits, bits)

    def share(self, component: str, price: str) -> float:
        """The area or energy of something that is charged as a share of everything."""
        return self.technology.components.of(component)[price].value

    def _grown(self, name: str, bits: Number | None) -> Number:
        rows = self.technology.components.of(name)
        written_for = next((rows[price].bits for price in ENERGY if price in rows), None)
        return _growth(rows.get("energy_bits"), written_for, bits)

    def _scale(self, component: str) -> float:
        return self.opamp_scale if component == "opamp" else 1.0


@lru_cache(maxsize=32)
def technology_of(components: Components, node_nm: float, supply_V: float, analog_scaling: AnalogScaling) -> Technology:
    """One technology for all that are alike, so that every price is computed once; ValueError as `Technology`."""
    return Technology(components, node_nm, supply_V, analog_scaling)


def check_supply(components: Components, node_nm: float, supply_V: float) -> None:
    """Raise ValueError, one line, below the supply at which the law of digital energy is least: it would rise again."""
    squares, linear = (components.by("node_nm", "technology", f"energy_{term}") for term in ("quadratic", "linear"))
    below, above = ([n for n in squares if n <= node_nm], [n for n in squares if n >= node_nm])
    least_V = max((-linear[n] / (2 * squares[n]) for n in (*below[-1:], *above[:1]) if squares[n] > 0), default=0.0)
    if supply_V < least_V:
        told = f"at {node_nm:g} nm the law of digital energy holds from {least_V:.3g} V"
        raise ValueError(f"supply_V {supply_V:g} is not allowed: {told}")


def _growth(rule: Row | None, written_for: float | None, bits: Number | None) -> Number:
    """How a price changes from the bits of its row to `bits`: a factor per bit, or a power of the ratio."""
    if rule is None or bits is None or written_for is None:
        return 1.0
    if rule.unit == "x/bit":
        return rule.value ** (bits - written_for)
    return (bits / written_for) ** rule.value


def between(table: dict[float, float], node_nm: float, what: str) -> float:
    """The tabulated value at a node, log-log between neighbours; ValueError beyond them and for values not above 0.

    `what`: the values, for the error.
    """
    nodes = list(table)
    if (least := min(table.values())) <= 0:
        at_nm = min(table, key=table.__getitem__)
        raise ValueError(f"{what}: {least:g} at node_nm {at_nm:g} is not allowed: above 0")
    if not nodes[0] <= node_nm <= nodes[-1]:
        raise ValueError(f"node_nm {node_nm:g} is not supported; allowed are {nodes[0]:g} to {nodes[-1]:g}")
    return float(np.exp(np.interp(np.log(node_nm), np.log(nodes), np.log(list(table.values())))))
