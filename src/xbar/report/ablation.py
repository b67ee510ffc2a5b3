"""What other networks than the unipolar one of a comparison reach on validation examples, seed by seed."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from xbar.report.contents import table
from xbar.report.render import CODE, WHOLE, WORDS, Section, fixed, interval_of, signed
from xbar.report.render import interval as ends
from xbar.report.results import Results
from xbar.report.statistics import interval, networks, on_common_seeds

NOTES = (
    "Accuracy on validation folds (the test set decides nothing here). The means of both networks and their"
    " difference, network minus base, are over the seeds that both have, so on the same folds. Every seed has a fold"
    " of its own: means over different seeds do not compare. The line of a base by itself is over all of its seeds."
    " Recipes, and the layers of searched networks, were chosen on some of these folds, which favours them.",
    "differs in: what the configuration says of the network or its training, where it says something else of the base."
    " A row may stand for more than one change.",
)


@table(
    stage="2 Networks",
    caption=(
        "Other networks of the same data and bits against the unipolar one of a comparison, on noisy chips. Accuracies "
        "are on validation folds and on the seeds that both have."
    ),
    reads=("accuracy",),
)
def ablation(results: Results) -> Section:
    """On noisy chips, every network of the same data and bits as the unipolar side of a comparison, against it."""
    columns = {"base": CODE, "network": CODE, "differs in": WORDS}
    columns |= {"base (%)": fixed(2), "network (%)": fixed(2), "difference (points)": signed(2)}
    columns |= {interval_of(results.rules.confidence): ends(2), "seeds": WHOLE}
    rows = list(_rows(results))
    return Section("Ablation", columns, rows, [*NOTES, _count(rows)])


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
            seeds = on_common_seeds(results.accuracy, (network, base), "noisy", "validation")
            if len(seeds):
                shown = _itself(seeds) if network == base else _against(seeds, results.rules.confidence)
                yield [base, network, _differs(results.choices, network, base), *shown, len(seeds)]


def _itself(seeds: pd.DataFrame) -> list[Any]:
    return [100 * seeds.iloc[:, 1].mean(), None, None, None]


def _against(seeds: pd.DataFrame, confidence: float) -> list[Any]:
    network, base = (100 * seeds[name] for name in seeds)
    found = interval(network - base, confidence)
    return [base.mean(), network.mean(), found.mean, (found.low, found.high)]


def _differs(choices: Mapping[str, Mapping[str, Any]], network: str, base: str) -> str:
    """What is chosen for a network that is not chosen for the base, as in config.yaml."""
    mine, others = (dict(_flat(choices[name])) for name in (network, base))
    return ", ".join(f"{key}: {value}" for key, value in mine.items() if others.get(key) != value)


def _flat(chosen: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Keys, with those of inner blocks behind a dot, and values as text."""
    for key, value in chosen.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", "none" if value is None else str(value)
