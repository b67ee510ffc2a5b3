"""What a smaller bank of shared ADCs saves and what it takes in time, at the reference circuit."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from xbar.circuit.bill import BANKS
from xbar.circuit.components import Components
from xbar.circuit.conversions import bank_adcs, own_adcs
from xbar.circuit.cost import area_um2, priced
from xbar.circuit.design import Design
from xbar.circuit.footprint import footprint
from xbar.circuit.priced import PricedNetwork
from xbar.config.circuit import CircuitSpec
from xbar.mappings import MAPPINGS, SignedMapping
from xbar.savings.answer import Sides, adcs_of_layers, banks_of, compared
from xbar.savings.corners import BASELINE
from xbar.savings.draws import drawn_design
from xbar.savings.equal_time import equal_turns
from xbar.savings.options import Draws, Options, crossed, together

FEWEST_SHOWN = 1  # ADCs of the smallest bank
NUMBERS = ("latency_factor", "interval_factor", "equal_latency_factor", "equal_interval_factor")


def trade_off_rows(
    sides: Sides, circuit: CircuitSpec, components: Components, options: Options
) -> Iterator[dict[str, Any]]:
    """Every baseline and bank, the largest bank first: savings and times against the fast baseline and at equal time.

    `hand_rule`: the saving of area against the fast baseline by the function of this name.
    """
    of_layers = adcs_of_layers(sides)
    banks = banks_of(float(np.max(of_layers)), circuit.banks, FEWEST_SHOWN)
    draws = crossed(together(options, sides.base, []), {"bank": banks})
    share = bank_share(sides.unipolar, sides.base, components)
    for mapping, found in compared(sides, draws, "unipolar-shared", circuit.mappings).items():
        counts = _adcs(sides, draws, mapping)
        for at, bank in enumerate(banks):
            adcs, of_baseline = (int(count[at]) for count in counts)
            numbers = {name: getattr(found, name)[at] for name in NUMBERS}
            for prefix, saved in (("", found.fast), ("equal_", found.equal)):
                numbers[f"{prefix}area_saving"] = saved["area_um2"][at]
                numbers[f"{prefix}energy_saving"] = saved["energy_pJ"][at]
            numbers["hand_rule"] = hand_rule(share, float(np.sum(of_layers)) / adcs, MAPPINGS[mapping].crossbars)
            row: dict[str, Any] = {"baseline": mapping, "bank": str(bank), "adcs": adcs, "baseline_adcs": of_baseline}
            yield row | {name: f"{number:.6g}" for name, number in numbers.items()}


def _adcs(sides: Sides, draws: Draws, mapping: SignedMapping) -> tuple[np.ndarray, np.ndarray]:
    """ADCs of each bank, and those of the whole baseline at equal time."""
    ours, theirs = sides.unipolar.layers.against_draws(), sides.signed.layers.against_draws()
    proposal = drawn_design(sides.unipolar, "unipolar-shared", sides.base, draws)
    fast = draws | {"mapping": np.full(len(draws["mapping"]), mapping, dtype=object)}
    baseline = drawn_design(sides.signed, BASELINE, sides.base, fast)
    slowed = baseline.model_copy(update={"columns_per_adc": equal_turns(theirs, baseline, ours, proposal)})
    adcs = bank_adcs(footprint(ours, proposal), proposal)
    return np.asarray(adcs), np.sum(own_adcs(footprint(theirs, slowed), slowed), axis=0)


def bank_share(network: PricedNetwork, base: Design, components: Components) -> float:
    """Share of the area of a network with own converters that stands in parts which a bank can hold."""
    design = base.model_copy(update={"mapping": "unipolar", "bank": "own", "common_mode": network.network.common_mode})
    costs = priced(network.layers, design, components)
    held = {name for bank in base.bank_parts for name in BANKS[bank]}
    return float(sum(np.sum(costs[name].area_um2) for name in held) / area_um2(costs))


def hand_rule(share: float, own_per_shared: float, crossbars: int) -> float:
    """Area saved, by hand: 1 - ((1 - s) + s / L) / u.

    s: share of area that a bank can hold. L: own ADCs of all layers over those of the bank. u: how many times the
    baseline has the crossbars of the proposal.
    """
    return 1 - ((1 - share) + share / own_per_shared) / crossbars
