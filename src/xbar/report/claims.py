"""The paper's claims against what this run measured; every verdict follows from a rule of config.yaml."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from xbar.config.claims import AccuracyRuleSpec, CaseSpec, ClaimsSpec, SavingRuleSpec
from xbar.report.savings import Comparisons, corner_totals, is_reference, option, rule_savings
from xbar.report.statistics import networks, over_seeds

REPRODUCED = "reproduced"
CONDITIONAL = "reproduced under stated conditions"
REFUTED = "not reproduced"
NOT_RUN = "not run"
OTHER_DATA = "not the paper's data"  # no verdict: what this run found where the paper reports nothing

PAPER_COLUMNS = ("claim", "paper_version", "quantity", "paper", "unit", "where", "source")
EVERY_BASELINE = "all"

Row = dict[str, Any]


def judge_claims(
    accuracy: pd.DataFrame,
    cost: pd.DataFrame,
    paper: Sequence[Mapping[str, str]],
    rules: ClaimsSpec,
    comparisons: Comparisons,
    dataset_of: Mapping[str, str],
    missing: Mapping[str, str],
) -> list[Row]:
    """One row per accuracy claim and network; per saving claim one for every comparison and baseline, and one over all.

    `paper`: rows of workflow/reference/claims.csv. `dataset_of`: the dataset of every network that a rule names.
    `missing`: why a dataset of this run could not be had. Values are in the unit of the claim (percent).
    low, high, n: t-interval over n seeds of an accuracy; range over n circuit options of a saving.
    What the run found on data that is not the paper's follows without a verdict. A run of such data alone has no rows
    on the paper's.
    """
    means = over_seeds(accuracy, rules.confidence)
    totals = corner_totals(cost, comparisons)
    found = set(accuracy["dataset"])
    rows: list[Row] = []
    for claim in paper if {*found, *missing} & set(rules.datasets) else ():
        if claim["claim"] in rules.accuracy:
            rows += _accuracies(claim, rules, means, dataset_of, missing)
        else:
            rows += _savings(claim, rules, totals, rules.datasets, missing)
    others = sorted(found - set(rules.datasets))
    return [
        *rows,
        *_found_accuracies(accuracy, means, others, comparisons),
        *_found_savings(paper, rules, totals, others),
    ]


def verdict(fully: bool, somewhere: bool) -> str:
    """Reproduced when the rule is met as it stands, under stated conditions when only in some cases."""
    return REPRODUCED if fully else CONDITIONAL if somewhere else REFUTED


def _row(claim: Mapping[str, str], **measured: Any) -> Row:
    blank = dict.fromkeys(
        ("ours", "low", "high", "n", "network", "comparison", "baseline", "latency_factor", "holds_under", "note"), ""
    )
    shared = {key: claim[key] for key in ("claim", "paper_version", "quantity", "paper", "unit")}
    row = {**shared, **blank, "verdict": NOT_RUN, **measured}
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in row.items()}


def _accuracies(
    claim: Mapping[str, str],
    rules: ClaimsSpec,
    means: pd.DataFrame,
    dataset_of: Mapping[str, str],
    missing: Mapping[str, str],
) -> list[Row]:
    """The network of the rule, and those beside it that this run trained."""
    rule = rules.accuracy[claim["claim"]]
    dataset = dataset_of[rule.network]
    beside = [name for name in rule.beside if name in set(means["network"])]
    row = _accuracy(claim, rule, means) or _row(claim, network=rule.network, note=missing.get(dataset, ""))
    rows = [row, *filter(None, (_accuracy(claim, _beside(rule, name), means) for name in beside))]
    about = {"artefact": "tables/accuracy.md", "dataset": dataset}
    return [
        {**row, **about, "rule": _accuracy_rule(_beside(rule, row["network"]), float(claim["paper"]))} for row in rows
    ]


def _beside(rule: AccuracyRuleSpec, network: str) -> AccuracyRuleSpec:
    """The rule for one of the networks beside; what may count instead is for the first one alone."""
    return rule if network == rule.network else rule.model_copy(update={"network": network, "instead": ()})


def _accuracy(claim: Mapping[str, str], rule: AccuracyRuleSpec, means: pd.DataFrame) -> Row | None:
    found = _case(means, rule)
    if found is None:
        return None
    least = float(claim["paper"]) - rule.tolerance_points
    cases = [(case, _case(means, case)) for case in (rule, *rule.instead)]
    holding = [case for case, row in cases if row is not None and 100 * row["mean"] >= least]
    held = "; ".join(f"{case.network}, {case.condition}" for case in holding)
    return _row(
        claim,
        **_measured(found),
        network=rule.network,
        verdict=verdict(rule in holding, bool(holding)),
        holds_under=held,
    )


def _measured(found: pd.Series) -> Row:
    percent = {name: _percent(found[key]) for name, key in (("ours", "mean"), ("low", "low"), ("high", "high"))}
    return {**percent, "n": int(found["n"])}


def _found_accuracies(
    accuracy: pd.DataFrame, means: pd.DataFrame, datasets: Sequence[str], comparisons: Comparisons
) -> list[Row]:
    """Accuracies on other data than the paper's: of the floating-point networks and of those that are compared."""
    kinds = networks(accuracy)
    kinds = kinds[kinds["dataset"].isin(datasets)]
    compared = {name for sides in comparisons.values() for name in sides.values()}
    rows: list[Row] = []
    for name, kind in kinds.iterrows():
        is_float = kind["polarity"] == "float"
        if not is_float and name not in compared:
            continue
        case = CaseSpec(network=str(name), condition="float" if is_float else "noisy")
        about = {"claim": "accuracy", "paper_version": "", "quantity": f"accuracy ({case.condition})", "unit": "%"}
        measured = _measured(_case(means, case))
        row = _row({**about, "paper": ""}, **measured, network=name, dataset=kind["dataset"], verdict=OTHER_DATA)
        rows.append({**row, "artefact": "tables/accuracy.md", "rule": ""})
    return rows


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


def _savings(
    claim: Mapping[str, str],
    rules: ClaimsSpec,
    totals: pd.DataFrame,
    datasets: Sequence[str],
    missing: Mapping[str, str],
) -> list[Row]:
    rule = rules.savings[claim["claim"]][claim["paper_version"]]
    rows: list[Row] = []
    measured = rule_savings(totals, rule)
    for dataset in datasets:
        options = measured[measured["dataset"] == dataset]
        if options.empty:
            row = _saving(claim, rule, rules, dataset, options, EVERY_BASELINE)
            rows.append({**row, "note": missing.get(dataset, "")})
        for _, of_comparison in options.groupby("comparison", sort=False):
            rows.append(_saving(claim, rule, rules, dataset, of_comparison, EVERY_BASELINE))
            for mapping, of_mapping in of_comparison.groupby("mapping", sort=False):
                rows.append(_saving(claim, rule, rules, dataset, of_mapping, str(mapping)))
    return rows


def _found_savings(
    paper: Sequence[Mapping[str, str]], rules: ClaimsSpec, totals: pd.DataFrame, datasets: Sequence[str]
) -> list[Row]:
    """Savings on other data than the paper's: the same steps, not held against the paper's numbers."""
    unjudged = {"verdict": OTHER_DATA, "rule": "", "holds_under": ""}
    priced = [name for name in datasets if name in set(totals["dataset"])]
    savings = [claim for claim in paper if claim["claim"] in rules.savings]
    return [{**row, **unjudged} for claim in savings for row in _savings(claim, rules, totals, priced, {})]


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
    reference = options[is_reference(options, rules.reference, with_mapping=baseline == EVERY_BASELINE)]
    if len(reference) != 1:
        raise ValueError(f"claims.reference: {option(rules.reference)} is not among the priced options of this run")
    holds = 100 * options["saving"] >= float(claim["paper"]) - rule.tolerance_points
    return _row(
        claim,
        **about,
        ours=100 * reference["saving"].iloc[0],
        low=100 * options["saving"].min(),
        high=100 * options["saving"].max(),
        n=len(options),
        verdict=verdict(bool(holds.all()), bool(holds.any())),
        comparison=options["comparison"].iloc[0],
        latency_factor=reference["latency_factor"].iloc[0],
        holds_under=_conditions(options[holds]),
    )


def _saving_rule(rule: SavingRuleSpec, paper: float) -> str:
    return (
        f"1 - {rule.corner} / {rule.against} in {rule.measure} at least {paper - rule.tolerance_points:.2f} %"
        f" = paper less {rule.tolerance_points:.1f} points with every baseline mapping, ADC law and bank of this run;"
        " under stated conditions: with some of them"
    )


def _conditions(options: pd.DataFrame) -> str:
    """Where a saving holds and what it costs in time, e.g. 'offset-column, bank 16, latency x 4.5: A B'."""
    groups = options.groupby(["mapping", "bank"], sort=False)
    return "; ".join(
        f"{mapping}, bank {bank}, latency x {rows['latency_factor'].max():.3g}: {' '.join(rows['adc_law'])}"
        for (mapping, bank), rows in groups
    )
