"""The paper's claims against what this run measured; every verdict follows from a rule of config.yaml."""

from collections.abc import Mapping, Sequence

import pandas as pd

from xbar.config.claims import ClaimsSpec, SavingRuleSpec
from xbar.report.accuracy_claims import found_accuracies, judge_accuracies
from xbar.report.intervals import with_clusters
from xbar.report.judged import OTHER_DATA, Row, judged, verdict
from xbar.report.savings import Comparisons, corner_totals, is_reference, option, rule_savings
from xbar.report.statistics import over_seeds

PAPER_COLUMNS = ("claim", "paper_version", "quantity", "paper", "unit", "where", "source")
EVERY_BASELINE = "all"


def judge_claims(
    accuracy: pd.DataFrame,
    cost: pd.DataFrame,
    paper: Sequence[Mapping[str, str]],
    rules: ClaimsSpec,
    comparisons: Comparisons,
    dataset_of: Mapping[str, str],
    missing: Mapping[str, str],
    intervals: pd.DataFrame | None = None,
) -> list[Row]:
    """One row per accuracy claim and network; per saving claim one for every comparison and baseline, and one over all.

    `paper`: rows of workflow/reference/claims.csv. `dataset_of`: the dataset of every network that a rule names.
    `missing`: why a dataset of this run could not be had. Values are in the unit of the claim (percent).
    `intervals`: rows of `tables.INTERVALS`. Without, an accuracy is reproduced on this test set at best.
    low, high, n: interval over n seeds of an accuracy, the wider end on each side; range over n options of a saving.
    What the run found on data that is not the paper's follows without a verdict. A run of such data alone has no rows
    on the paper's.
    """
    means = with_clusters(over_seeds(accuracy, rules.confidence), intervals, rules.confidence)
    totals = corner_totals(cost, comparisons)
    found = set(accuracy["dataset"])
    rows: list[Row] = []
    for claim in paper if {*found, *missing} & set(rules.datasets) else ():
        if claim["claim"] in rules.accuracy:
            rows += judge_accuracies(claim, rules, means, dataset_of, missing)
        else:
            rows += _savings(claim, rules, totals, rules.datasets, missing)
    others = sorted(found - set(rules.datasets))
    return [
        *rows,
        *found_accuracies(accuracy, means, others, comparisons),
        *_found_savings(paper, rules, totals, others),
    ]


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
        return judged(claim, **about)
    reference = options[is_reference(options, rules.reference, with_mapping=baseline == EVERY_BASELINE)]
    if len(reference) != 1:
        raise ValueError(f"claims.reference: {option(rules.reference)} is not among the priced options of this run")
    holds = 100 * options["saving"] >= float(claim["paper"]) - rule.tolerance_points
    return judged(
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
