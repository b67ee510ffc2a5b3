"""Means over seeds with their intervals: the chips of a seed are averaged first, seeds are independent."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtrit  # scipy.stats takes three times as long to import


class Interval(NamedTuple):
    """Mean of n values with its confidence interval (NaN for a single value) and standard deviation."""

    mean: float
    low: float
    high: float
    sd: float
    n: int


def interval(values: ArrayLike, confidence: float) -> Interval:
    """Student's t-interval of the mean. Raises ValueError for no values."""
    values = np.asarray(values, dtype=float)
    n = len(values)
    if n == 0:
        raise ValueError("no values to average: an interval needs at least one")
    mean = float(values.mean())
    if n == 1:
        return Interval(mean, np.nan, np.nan, np.nan, 1)
    sd = float(values.std(ddof=1))
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * sd / np.sqrt(n)
    return Interval(mean, mean - half, mean + half, sd, n)


def failures_note(points: float) -> str:
    """The rule of `failures`, for tables that count them."""
    return (
        f"failed seeds: those more than {points:g} points below the best seed (claims.failure_points of config.yaml)."
        " Where one fails, the mean still holds all seeds. A standard deviation and an interval would describe"
        " neither those that fail nor the others, and are left out."
    )


def failures(values: ArrayLike, points: float) -> int:
    """How many seeds lie more than `points` below the best one.

    The best and not the median, which fails with them where most seeds do.
    """
    values = np.asarray(values, dtype=float)
    return int((values < values.max() - points / 100).sum())


def per_seed(accuracy: pd.DataFrame, split: str = "test") -> pd.DataFrame:
    """Mean (`accuracy`) and standard deviation (`chip_sd`) over chips, number of `chips`, in order of appearance.

    One row per network, condition and seed.
    """
    rows = accuracy[accuracy["split"] == split]
    groups = rows.groupby(["network", "condition", "seed"], sort=False)["accuracy"]
    return groups.agg(accuracy="mean", chip_sd="std", chips="size").reset_index()


def over_seeds(accuracy: pd.DataFrame, confidence: float, failure_points: float = np.inf) -> pd.DataFrame:
    """One row per network and condition: mean, low, high, sd, n over seeds; chip_sd and chips within a seed.

    lowest and highest: of the seeds. failed: how many, by `failures`. Intervals of accuracies are cut at 0 and 1.
    """
    rows = []
    for (network, condition), seeds in per_seed(accuracy).groupby(["network", "condition"], sort=False):
        result = interval(seeds["accuracy"], confidence)
        rows.append(
            {
                "network": network,
                "condition": condition,
                **result._asdict(),
                "low": max(0.0, result.low) if result.n > 1 else np.nan,
                "high": min(1.0, result.high) if result.n > 1 else np.nan,
                "lowest": seeds["accuracy"].min(),
                "highest": seeds["accuracy"].max(),
                "failed": failures(seeds["accuracy"], failure_points),
                "chip_sd": seeds["chip_sd"].mean(),
                "chips": int(seeds["chips"].max()),
            }
        )
    columns = ["network", "condition", *Interval._fields, "lowest", "highest", "failed", "chip_sd", "chips"]
    return pd.DataFrame(rows, columns=columns)


def networks(accuracy: pd.DataFrame) -> pd.DataFrame:
    """What each network is: one row per network, indexed by its name, in order of appearance."""
    columns: Sequence[str] = ["network", "dataset", "architecture", "weight_bits", "polarity", "scale", "mapping"]
    return accuracy[list(columns)].drop_duplicates("network").set_index("network")


def paired_difference(
    accuracy: pd.DataFrame, pair: tuple[str, str], condition: str, confidence: float
) -> Interval | None:
    """Accuracy of the first network minus that of the second, seed by seed; None without a common seed."""
    seeds = on_common_seeds(accuracy, pair, condition)
    return interval(seeds[pair[0]] - seeds[pair[1]], confidence) if len(seeds) else None


def on_common_seeds(accuracy: pd.DataFrame, pair: tuple[str, str], condition: str, split: str = "test") -> pd.DataFrame:
    """Accuracy of two networks, a column each, by seed; only the seeds that both have."""
    seeds = per_seed(accuracy, split)
    by_seed = seeds[seeds["condition"] == condition].pivot(index="seed", columns="network", values="accuracy")
    return by_seed.reindex(columns=list(pair)).dropna()
