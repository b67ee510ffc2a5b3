"""The table of what training came to."""

from typing import Any

import pandas as pd

from xbar.report.contents import table
from xbar.report.render import CODE, WHOLE, Format, Section, fixed, numbers_of
from xbar.report.results import Results
from xbar.report.statistics import networks

NOTE = (
    "Values after the last epoch, mean over the seeds named. Validation is on held-out folds, a fold of its own for"
    " every seed, and folds differ: means over different seeds do not compare. The last column holds the seeds that all"
    " networks of a dataset have."
)
SEEDS = Format(numbers_of)


@table(
    stage="2 Networks",
    caption="What training came to: epochs, loss and accuracies, over which seeds.",
    reads=("training", "accuracy"),
)
def training(results: Results) -> Section:
    """What training came to: epochs, final loss and accuracies. Times are in provenance.json."""
    runs = results.training.sort_values("epoch", kind="stable").groupby(["network", "seed"], sort=False)
    last = results.training.assign(epochs=runs["epoch"].transform("nunique")).loc[runs.tail(1).index]
    last = last.assign(dataset=last["network"].map(networks(results.accuracy)["dataset"]).fillna(""))
    common = {str(dataset): common_seeds(of_dataset) for dataset, of_dataset in last.groupby("dataset", sort=False)}
    by_network = {network: last[last["network"] == network] for network in results.training["network"].unique()}
    columns = {"network": CODE, "seeds": SEEDS, "epochs": WHOLE, "loss (nats)": fixed(3), "train (%)": fixed(2, 100)}
    columns |= {"validation (%)": fixed(2, 100), "sd of seeds (points)": fixed(2, 100)}
    columns |= {"validation, common seeds (%)": fixed(2, 100)}
    rows = [[name, *_training(final, common[final["dataset"].iloc[0]])] for name, final in by_network.items()]
    told = "; ".join(f"{dataset} {numbers_of(seeds)}" for dataset, seeds in common.items())
    return Section("Training", columns, rows, [f"{NOTE} Common seeds: {told}."] if rows else [])


def common_seeds(final: pd.DataFrame) -> list[float]:
    """The seeds with which every network was trained."""
    seeds = final.groupby("network")["seed"].agg(set)
    return sorted(set.intersection(*seeds))


def _training(final: pd.DataFrame, common: list[float]) -> list[Any]:
    validation = final["validation_accuracy"]
    return [
        final["seed"],
        final["epochs"].max(),
        final["loss"].mean(),
        final["train_accuracy"].mean(),
        validation.mean(),
        validation.std(),
        validation[final["seed"].isin(common)].mean(),
    ]
