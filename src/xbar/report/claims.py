"""The paper's claims against what this run measured; every verdict follows from a rule of config.yaml."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from xbar.config.claims import AccuracyRuleSpec, CaseSpec, ClaimsSpec, SavingRuleSpec
from xbar.report.savings import Comparisons, corner_totals, is_headline, option, rule_savings
from xbar.report.statistics import networks, over_seeds

REPRODUCED = "reproduced"
CONDITIONAL = "reproduced under stated conditions"
REFUTED = "not reproduced"
NOT_RUN = "not run"
VERDICTS = (REPRODUCED, CONDITIONAL, REFUTED, NOT_RUN)

PAPER_COLUMNS = ("claim", "paper_version", "quantity", "paper", "unit", "where", "source")
EVERY_BASELINE = "all"

Row = dict[str, Any]


def check_claims(
    accuracy: pd.DataFrame,
    cost: pd.DataFrame,
    paper: Sequence[Mapping[str, str]],
    rules: ClaimsSpec,
    comparisons: Comparisons,
) -> list[Row]:
    """One row per accuracy claim; per saving claim one for every comparison and baseline, and one over all.

    `paper`: rows of workflow/reference/claims.csv. Values are in the unit of the claim (percent).
    low, high, n: t-interval over n seeds of an accuracy; range over n circuit options of a saving.
    Raises ValueError when paper and rules do not speak of the same claims.
    """
    _check_names(paper, rules)
    means = over_seeds(accuracy, rules.confidence)
    totals = corner_totals(cost, comparisons)
    rows: list[Row] = []
    for claim in paper:
        if claim["claim"] in rules.accuracy:
            rows.append(_accuracy(claim, rules, means, accuracy))
        else:
            rows += _savings(claim, rules, totals)
    return rows


def verdict(fully: bool, somewhere: bool) -> str:
    """Reproduced when the rule is met as it stands, under stated conditions when only in some cases."""
    return REPRODUCED if fully else CONDITIONAL if somewhere else REFUTED


def _check_names(paper: Sequence[Mapping[str, str]], rules: ClaimsSpec) -> None:
    published = {(row["claim"], row["paper_version"]) for row in paper}
    for claim, version in sorted(published):
        if claim not in rules.accuracy and version not in rules.savings.get(claim, {}):
            raise ValueError(f"claims: no rule for {claim} of paper version {version} in config.yaml")
    judged = {(claim, version) for claim, versions in rules.savings.items() for version in versions}
    for claim, version in sorted(judged - published):
        raise ValueError(f"claims.savings.{claim}.{version}: the reference table has no such claim")
    for claim in sorted(set(rules.accuracy) - {claim for claim, _ in published}):
        raise ValueError(f"claims.accuracy.{claim}: the reference table has no such claim")


def _row(claim: Mapping[str, str], **measured: Any) -> Row:
    blank = dict.fromkeys(
        ("ours", "low", "high", "n", "dataset", "comparison", "baseline", "latency_factor", "holds_under"), ""
    )
    shared = {key: claim[key] for key in ("claim", "paper_version", "quantity", "paper", "unit")}
    row = {**shared, **blank, "verdict": NOT_RUN, **measured}
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in row.items()}


def _accuracy(claim: Mapping[str, str], rules: ClaimsSpec, means: pd.DataFrame, accuracy: pd.DataFrame) -> Row:
    rule = rules.accuracy[claim["claim"]]
    about = {"artefact": "tables/accuracy.md", "rule": _accuracy_rule(rule, float(claim["paper"]))}
    found = _case(means, rule)
    if found is None:
        return _row(claim, **about)
    least = float(claim["paper"]) - rule.tolerance_points
    cases = [(case, _case(means, case)) for case in (rule, *rule.instead)]
    holding = [case for case, row in cases if row is not None and 100 * row["mean"] >= least]
    return _row(
        claim,
        **about,
        ours=100 * found["mean"],
        low=_percent(found["low"]),
        high=_percent(found["high"]),
        n=int(found["n"]),
        verdict=verdict(rule in holding, bool(holding)),
        dataset=networks(accuracy).loc[rule.network, "dataset"],
        holds_under="; ".join(f"{case.network}, {case.condition}" for case in holding),
    )


def _accuracy_rule(rule: AccuracyRuleSpec, paper: float) -> str:
    text = (
        f"mean over seeds of {rule.network} ({rule.condition}, test) at least {paper - rule.tolerance_points:.2f} %"
        f" = paper less {rule.tolerance_points:.1f} points"
    )
    others = ", ".join(f"{case.network} ({case.condition})" for case in rule.instead)
    return f"{text}; under stated conditions: {others}" if others else text


def _case(means: pd.DataFrame, case: CaseSpec) -> pd.Series | None:
    rows = means[means["network"] == case.network]
    if rows.empty:
        return None
    chosen = rows[rows["condition"] == case.condition]
    if chosen.empty:
        raise ValueError(
            f"claims: '{case.condition}' is no condition of {case.network}; it has {', '.join(rows['condition'])}"
        )
    return chosen.iloc[0]


def _percent(fraction: float) -> float | str:
    return "" if pd.isna(fraction) else 100 * fraction


def _savings(claim: Mapping[str, str], rules: ClaimsSpec, totals: pd.DataFrame) -> list[Row]:
    rule = rules.savings[claim["claim"]][claim["paper_version"]]
    rows: list[Row] = []
    measured = rule_savings(totals, rule)
    for dataset in rules.datasets:
        options = measured[measured["dataset"] == dataset]
        if options.empty:
            rows.append(_saving(claim, rule, rules, dataset, options, EVERY_BASELINE))
        for _, of_comparison in options.groupby("comparison", sort=False):
            rows.append(_saving(claim, rule, rules, dataset, of_comparison, EVERY_BASELINE))
            for mapping, of_mapping in of_comparison.groupby("mapping", sort=False):
                rows.append(_saving(claim, rule, rules, dataset, of_mapping, str(mapping)))
    return rows


def _saving(
    claim: Mapping[str, str],
    rule: SavingRuleSpec,
    rules: ClaimsSpec,
    dataset: str,
    options: pd.DataFrame,
    baseline: str,
) -> Row:
    """One row: all `options` are of one comparison and, unless `baseline` is all, of one baseline mapping."""
    about = {
        "artefact": "tables/savings.md",
        "rule": _saving_rule(rule, float(claim["paper"])),
        "dataset": dataset,
        "baseline": baseline,
    }
    if options.empty:
        return _row(claim, **about)
    headline = options[is_headline(options, rules.headline, with_mapping=baseline == EVERY_BASELINE)]
    if len(headline) != 1:
        raise ValueError(f"claims.headline: {option(rules.headline)} is not among the priced options of this run")
    holds = 100 * options["saving"] >= float(claim["paper"]) - rule.tolerance_points
    return _row(
        claim,
        **about,
        ours=100 * headline["saving"].iloc[0],
        low=100 * options["saving"].min(),
        high=100 * options["saving"].max(),
        n=len(options),
        verdict=verdict(bool(holds.all()), bool(holds.any())),
        comparison=options["comparison"].iloc[0],
        latency_factor=headline["latency_factor"].iloc[0],
        holds_under=_conditions(options[holds]),
    )


def _saving_rule(rule: SavingRuleSpec, paper: float) -> str:
    return (
        f"1 - {rule.corner} / {rule.against} in {rule.measure} at least {paper - rule.tolerance_points:.2f} %"
        f" = paper less {rule.tolerance_points:.1f} points with every baseline mapping, ADC law and bank of this run;"
        " under stated conditions: with some of them"
    )


def _conditions(options: pd.DataFrame) -> str:
    """Where a saving holds and what it costs in time, e.g. 'offset, bank 16, latency x 4.5: A B'."""
    groups = options.groupby(["mapping", "bank"], sort=False)
    return "; ".join(
        f"{mapping}, bank {bank}, latency x {rows['latency_factor'].max():.3g}: {' '.join(rows['adc_law'])}"
        for (mapping, bank), rows in groups
    )
