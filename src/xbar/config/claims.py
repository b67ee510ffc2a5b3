"""How the paper's claims are judged: the rule of every verdict as it stands in config.yaml."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat

from xbar.config.base import Spec, Unique, check_name
from xbar.config.circuit import AdcLaw, CircuitSpec, SharedBank
from xbar.config.networks import NetworkSpec
from xbar.mappings import SignedMapping

UNPUBLISHED = "judges what workflow/reference/claims.csv does not hold"
Corner = Literal["signed-own", "signed-shared", "unipolar-own", "unipolar-shared"]


class CaseSpec(Spec):
    """A trained network and the condition under which its accuracy is read (float, ideal, noisy, ...)."""

    network: str
    condition: str


class AccuracyRuleSpec(CaseSpec):
    """An accuracy claim is reproduced when the mean over seeds falls short by no more than the tolerance.

    `beside`: further networks that the run may hold against the same claim, under the same condition.
    `instead`: cases that count as stated conditions when the first one falls short.
    """

    tolerance_points: NonNegativeFloat
    beside: Annotated[list[str], Unique] = Field(default_factory=list)
    instead: tuple[CaseSpec, ...] = Field(default=(), strict=False)


class SavingRuleSpec(Spec):
    """A saving is 1 - `corner` / `against` of `measure`; power is energy divided by latency.

    It is reproduced when it falls short by no more than the tolerance with every baseline mapping, ADC model and bank
    of the run. It is reproduced under stated conditions when it does so with some of them, because those of the paper
    are unknown.
    """

    measure: Literal["area_um2", "energy_pJ", "power_mW"]
    corner: Corner
    against: Corner
    tolerance_points: NonNegativeFloat


class ReferenceSpec(Spec):
    """The circuit options of the value shown first; the range over all of them stands beside it."""

    mapping: SignedMapping
    adc_law: AdcLaw
    bank: SharedBank


class ClaimsSpec(Spec):
    """The rules of all verdicts.

    `confidence`: of the intervals over seeds. `datasets`: those on which the paper reports; what a run finds on others
    is shown and not judged. `accuracy`: rules by claim. `savings`: rules by claim and version of the paper, judged on
    every comparison of the run on one of `datasets`.
    """

    confidence: Annotated[float, Field(gt=0, lt=1)]
    reference: ReferenceSpec
    datasets: Annotated[list[str], Field(min_length=1), Unique]
    accuracy: dict[str, AccuracyRuleSpec]
    savings: dict[str, dict[str, SavingRuleSpec]]


def check_rules(
    rules: ClaimsSpec,
    datasets: Iterable[str],
    networks: Mapping[str, NetworkSpec],
    noise_sweep: list[float],
    circuit: CircuitSpec,
) -> None:
    """Raise ValueError, one line, where a rule names what this configuration never trains, measures or prices."""
    for name in rules.datasets:
        check_name(name, datasets, "claims.datasets")
    for claim, rule in rules.accuracy.items():
        _check_case(f"claims.accuracy.{claim}", rule, networks, noise_sweep)
        for name in rule.beside:
            case = CaseSpec(network=name, condition=rule.condition)
            _check_case(f"claims.accuracy.{claim}.beside", case, networks, noise_sweep)
        for case in rule.instead:
            _check_case(f"claims.accuracy.{claim}.instead", case, networks, noise_sweep)
    for key, options in (("mapping", "mappings"), ("adc_law", "adc_laws"), ("bank", "banks")):
        check_name(
            getattr(rules.reference, key), getattr(circuit, options), f"claims.reference.{key} (of circuit.{options})"
        )


def check_published(rules: ClaimsSpec, paper: Iterable[Mapping[str, str]]) -> None:
    """Raise ValueError, one line, unless there is a rule for every claim of the reference table, and for no others."""
    published = {(row["claim"], row["paper_version"]) for row in paper}
    for claim, version in sorted(published):
        if claim not in rules.accuracy and version not in rules.savings.get(claim, {}):
            raise ValueError(f"config.yaml: claims: no rule for {claim} of paper version {version}")
    claims = sorted({claim for claim, _ in published})
    for claim in sorted(set(rules.accuracy) - set(claims)):
        raise ValueError(f"config.yaml: claims.accuracy.{claim} {UNPUBLISHED}; published are {', '.join(claims)}")
    judged = {(claim, version) for claim, versions in rules.savings.items() for version in versions}
    for claim, version in sorted(judged - published):
        known_ones = ", ".join(".".join(pair) for pair in sorted(published))
        raise ValueError(f"config.yaml: claims.savings.{claim}.{version} {UNPUBLISHED}; published are {known_ones}")


def _check_case(where: str, case: CaseSpec, networks: Mapping[str, NetworkSpec], noise_sweep: list[float]) -> None:
    check_name(case.network, networks, f"{where}.network")
    swept = [f"noise-{noise:g}" for noise in noise_sweep]
    measured = ["float"] if networks[case.network].polarity == "float" else ["ideal", "noisy", *swept]
    check_name(case.condition, measured, f"{where}.condition of {case.network}")
