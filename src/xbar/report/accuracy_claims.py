"""The paper's claims on accuracy against what this run measured."""

from collections.abc import Mapping, Sequence

import pandas as pd

from xbar.config.claims import AccuracyRuleSpec, CaseSpec, ClaimsSpec
from xbar.report.judged import OTHER_DATA, Row, judged, verdict
from xbar.report.savings import Comparisons
from xbar.report.statistics import networks


def judge_accuracies(
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
    row = _accuracy(claim, rule, means) or judged(claim, network=rule.network, note=missing.get(dataset, ""))
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
    return judged(
        claim,
        **_measured(found),
        network=rule.network,
        verdict=verdict(rule in holding, bool(holding)),
        holds_under=held,
    )


def _measured(found: pd.Series) -> Row:
    percent = {name: _percent(found[key]) for name, key in (("ours", "mean"), ("low", "low"), ("high", "high"))}
    return {**percent, "n": int(found["n"])}


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
