"""The tables of the report: one function each, from the results of a run to Markdown."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from xbar.report import markdown
from xbar.report.ablation import ablation
from xbar.report.claims import OTHER_DATA, REPRODUCED
from xbar.report.conditions import conditions
from xbar.report.costs import by_layer, components, corners, laws, performance, savings_table
from xbar.report.markdown import between, number
from xbar.report.results import Results
from xbar.report.savings import law_key, option
from xbar.report.search import search
from xbar.report.statistics import Interval, networks, over_seeds, paired_difference, scale_pairs
from xbar.report.textbook import differences, textbook
from xbar.report.validation import validation
from xbar.report.variants import drift, errors, variants
from xbar.report.wires import wires

SHOWN_CONDITIONS = ("float", "ideal", "noisy")  # the noise sweep is a figure
ACCURACY_NOTE = (
    "bits: of one device. levels: of one weight, 2^b with one sign, 2^(b+1) - 1 in a differential pair. ideal: mapped,"
    " noise off. noisy: the configured device noise on simulated chips. Spreads in points: between seeds (chips"
    " averaged first) and, within a seed, between chips."
)
LEVELS_NOTE = (
    "Equal bits are not equal levels: a weight of 2 bits has 4 levels with one sign and 7 in a differential pair,"
    " one of 4 bits 16 and 31. A difference between networks of both kinds at equal bits is that of their levels, too."
)
TRAINING_NOTE = (
    "Values after the last epoch, mean over the seeds named. Validation is on held-out folds, a fold of its own for"
    " every seed, and folds differ: means over different seeds do not compare. The last column holds the seeds that all"
    " networks of a dataset have."
)


def accuracy(results: Results) -> str:
    """Test accuracy of every network: mean, spread over seeds and over chips, interval."""
    kinds = networks(results.accuracy)
    means = over_seeds(results.accuracy, results.rules.confidence)
    shown = means[means["condition"].isin(SHOWN_CONDITIONS)]
    rows = [[*_kind(kinds.loc[mean.network]), mean.condition, *_mean(mean)] for mean in shown.itertuples()]
    headers = ["network", "dataset", "bits", "levels", "polarity", "scale", "condition", "mean (%)", "sd of seeds"]
    headers += ["sd of chips", markdown.interval_of(results.rules.confidence), "seeds", "chips"]
    return markdown.table("Test accuracy", headers, rows, [ACCURACY_NOTE, LEVELS_NOTE])


def _kind(kind: pd.Series) -> list[str]:
    bits, scale = number(kind["weight_bits"], 0), kind["scale"] or markdown.NONE
    return [f"`{kind.name}`", kind["dataset"], bits, levels(kind), kind["polarity"], scale]


def _mean(mean: Any) -> list[str]:
    within = between(100 * mean.low, 100 * mean.high, 2, markdown.PERCENT)
    spreads = [number(100 * value, 2) for value in (mean.mean, mean.sd, mean.chip_sd)]
    return [*spreads, within, str(mean.n), str(mean.chips)]


def levels(kind: pd.Series) -> str:
    """Levels of one weight: 2^b for one sign, 2^(b + 1) - 1 for a signed one of two devices."""
    if pd.isna(kind["weight_bits"]):
        return markdown.NONE
    bits = int(kind["weight_bits"])
    return str(2 ** (bits + 1) - 1 if kind["polarity"] == "signed" else 2**bits)


def uniform(results: Results) -> str:
    """One scale for the network against one per layer: difference of accuracies, seed by seed."""
    rows = []
    for pair in scale_pairs(results.accuracy):
        for condition in ("ideal", "noisy"):
            found = paired_difference(results.accuracy, pair, condition, results.rules.confidence)
            if found is not None:
                rows.append([f"`{pair[0]}`", f"`{pair[1]}`", condition, *_difference(found)])
    return markdown.table(
        "Uniform against per-layer scale",
        [
            "one scale for the network",
            "one scale per layer",
            "condition",
            "difference (points)",
            "sd",
            markdown.interval_of(results.rules.confidence),
            "seeds",
        ],
        rows,
        [
            "Test accuracy of the first network minus that of the second with the same seed;"
            " chips are averaged first. An interval that contains 0 shows no difference at this number of seeds."
        ],
    )


def _difference(found: Interval) -> list[str]:
    signed = f"{100 * found.mean:+.2f}"
    return [signed, number(100 * found.sd, 2), between(100 * found.low, 100 * found.high, 2), str(found.n)]


def claims(results: Results) -> str:
    """The paper's claims, our measurement and the verdict; savings over all baselines and against each."""
    rules = [rule for rule in dict.fromkeys(results.claims["rule"]) if rule]
    marks = {rule: mark for mark, rule in enumerate(rules, 1)}
    rows = [_claim(row, marks) for row in results.claims.itertuples()]
    headers = ["claim", "paper", "where", "baseline", "quantity", "paper (%)", "ours (%)", "low to high", "n"]
    headers += ["latency factor", "verdict (rule)", "holds under; what is missing"]
    notes = _claims_notes(results, marks) if rows else []
    return markdown.table(_claims_title(results), headers, rows, notes)


def _claims_title(results: Results) -> str:
    if len(results.claims) and set(results.claims["verdict"]) == {OTHER_DATA}:
        return f"What this run found ({OTHER_DATA}: no verdict)"
    return "Claims of the paper and what was found"


def _claim(row: Any, marks: dict[str, int]) -> list[str]:
    of_savings = row.baseline != ""
    told = row.note or ("" if row.verdict == REPRODUCED else row.holds_under)
    return [
        row.claim,
        row.paper_version,
        row.comparison or row.network or row.dataset,
        row.baseline or markdown.NONE,
        row.quantity,
        number(row.paper, 2),
        number(row.ours, 2),
        between(row.low, row.high, 2, None if of_savings else markdown.PERCENT),
        number(row.n, 0),
        number(row.latency_factor, 2),
        f"{row.verdict} ({marks[row.rule]})" if row.rule else row.verdict,
        told or markdown.NONE,
    ]


def _claims_notes(results: Results, marks: dict[str, int]) -> list[str]:
    legend = (
        f"low to high: for accuracies the {markdown.interval_of(results.rules.confidence)} of the mean over n seeds;"
        " for savings the range over n circuit options (ADC laws, shared banks and, for baseline all, baseline"
        " mappings). ours and latency factor: at the reference circuit,"
        f" {option(results.rules.reference)}; against another baseline at its ADC law and bank."
    )
    key = [law_key(results.cost["adc_law"])] if len(results.cost) else []
    return [legend, *key, "\n".join(f"{mark}. Reproduced: {rule}." for rule, mark in marks.items())]


def training(results: Results) -> str:
    """What training came to: epochs, final loss and accuracies. Times are in provenance.json."""
    runs = results.training.sort_values("epoch", kind="stable").groupby(["network", "seed"], sort=False)
    last = results.training.assign(epochs=runs["epoch"].transform("nunique")).loc[runs.tail(1).index]
    last = last.assign(dataset=last["network"].map(networks(results.accuracy)["dataset"]).fillna(""))
    common = {str(dataset): common_seeds(of_dataset) for dataset, of_dataset in last.groupby("dataset", sort=False)}
    by_network = {network: last[last["network"] == network] for network in results.training["network"].unique()}
    rows = [[f"`{name}`", *_training(final, common[final["dataset"].iloc[0]])] for name, final in by_network.items()]
    headers = ["network", "seeds", "epochs", "loss", "train (%)", "validation (%)", "sd of seeds"]
    headers += ["validation, common seeds (%)"]
    told = "; ".join(f"{dataset} {markdown.numbers_of(seeds)}" for dataset, seeds in common.items())
    return markdown.table("Training", headers, rows, [f"{TRAINING_NOTE} Common seeds: {told}."] if rows else [])


def common_seeds(final: pd.DataFrame) -> list[float]:
    """The seeds with which every network was trained."""
    seeds = final.groupby("network")["seed"].agg(set)
    return sorted(set.intersection(*seeds))


def _training(final: pd.DataFrame, common: list[float]) -> list[str]:
    validation = 100 * final["validation_accuracy"]
    return [
        markdown.numbers_of(final["seed"]),
        number(final["epochs"].max(), 0),
        number(final["loss"].mean(), 3),
        number(100 * final["train_accuracy"].mean(), 2),
        number(validation.mean(), 2),
        number(validation.std(), 2),
        number(validation[final["seed"].isin(common)].mean(), 2),
    ]


TABLES: dict[str, Callable[[Results], str]] = {
    "accuracy": accuracy,
    "uniform": uniform,
    "corners": corners,
    "laws": laws,
    "by_layer": by_layer,
    "performance": performance,
    "components": components,
    "savings": savings_table,
    "claims": claims,
    "training": training,
    "drift": drift,
    "variants": variants,
    "errors": errors,
    "wires": wires,
    "conditions": conditions,
    "validation": validation,
    "differences": differences,
    "textbook": textbook,
    "search": search,
    "ablation": ablation,
}
