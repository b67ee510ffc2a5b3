"""What one inference asks of the parts of a priced chip: how long a product takes at each, and what it draws there.

Times and energies are those of the circuit model (`xbar.circuit`), taken apart by product and activity.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from xbar.circuit.bill import BUS_BITS, GROUPS
from xbar.circuit.conversions import bank_adcs, own_adcs, turns
from xbar.circuit.cost import Cost, totals
from xbar.circuit.design import Design
from xbar.circuit.encoding import encoding_of
from xbar.circuit.footprint import footprint
from xbar.circuit.priced import PricedCorner

ACTIVITIES = {  # of a product in their order, with the groups of parts that each uses
    "fetch": ("memory",),
    "read": ("cells", "lines", "DACs", "front ends", "wires"),
    "convert": ("ADCs",),
    "digital": ("digital",),
    "store": ("memory",),
}
BEHIND = {"lines": "dac", "stages": "front_end", "adcs": "adc"}  # stations, and what a bank holds of them
PS = 1000  # picoseconds of a nanosecond


class LayerWork(NamedTuple):
    """A layer: its products, and of each product the time (ps) and the energy (pJ) of every activity.

    `adc_share`: mean share of the ADCs that convert while the layer is at them.
    """

    products: int
    time_ps: Mapping[str, int]
    energy_pJ: Mapping[str, float]
    adc_share: float = 1.0


class ChipWork(NamedTuple):
    """The layers in their order, and which stations they share: lines, stages (of the front ends), adcs.

    `leakage_uW`: what the whole chip leaks. `stage_um2`, `memory_um2`: area of its front ends and of the memory of
    activations, which a second sample stage and a second buffer take once more.
    """

    layers: tuple[LayerWork, ...]
    shared: frozenset[str]
    leakage_uW: float = 0.0
    stage_um2: float = 0.0
    memory_um2: float = 0.0


def work_of(corner: PricedCorner) -> ChipWork:
    """What one inference of a priced network asks of its chip; every duration is rounded to a picosecond."""
    design, costs, count = corner.design, corner.costs, len(corner.network.layers.rows)
    products = np.broadcast_to(corner.network.layers.mvms, count)
    times, shares, energies = _times_ps(corner), _adc_shares(corner), _energies_pJ(corner)
    layers = [
        LayerWork(
            int(products[layer]),
            {name: int(of[layer]) for name, of in times.items()},
            {name: float(of[layer] / products[layer]) for name, of in energies.items()},
            float(shares[layer]),
        )
        for layer in range(count)
    ]
    leaked_pJ = float(np.sum(costs["leakage"].energy_pJ))
    return ChipWork(
        tuple(layers),
        _shared(design),
        leakage_uW=leaked_pJ / float(totals(costs, design).latency_ns) * 1e3,
        stage_um2=sum(_area_um2(costs[name]) for name in ("front_end", "integrator", "opamp", "mirror_subtractor")),
        memory_um2=_area_um2(costs["activation_memory"]),
    )


def _shared(design: Design) -> frozenset[str]:
    """Stations of the bank; layers on the same arrays (packed) share their lines, too."""
    if not design.shared:
        return frozenset()
    packed = {"lines"} if design.arrays == "packed" else set()
    return frozenset(packed | {name for name, part in BEHIND.items() if part in design.bank_parts})


def _area_um2(cost: Cost) -> float:
    return float(np.sum(cost.area_um2) + cost.bank_area_um2)


def _adcs(corner: PricedCorner) -> np.ndarray:
    """ADCs at which the sums of each layer are converted."""
    layers, design = corner.network.layers, corner.design
    at = footprint(layers, design)
    in_bank = "adcs" in _shared(design)
    return np.broadcast_to(bank_adcs(at, design) if in_bank else own_adcs(at, design), layers.rows.shape)


def _adc_shares(corner: PricedCorner) -> np.ndarray:
    """Mean share of the ADCs of each layer that convert in a turn: the last turn may leave some of them idle."""
    layers, design = corner.network.layers, corner.design
    return footprint(layers, design).converted / (turns(layers, design) * _adcs(corner))


def _times_ps(corner: PricedCorner) -> dict[str, np.ndarray]:
    """Times of one product: words on the bus, pulses, turns of the ADCs, and last passes of the digital units.

    The bus moves a word in each digital cycle. Digital units take the sums of a turn while the ADCs convert the next
    one. So only the passes of the last turn take time, or those of all outputs where these wait for their mean.
    """
    layers, design, coded = corner.network.layers, corner.design, encoding_of(corner.design)
    adcs, cycle = _adcs(corner), 1e3 * PS / design.digital_rate_MHz
    units = design.digital_units(adcs)
    last = np.minimum(footprint(layers, design).converted, adcs)
    passes = layers.columns if design.common_mode == "subtracted" else last
    moved = cycle * (design.memory == "edram")
    times = {
        "fetch": moved * np.ceil(layers.rows * design.dac_bits / BUS_BITS),
        "read": coded.pulses * design.pulse_ns * PS + 0 * layers.rows,
        "convert": coded.conversions * turns(layers, design) * 1e3 * PS / design.sample_rate_MHz,
        "digital": cycle * np.ceil(passes / units),
        "store": moved * np.ceil(layers.columns * design.dac_bits / BUS_BITS),
    }
    return {name: np.rint(time).astype(int) for name, time in times.items()}


def _energies_pJ(corner: PricedCorner) -> dict[str, np.ndarray]:
    """Energies of one inference by activity, (layers), without leakage. Control is the same share of all of them."""
    layers, costs = corner.network.layers, corner.costs
    none = 0.0 * layers.rows

    def of(*groups: str) -> np.ndarray:
        return sum((np.asarray(costs[name].energy_pJ) for group in groups for name in GROUPS[group]), none)

    moved = layers.rows / (layers.rows + layers.columns)  # bytes that are fetched, of all that a product moves
    share = {"fetch": moved, "store": 1 - moved}
    found = {name: share.get(name, 1.0) * of(*groups) for name, groups in ACTIVITIES.items()}
    everything = sum(found.values())
    control = np.divide(costs["control"].energy_pJ, everything, out=none.copy(), where=everything > 0)
    return {name: energy * (1 + control) for name, energy in found.items()}
