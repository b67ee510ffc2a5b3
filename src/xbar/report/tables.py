"""The tables of the report: one function each, from the results of a run to Markdown."""

from collections.abc import Callable

import pandas as pd

from xbar.report import markdown
from xbar.report.ablation import ablation
from xbar.report.claims import REPRODUCED
from xbar.report.conditions import conditions
from xbar.report.costs import by_layer, components, corners, laws, performance, savings_table
from xbar.report.markdown import between, number
from xbar.report.results import Results
from xbar.report.savings import option
from xbar.report.search import search
from xbar.report.statistics import Interval, networks, over_seeds, paired_difference, scale_pairs
from xbar.report.textbook import differences, textbook
from xbar.report.validation import validation
from xbar.report.variants import drift, errors, variants
from xbar.report.wires import wires

SHOWN_CONDITIONS = ("float", "ideal", "noisy")  # the noise sweep is a figure


def accuracy(results: Results) -> str:
    """Test accuracy of every network: mean, spread over seeds and over chips, interval."""
    kinds = networks(results.accuracy)
    means = over_seeds(results.accuracy, results.rules.confidence)
    rows = []
    for mean in means[means["condition"].isin(SHOWN_CONDITIONS)].itertuples():
        kind = kinds.loc[mean.network]
        rows.append(
            [
                f"`{mean.network}`",
                kind["dataset"],
                number(kind["weight_bits"], 0),
                levels(kind),
                kind["polarity"],
                kind["scale"] or markdown.NONE,
                mean.condition,
                number(100 * mean.mean, 2),
                number(100 * mean.sd, 2),
                number(100 * mean.chip_sd, 2),
                between(100 * mean.low, 100 * mean.high, 2),
                str(mean.n),
                str(mean.chips),
            ]
        )
    headers = ["network", "dataset", "bits", "levels", "polarity", "scale", "condition"]
    headers += ["mean (%)", "sd of seeds", "sd of chips", _percent_interval(results), "seeds", "chips"]
    return markdown.table(
        "Test accuracy",
        headers,
        rows,
        [
            "bits: of one device. levels: of one weight, 2^b with one sign, 2^(b+1) - 1 in a differential pair."
            " ideal: mapped, noise off. noisy: the configured device noise on simulated chips."
            " Spreads in points: between seeds (chips averaged first) and, within a seed, between chips."
        ],
    )


def levels(kind: pd.Series) -> str:
    """Levels of one weight: 2^b for one sign, 2^(b + 1) - 1 for a signed one of two devices."""
    if pd.isna(kind["weight_bits"]):
        return markdown.NONE
    bits = int(kind["weight_bits"])
    return str(2 ** (bits + 1) - 1 if kind["polarity"] == "bipolar" else 2**bits)


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
            _percent_interval(results),
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


def _percent_interval(results: Results) -> str:
    return f"{100 * results.rules.confidence:g} % interval"


def claims(results: Results) -> str:
    """The paper's claims, our measurement and the verdict; savings over all baselines and against each."""
    rows, rules = [], {}
    for row in results.claims.itertuples():
        mark = rules.setdefault(row.rule, len(rules) + 1)
        rows.append(
            [
                row.claim,
                row.paper_version,
                row.comparison or row.dataset or markdown.NONE,
                row.baseline or markdown.NONE,
                row.quantity,
                number(row.paper, 2),
                number(row.ours, 2),
                between(row.low, row.high, 2),
                number(row.n, 0),
                number(row.latency_factor, 2),
                f"{row.verdict} ({mark})",
                markdown.NONE if row.verdict == REPRODUCED else row.holds_under or markdown.NONE,
            ]
        )
    headers = ["claim", "paper", "where", "baseline", "quantity", "paper (%)", "ours (%)", "low to high", "n"]
    headers += ["latency factor", "verdict (rule)", "holds under"]
    notes = [
        "low to high: for accuracies the"
        f" {_percent_interval(results)} of the mean over n seeds; for savings the range over n circuit options"
        " (ADC laws, shared banks and, for baseline all, baseline mappings). ours and latency factor: at the headline's"
        f" options, {option(results.rules.headline)}; against another baseline at its ADC law and bank.",
        "\n".join(f"{mark}. Reproduced: {rule}." for rule, mark in rules.items()),
    ]
    return markdown.table("Claims of the paper and what was found", headers, rows, notes if rows else [])


def training(results: Results) -> str:
    """What training came to: epochs, final loss and accuracies. Times are in provenance.json."""
    last = results.training.sort_values("epoch", kind="stable").groupby(["network", "seed"], sort=False).tail(1)
    epochs = results.training.groupby(["network", "seed"])["epoch"].nunique()
    rows = []
    for network in results.training["network"].unique():
        final = last[last["network"] == network]
        rows.append(
            [
                f"`{network}`",
                str(len(final)),
                str(int(epochs[network].max())),
                number(final["loss"].mean(), 3),
                number(100 * final["train_accuracy"].mean(), 2),
                number(100 * final["validation_accuracy"].mean(), 2),
                number(100 * final["validation_accuracy"].std(), 2),
            ]
        )
    headers = ["network", "seeds", "epochs", "loss", "train (%)", "validation (%)", "sd of seeds"]
    return markdown.table(
        "Training", headers, rows, ["Values after the last epoch, mean over seeds; validation on held-out folds."]
    )


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
