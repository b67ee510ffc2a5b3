"""What other networks than the unipolar one of a comparison reach on validation examples, seed by seed."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from xbar.report.contents import table
from xbar.report.render import CODE, TEXT, WHOLE, WORDS, Section, fixed, interval_of, signed
from xbar.report.render import interval as ends
from xbar.report.results import Results
from xbar.report.statistics import interval, networks, on_common_seeds

KIND = ["architecture", "polarity", "scale", "mapping", "device"]  # what the results say of a network
NOTES = (
    "Accuracy on validation folds (the test set decides nothing here). The means of both networks and their"
    " difference, network minus base, are over the seeds that both have, so on the same folds. Every seed has a fold"
    " of its own: means over different seeds do not compare. The line of a base by itself is over all of its seeds.",
    f"differs in: of {', '.join(KIND[:-1])} and {KIND[-1]}, which is what the results hold of a network."
    " Its training, teacher, start, signs and common mode may differ as well: a row may stand for more than one change,"
    " and config.yaml says for which.",
)


@table(
    stage="2 Networks",
    caption=(
        "Other networks of the same data and bits against the unipolar one of a comparison. Accuracies are on "
        "validation folds and on the seeds that both have."
    ),
    reads=("accuracy",),
)
def ablation(results: Results) -> Section:
    """Every network of the same data and bits as the unipolar side of a comparison, against that one."""
    columns = {"base": CODE, "network": CODE, "differs in": WORDS, "condition": TEXT}
    columns |= {"base (%)": fixed(2), "network (%)": fixed(2), "difference (points)": signed(2)}
    columns |= {interval_of(results.rules.confidence): ends(2), "seeds": WHOLE}
    rows = list(_rows(results))
    return Section("Ablation", columns, rows, [*NOTES, _count(rows)], ranked="difference (points)")


def _count(rows: list[list[Any]]) -> str:
    """How many comparisons the table makes, on which nothing is corrected."""
    compared = sum(row[0] != row[1] for row in rows)
    return (
        f"Rows that compare two networks: {compared}. Their intervals are each at their own confidence, corrected for"
        " nothing: of many such intervals without any difference, some leave out 0."
    )


def _rows(results: Results) -> Iterator[list[Any]]:
    kinds = networks(results.accuracy)
    for base in dict.fromkeys(sides["unipolar"] for sides in results.comparisons.values()):
        if base not in kinds.index:
            continue
        alike = (kinds[["dataset", "weight_bits"]] == kinds.loc[base, ["dataset", "weight_bits"]]).all(axis=1)
        for network in [base, *map(str, kinds.index[alike].drop(base))]:
            for condition in ("ideal", "noisy"):
                seeds = on_common_seeds(results.accuracy, (network, base), condition, "validation")
                if len(seeds):
                    shown = _itself(seeds) if network == base else _against(seeds, results.rules.confidence)
                    differs = _differs(results.accuracy, network, base)
                    yield [base, network, differs, condition, *shown, len(seeds)]


def _itself(seeds: pd.DataFrame) -> list[Any]:
    return [100 * seeds.iloc[:, 1].mean(), None, None, None]


def _against(seeds: pd.DataFrame, confidence: float) -> list[Any]:
    network, base = (100 * seeds[name] for name in seeds)
    found = interval(network - base, confidence)
    return [base.mean(), network.mean(), found.mean, (found.low, found.high)]


def _differs(accuracy: pd.DataFrame, network: str, base: str) -> str:
    """Columns in which two networks differ; those of another kind than these are not known to the results."""
    if network == base:
        return ""
    kinds = accuracy.drop_duplicates("network").set_index("network")[KIND]
    return ", ".join(name for name in KIND if kinds.at[network, name] != kinds.at[base, name]) or "none of these"
