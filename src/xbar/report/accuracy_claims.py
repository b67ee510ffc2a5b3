"""The paper's claims on accuracy against what this run measured: by the ends of intervals, not by means."""

from collections.abc import Mapping, Sequence

import pandas as pd

from xbar.config.claims import AccuracyRuleSpec, CaseSpec, ClaimsSpec
from xbar.report.intervals import ends_of
from xbar.report.judged import CONDITIONAL, OTHER_DATA, REFUTED, REPRODUCED, UNDECIDED, Row, judged
from xbar.report.render import interval_of
from xbar.report.savings import Comparisons
from xbar.report.statistics import networks

DIGITS = 6  # of percent, as the claims are written
THIS_TEST_SET = ", on this test set"


def judge_accuracies(
    claim: Mapping[str, str],
    rules: ClaimsSpec,
    means: pd.DataFrame,
    dataset_of: Mapping[str, str],
    missing: Mapping[str, str],
) -> list[Row]:
    """The network of the rule, and those beside it that this run trained. `means`: of `with_clusters`."""
    rule = rules.accuracy[claim["claim"]]
    dataset = dataset_of[rule.network]
    beside = [name for name in rule.beside if name in set(means["network"])]
    row = _accuracy(claim, rule, means) or judged(claim, network=rule.network, note=missing.get(dataset, ""))
    rows = [row, *filter(None, (_accuracy(claim, _beside(rule, name), means) for name in beside))]
    about = {"artefact": "tables/accuracy.md", "dataset": dataset}
    return [
        {**row, **about, "rule": _accuracy_rule(_beside(rule, row["network"]), float(claim["paper"]), rules.confidence)}
        for row in rows
    ]


def _beside(rule: AccuracyRuleSpec, network: str) -> AccuracyRuleSpec:
    """The rule for one of the networks beside; what may count instead is for the first one alone."""
    return rule if network == rule.network else rule.model_copy(update={"network": network, "instead": ()})


def _accuracy(claim: Mapping[str, str], rule: AccuracyRuleSpec, means: pd.DataFrame) -> Row | None:
    found = _case(means, rule)
    if found is None:
        return None
    least = round(float(claim["paper"]) - rule.tolerance_points, DIGITS)
    cases = [(case, _where(_case(means, case), least)) for case in (rule, *rule.instead)]
    holding = [f"{case.network}, {case.condition}{where}" for case, where in cases if where is not None]
    word = decided(cases[0][1] == "", bool(holding), _ends(found)[1] < least)
    why = f"the interval holds {least:.2f} %" if found["n"] > 1 else "one seed alone: no interval over seeds"
    shown = why if word == UNDECIDED else "; ".join(holding)
    return judged(claim, **_measured(found), network=rule.network, verdict=word, holds_under=shown)


def _where(found: pd.Series | None, least: float) -> str | None:
    """The condition on which an accuracy is shown to reach `least` (percent): none, this test set, or not shown."""
    if found is None or not round(100 * found["low"], DIGITS) >= least:
        return None
    return "" if round(100 * found["clustered_low"], DIGITS) >= least else THIS_TEST_SET


def decided(holds: bool, somehow: bool, falls_short: bool) -> str:
    """The verdict of a claim that holds by its rule, that holds on this test set or in another case, or falls short."""
    return REPRODUCED if holds else CONDITIONAL if somehow else REFUTED if falls_short else UNDECIDED


def _ends(found: pd.Series) -> tuple[float, float]:
    """Ends in percent, without the last digits, in which seeds of equal accuracy would have an interval."""
    low, high = ends_of(found)
    return round(100 * low, DIGITS), round(100 * high, DIGITS)


def _measured(found: pd.Series) -> Row:
    low, high = ("" if pd.isna(end) else end for end in _ends(found))
    return {"ours": 100 * found["mean"], "low": low, "high": high, "n": int(found["n"])}


def found_accuracies(
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
        row = judged({**about, "paper": ""}, **measured, network=name, dataset=kind["dataset"], verdict=OTHER_DATA)
        rows.append({**row, "artefact": "tables/accuracy.md", "rule": ""})
    return rows


def _accuracy_rule(rule: AccuracyRuleSpec, paper: float, confidence: float) -> str:
    text = (
        f"the {interval_of(confidence)} of {rule.network} ({rule.condition}, test) reaches no lower than"
        f" {paper - rule.tolerance_points:.2f} %, the paper less {rule.tolerance_points:.1f} points"
    )
    others = " or ".join(f"{case.network} ({case.condition})" for case in rule.instead)
    return f"{text}; under stated conditions that of {others}" if others else text


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
