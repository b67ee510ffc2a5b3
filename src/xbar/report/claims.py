"""The paper's claims against what this run measured; every verdict follows from a rule of config.yaml."""

from collections.abc import Mapping, Sequence

import pandas as pd

from xbar.config.claims import ClaimsSpec, ReferenceSpec, SavingRuleSpec
from xbar.report.accuracy_claims import found_accuracies, judge_accuracies
from xbar.report.intervals import with_clusters
from xbar.report.judged import OTHER_DATA, Row, judged
from xbar.report.savings import Comparisons, option
from xbar.report.statistics import over_seeds
from xbar.savings.verdicts import MORE, NONE, VERDICTS

EVERY_BASELINE = "all"


def judge_claims(
    accuracy: pd.DataFrame,
    answer: pd.DataFrame,
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
    low, high, n: interval over n seeds of an accuracy, the wider end on each side; range over the n circuits in which
    a saving must hold.
    What the run found on data that is not the paper's follows without a verdict. A run of such data alone has no rows
    on the paper's.
    """
    means = with_clusters(over_seeds(accuracy, rules.confidence), intervals, rules.confidence)
    found = set(accuracy["dataset"])
    rows: list[Row] = []
    for claim in paper if {*found, *missing} & set(rules.datasets) else ():
        if claim["claim"] in rules.accuracy:
            rows += judge_accuracies(claim, rules, means, dataset_of, missing)
        else:
            rows += _savings(claim, rules, answer, rules.datasets, missing)
    others = sorted(found - set(rules.datasets))
    return [
        *rows,
        *found_accuracies(accuracy, means, others, comparisons),
        *_found_savings(paper, rules, answer, others),
    ]


def _savings(
    claim: Mapping[str, str],
    rules: ClaimsSpec,
    answer: pd.DataFrame,
    datasets: Sequence[str],
    missing: Mapping[str, str],
) -> list[Row]:
    of_claim = answer[(answer["claim"] == claim["claim"]) & (answer["paper_version"] == claim["paper_version"])]
    rows: list[Row] = []
    for dataset in datasets:
        found = of_claim[of_claim["dataset"] == dataset]
        about = {
            "artefact": "tables/answer.md",
            "rule": _rule(rules.savings[claim["claim"]][claim["paper_version"]], float(claim["paper"])),
            "dataset": dataset,
        }
        if found.empty:
            rows.append(judged(claim, **about, baseline=EVERY_BASELINE, note=missing.get(dataset, "")))
        for _, of_comparison in found.groupby("comparison", sort=False):
            rows.append(judged(claim, **about, **_saving(of_comparison, rules.reference, EVERY_BASELINE)))
            for baseline, part in of_comparison.groupby("baseline", sort=False):
                rows.append(judged(claim, **about, **_saving(part, rules.reference, str(baseline))))
    return rows


def _found_savings(
    paper: Sequence[Mapping[str, str]], rules: ClaimsSpec, answer: pd.DataFrame, datasets: Sequence[str]
) -> list[Row]:
    """Savings on other data than the paper's: the same steps, not held against the paper's numbers."""
    unjudged = {"verdict": OTHER_DATA, "rule": "", "holds_under": ""}
    priced = [name for name in datasets if name in set(answer["dataset"])]
    savings = [claim for claim in paper if claim["claim"] in rules.savings]
    return [{**row, **unjudged} for claim in savings for row in _savings(claim, rules, answer, priced, {})]


def _saving(answers: pd.DataFrame, reference: ReferenceSpec, baseline: str) -> Row:
    """One row: all `answers` are of one claim and comparison and, unless `baseline` is all, of one baseline.

    The verdict is the weakest of all ADC models and baselines. The saving shown is that of the reference circuit.
    """
    shown = answers[answers["adc_law"] == reference.adc_law]
    if baseline == EVERY_BASELINE:
        shown = shown[shown["baseline"] == reference.mapping]
    if len(shown) != 1:
        raise ValueError(f"claims.reference: {option(reference)} is not among the priced options of this run")
    return {
        "ours": 100 * float(shown["saving"].iloc[0]),
        "low": 100 * float(answers["low"].min()),
        "high": 100 * float(answers["high"].max()),
        "n": int(answers["conditions"].sum()),
        "verdict": max(answers["verdict"], key=VERDICTS.index),
        "comparison": answers["comparison"].iloc[0],
        "baseline": baseline,
        "latency_factor": float(shown["latency_factor"].iloc[0]),
        "holds_under": _told(answers),
    }


def _rule(rule: SavingRuleSpec, paper: float) -> str:
    return (
        f"1 - {rule.corner} / signed-own in {rule.measure} is at least {paper - rule.tolerance_points:.2f} %, the paper"
        f" less {rule.tolerance_points:.1f} points, with every ADC model and in every condition"
    )


def _told(answers: pd.DataFrame) -> str:
    """Where a saving holds and in what time, and what of the reference circuit's choices decides."""
    held = answers[answers["verdict"] != NONE]
    parts = []
    for (baseline, word), rows in held.groupby(["baseline", "verdict"], sort=False):
        time = f" (latency x {rows['more_time_factor'].max():.3g})" if word == MORE else ""
        parts.append(f"{baseline}, ADC model {' '.join(rows['adc_law'])}: {word}{time}")
    here = answers[answers["reference_verdict"] != NONE]
    for (baseline, word), rows in here.groupby(["baseline", "reference_verdict"], sort=False):
        time = f" (latency x {rows['reference_factor'].max():.3g})" if word == MORE else ""
        parts.append(f"{baseline}, ADC model {' '.join(rows['adc_law'])}, other choices as configured: {word}{time}")
    return "; ".join(parts)
