"""Area and energy of one part at a technology node: published prices scaled by table."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from xbar.circuit.components import ENERGY, Components, Row
from xbar.circuit.design import Number


@dataclass(frozen=True)
class Technology:
    """A node and its supply.

    Digital parts scale by the factors of Stillmaker & Baas (2017); `analog_scaling` says whether analog
    parts do too, or as published ADCs do (Andrulis et al., 2024).
    """

    components: Components
    node_nm: float
    supply_V: float
    analog_scaling: str = "adc"
    _known: dict[str, tuple[float, float, float]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.digital_area(self.node_nm)

    def digital_area(self, node_nm: float) -> float:
        """Area of a digital part relative to 130 nm."""
        return between(self.components.by("node_nm", "technology", "area_factor"), node_nm)

    def digital_energy(self, node_nm: float) -> float:
        """Energy of a digital part at `supply_V`, relative to other nodes at the same supply."""
        a, b, c = (
            self.components.by("node_nm", "technology", f"energy_{term}")
            for term in ("quadratic", "linear", "constant")
        )
        volts = self.supply_V
        return between({node: a[node] * volts**2 + b[node] * volts + c[node] for node in a}, node_nm)

    def area_scale(self, node_nm: float, *, analog: bool) -> float:
        """Area of a part here divided by its area at `node_nm`."""
        if analog and self.analog_scaling == "adc":
            return self.converter_scale(node_nm, "area")
        return self.digital_area(self.node_nm) / self.digital_area(node_nm)

    def energy_scale(self, node_nm: float, *, analog: bool) -> float:
        """Energy of a part here divided by its energy at `node_nm`."""
        if analog and self.analog_scaling == "adc":
            return self.converter_scale(node_nm, "energy")
        return self.digital_energy(self.node_nm) / self.digital_energy(node_nm)

    def converter_scale(self, node_nm: float, price: str) -> float:
        """Area or energy of an ADC here divided by that at `node_nm`."""
        return (self.node_nm / node_nm) ** self.components.number("analog", f"{price}_node")

    def at_node(self, component: str) -> tuple[float, float, float]:
        """Area (um2), energy of a use (pJ) and power (mW) of a part at this node, computed once."""
        if component not in self._known:
            rows = self.components.of(component)
            analog = "analog" in rows and rows["analog"].value == 1
            area, energy, power, capacitance = (
                self._scaled(rows[name], analog) if name in rows else 0.0 for name in ("area", *ENERGY)
            )
            self._known[component] = (area, energy + capacitance, power)
        return self._known[component]

    def _scaled(self, row: Row, analog: bool) -> float:
        """One published number at this node: um2, pJ, mW."""
        if row.unit == "F2":
            return row.value * (self.node_nm * 1e-3) ** 2
        if row.unit == "um2":
            return row.value * self.area_scale(row.held_at_nm, analog=analog)
        if row.unit == "fF/um":  # capacitance per length hardly changes with the node
            return row.value * 1e-3 * self.supply_V**2
        if row.unit == "fF":
            exponent = self.components.number("wiring", "capacitance_node")
            return row.value * 1e-3 * (self.node_nm / row.held_at_nm) ** exponent * self.supply_V**2
        thousandth = 1.0 if row.unit == "pJ" else 1e-3
        return row.value * thousandth * self.energy_scale(row.held_at_nm, analog=analog)


@dataclass(frozen=True)
class Prices:
    """Price per part and per use. Powers are charged for one read pulse, capacitances for one full swing.

    A capacitance per um prices one um of wire. `cell`: the row of the price list that prices cells.
    """

    technology: Technology
    pulse_ns: Number
    cell: str = "cell"
    opamp_scale: float = 1.0

    def area_um2(self, component: str, bits: Number | None = None) -> Number:
        """Area of one part of `bits` bits, um2."""
        name = self.cell if component == "cell" else component
        rows = self.technology.components.of(name)
        area_um2 = self.technology.at_node(name)[0] * _growth(rows.get("area_bits"), rows["area"].bits, bits)
        return self._scale(component) * area_um2

    def energy_pJ(self, component: str, bits: Number | None = None) -> Number:
        """Energy of one use of a part of `bits` bits, pJ."""
        rows = self.technology.components.of(component)
        _, energy_pJ, power_mW = self.technology.at_node(component)
        written_for = next((rows[name].bits for name in ENERGY if name in rows), None)
        grown = _growth(rows.get("energy_bits"), written_for, bits)
        return self._scale(component) * ((energy_pJ + power_mW * self.pulse_ns) * grown)

    def _scale(self, component: str) -> float:
        return self.opamp_scale if component == "opamp" else 1.0


@lru_cache(maxsize=32)
def technology_of(components: Components, node_nm: float, supply_V: float, analog_scaling: str) -> Technology:
    """One technology for all that are alike, so that every price is computed once; ValueError for such a node."""
    return Technology(components, node_nm, supply_V, analog_scaling)


def _growth(rule: Row | None, written_for: float | None, bits: Number | None) -> Number:
    """How a price changes from the bits of its row to `bits`: a factor per bit, or a power of the ratio."""
    if rule is None or bits is None or written_for is None:
        return 1.0
    if rule.unit == "x/bit":
        return rule.value ** (bits - written_for)
    return (bits / written_for) ** rule.value


def between(table: dict[float, float], node_nm: float) -> float:
    """The tabulated value at a node, log-log between neighbours."""
    nodes = list(table)
    if min(table.values()) <= 0:
        raise ValueError(f"a price per node is {min(table.values()):g} at this supply; allowed are prices above 0")
    if not nodes[0] <= node_nm <= nodes[-1]:
        raise ValueError(f"node_nm {node_nm:g} is not supported; allowed are {nodes[0]:g} to {nodes[-1]:g}")
    return float(np.exp(np.interp(np.log(node_nm), np.log(nodes), np.log(list(table.values())))))
