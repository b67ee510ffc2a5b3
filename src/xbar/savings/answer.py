"""Whether the paper's savings hold: at equal time, with more time for the proposal, or not, in every condition."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from xbar.circuit.components import Components
from xbar.circuit.conversions import own_adcs
from xbar.circuit.cost import Totals
from xbar.circuit.design import Design
from xbar.circuit.footprint import footprint
from xbar.circuit.priced import PricedNetwork
from xbar.config.circuit import CircuitSpec, SharedBank
from xbar.config.claims import ClaimsSpec, Corner, SavingRuleSpec
from xbar.mappings import SignedMapping
from xbar.savings.corners import BASELINE
from xbar.savings.draws import Technologies, drawn_design, technologies_of, total_of
from xbar.savings.equal_time import equal_turns
from xbar.savings.options import Draws, Options, crossed, together
from xbar.savings.verdicts import EQUAL, MORE, NONE

FEWEST_OF_A_VERDICT = 4  # least power of two that a verdict tries as a bank
MOST_FIXED = 2  # conditions that `decided_by` fixes together
NOTHING = "none"
MEASURES = ("area_um2", "energy_pJ", "power_mW")


class Compared(NamedTuple):
    """The proposal against one baseline, once as fast as it is configured, once with the time of the proposal.

    Savings are by measure, as fractions. Factors are over the fast baseline, `equal_...` over the one at equal time.
    Every array has one entry per draw.
    """

    fast: Mapping[str, np.ndarray]
    equal: Mapping[str, np.ndarray]
    latency_factor: np.ndarray
    interval_factor: np.ndarray
    equal_latency_factor: np.ndarray
    equal_interval_factor: np.ndarray

    def shaped(self, *sizes: int) -> "Compared":
        """The same with draws in several axes."""
        fast, equal = ({name: of.reshape(sizes) for name, of in saved.items()} for saved in self[:2])
        return Compared(fast, equal, *(factor.reshape(sizes) for factor in self[2:]))


Baselines = dict[SignedMapping, Compared]


class Sides(NamedTuple):
    """Both networks of a comparison, the reference circuit, and the prices of every set and scaling."""

    signed: PricedNetwork
    unipolar: PricedNetwork
    base: Design
    technologies: Technologies


def sides_of(signed: PricedNetwork, unipolar: PricedNetwork, base: Design, tables: Mapping[str, Components]) -> Sides:
    """Both networks with the prices that draws may choose. `tables`: components by set."""
    return Sides(signed, unipolar, base, technologies_of(base, tables))


def compared(sides: Sides, draws: Draws, corner: Corner, mappings: Sequence[SignedMapping]) -> Baselines:
    """One corner of the unipolar network against each baseline, for draws that agree in structure."""
    ours = total_of(sides.unipolar, corner, sides.base, draws, sides.technologies)
    proposal = drawn_design(sides.unipolar, corner, sides.base, draws)
    result: Baselines = {}
    for mapping in mappings:
        fast = draws | {"mapping": np.full(len(draws["mapping"]), mapping, dtype=object)}
        design = drawn_design(sides.signed, BASELINE, sides.base, fast)
        layers = sides.signed.layers.against_draws(), sides.unipolar.layers.against_draws()
        equal = fast | {"columns_per_adc": np.asarray(equal_turns(layers[0], design, layers[1], proposal))}
        result[mapping] = _compared(
            ours, *(total_of(sides.signed, BASELINE, sides.base, each, sides.technologies) for each in (fast, equal))
        )
    return result


def _compared(ours: Totals, fast: Totals, equal: Totals) -> Compared:
    factors = (
        getattr(ours, f"{time}_ns") / getattr(theirs, f"{time}_ns")
        for theirs in (fast, equal)
        for time in ("latency", "interval")
    )
    return Compared(_saved(ours, fast), _saved(ours, equal), *factors)


def _saved(ours: Totals, theirs: Totals) -> dict[str, np.ndarray]:
    saved = {name: 1 - getattr(ours, name) / getattr(theirs, name) for name in MEASURES[:2]}
    return saved | {"power_mW": 1 - (1 - saved["energy_pJ"]) * theirs.latency_ns / ours.latency_ns}


def adcs_of_layers(sides: Sides) -> np.ndarray:
    """ADCs that each layer of the proposal would own: one for its converted columns of each row block."""
    design = sides.base.model_copy(update={"mapping": "unipolar", "bank": "own"})
    return np.asarray(own_adcs(footprint(sides.unipolar.layers, design), design))


def banks_of(largest: float, configured: Sequence[SharedBank], fewest: int) -> list[SharedBank]:
    """Banks to try, largest first: `largest`, those configured, and powers of two below `largest` down to `fewest`."""
    powers = {2**n for n in range(int(np.log2(largest)) + 1) if fewest <= 2**n < largest}
    return ["largest", *sorted(powers | {bank for bank in configured if bank != "largest"}, reverse=True)]


def answer_rows(
    sides: Sides, circuit: CircuitSpec, claims: ClaimsSpec, paper: Sequence[Mapping[str, str]], options: Options
) -> Iterator[dict[str, Any]]:
    """Every claim of a saving against every baseline with every ADC model: the verdict and what decides it.

    `paper`: rows of workflow/reference/claims.csv, of which those with a rule in `claims.savings` are judged.
    """
    conditions = together(options, sides.base, claims.conditions)
    sizes = [len(options[name]) for name in claims.conditions]
    found: dict[str, Baselines] = {}
    banks = banks_of(float(np.max(adcs_of_layers(sides))), circuit.banks, FEWEST_OF_A_VERDICT)
    for claim in paper:
        rule = claims.savings.get(claim["claim"], {}).get(claim["paper_version"])
        if rule is None:
            continue
        tried: list[Any] = banks if rule.corner == "unipolar-shared" else ["own"]
        if rule.corner not in found:
            choices = {"adc_law": circuit.adc_laws} | ({"bank": banks} if len(tried) > 1 else {})
            shape = len(circuit.adc_laws), len(tried), 1 + int(np.prod(sizes))
            at = compared(sides, crossed(conditions, choices), rule.corner, circuit.mappings)
            found[rule.corner] = {mapping: each.shaped(*shape) for mapping, each in at.items()}
        for mapping, by_law in found[rule.corner].items():
            for law, name in enumerate(circuit.adc_laws):
                values = {option: options[option] for option in claims.conditions}
                judged = _judged(by_law, law, rule, float(claim["paper"]), tried, values)
                about = {key: claim[key] for key in ("claim", "paper_version")}
                yield about | _named(sides) | {"baseline": mapping, "adc_law": name} | judged


def _named(sides: Sides) -> dict[str, str]:
    return {"network": sides.unipolar.name, "dataset": sides.unipolar.network.dataset}


def _judged(
    found: Compared, law: int, rule: SavingRuleSpec, paper: float, banks: Sequence[Any], values: Options
) -> dict[str, Any]:
    """The verdict with one ADC model; the first condition of each bank is the reference circuit."""
    need = paper / 100 - rule.tolerance_points / 100
    equal, fast = found.equal[rule.measure][law], found.fast[rule.measure][law]
    factors = found.latency_factor[law, :, 0]
    word, bank = _verdict(equal, fast, factors, need)
    here, bank_here = _verdict(equal[:, :1], fast[:, :1], factors, need)
    fast_bank = bank if word == MORE else int(np.argmax(fast[:, 0]))
    at, fast_at = (law, bank, 0), (law, fast_bank, 0)
    numbers = {
        "saving": found.equal[rule.measure][at],
        "area_saving": found.equal["area_um2"][at],
        "energy_saving": found.equal["energy_pJ"][at],
        "low": equal[bank].min(),
        "high": equal[bank].max(),
        "latency_factor": factors[bank],
        "interval_factor": found.interval_factor[at],
        "equal_interval_factor": found.equal_interval_factor[at],
        "fast_area_saving": found.fast["area_um2"][fast_at],
        "fast_energy_saving": found.fast["energy_pJ"][fast_at],
        "fast_low": fast[fast_bank].min(),
        "fast_high": fast[fast_bank].max(),
        "fast_latency_factor": factors[fast_bank],
        "fast_interval_factor": found.interval_factor[fast_at],
    }
    told = {name: f"{number:.6g}" for name, number in numbers.items()}
    words = {
        "bank": str(banks[bank]),
        "fast_bank": str(banks[fast_bank]),
        "conditions": equal.shape[-1],
        "more_time_factor": f"{found.latency_factor[law, bank].max():.6g}" if word == MORE else "",
        "verdict": word,
        "decided_by": "" if word == EQUAL else _decided(equal[:, 1:], fast[:, 1:], need, values, word),
        "reference_verdict": here,
        "reference_factor": "" if here == NONE else f"{factors[bank_here]:.6g}",
    }
    return words | told


def _verdict(equal: np.ndarray, fast: np.ndarray, factors: np.ndarray, need: float) -> tuple[str, int]:
    """The word and the place of the bank that decides: the fastest with which the claim holds.

    Where it holds with none, that with the most saved at equal time in the reference circuit. `equal`, `fast`: savings
    (banks, conditions), the reference circuit first. `factors`: latency factors (banks).
    """
    for word, saved in ((EQUAL, equal), (MORE, fast)):
        holding = np.flatnonzero(saved.min(axis=1) >= need)
        if holding.size:
            return word, int(holding[np.argmin(factors[holding])])
    return NONE, int(np.argmax(equal[:, 0]))


def _decided(equal: np.ndarray, fast: np.ndarray, need: float, values: Options, word: str) -> str:
    """The fewest conditions to fix for the claim to hold, at equal time or, if that is never so, with more time."""
    if sets := deciding(equal, need, values):
        return "; ".join(sets)
    if word == NONE and (sets := deciding(fast, need, values)):
        return "with more time: " + "; ".join(sets)
    return NOTHING


def deciding(saved: np.ndarray, need: float, values: Options) -> list[str]:
    """The smallest sets of fixed values under which some bank saves enough in all that is left open.

    `saved`: (banks, conditions), the conditions in the order of every combination of `values`. Those with the highest
    lowest saving come first. Empty where more than MOST_FIXED values must be fixed.
    """
    names = list(values)
    grid = saved.reshape(len(saved), *(len(values[name]) for name in names))
    for count in range(1, MOST_FIXED + 1):
        found: dict[str, float] = {}
        for fixed in combinations(range(len(names)), count):
            open_axes = tuple(axis + 1 for axis in range(len(names)) if axis not in fixed)
            lowest = grid.min(axis=open_axes).max(axis=0)
            for place in zip(*np.nonzero(lowest >= need), strict=True):
                words = (f"{names[axis]} = {values[names[axis]][at]}" for axis, at in zip(fixed, place, strict=True))
                found[" and ".join(words)] = float(lowest[place])
        if found:
            return sorted(found, key=lambda words: -found[words])
    return []
