"""Checks of the rules of verdicts: each judges what is measured and claimed."""

from collections.abc import Iterable, Mapping
from math import prod

from xbar.config.base import check_name
from xbar.config.claims import CaseSpec, ClaimsSpec
from xbar.config.config import Config
from xbar.savings.draws import STRUCTURE
from xbar.savings.options import Options

CHOSEN = ("mapping", "adc_law", "bank", "columns_per_adc", "on_off_ratio")  # decided by a verdict or the devices
MOST = 10_000  # combinations of conditions; each is priced with every mapping, ADC model and bank
UNPUBLISHED = "judges what workflow/reference/claims.csv does not hold"


def check_claims(config: Config) -> None:
    """Raise ValueError, one line, where a rule names what this configuration never trains, measures or prices."""
    rules = config.claims
    for name in rules.datasets:
        check_name(name, config.datasets, "claims.datasets")
    for claim, rule in rules.accuracy.items():
        where = f"claims.accuracy.{claim}"
        _check_case(where, config, rule)
        if rule.network in rule.beside:
            raise ValueError(f"{where}.beside: '{rule.network}' is the network of the claim itself; allowed are others")
        for name in rule.beside:
            _check_case(f"{where}.beside", config, CaseSpec(network=name, condition=rule.condition))
        for case in rule.instead:
            _check_case(f"{where}.instead", config, case)
    for key, options in (("mapping", "mappings"), ("adc_law", "adc_laws"), ("bank", "banks")):
        priced = getattr(config.circuit, options)
        check_name(getattr(rules.reference, key), priced, f"claims.reference.{key} (of circuit.{options})")


def _check_case(where: str, config: Config, case: CaseSpec) -> None:
    check_name(case.network, config.networks, f"{where}.network")
    swept = [f"noise-{noise:g}" for noise in config.evaluation.noise_sweep]
    measured = ["float"] if config.networks[case.network].polarity == "float" else ["ideal", "noisy", *swept]
    check_name(case.condition, measured, f"{where}.condition of {case.network}")


def check_conditions(rules: ClaimsSpec, options: Options) -> None:
    """Raise ValueError, one line, for a condition that is no option, or that a verdict chooses or cannot vary."""
    allowed = [option for option in options if not set(option.split()) & {*CHOSEN, *STRUCTURE}]
    for name in rules.conditions:
        check_name(name, allowed, "config.yaml: claims.conditions")
    if (size := prod(len(options[name]) for name in rules.conditions)) > MOST:
        raise ValueError(f"config.yaml: claims.conditions: {size:,} combinations; allowed are {MOST:,}")


def check_published(rules: ClaimsSpec, paper: Iterable[Mapping[str, str]]) -> None:
    """Raise ValueError, one line, unless every claim of the reference table has a rule, and no other claim has."""
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
