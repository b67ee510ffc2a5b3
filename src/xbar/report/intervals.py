"""Rows of `tables.INTERVALS`: accuracies and paired differences with their intervals, and how the report reads them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from xbar.chips.correctness import Correctness
from xbar.report.bootstrap import Shares, clustered_interval, difference, shares_of
from xbar.report.statistics import Interval, on_common_seeds, over_seeds, paired_difference, per_seed

PAIRED = ("ideal", "noisy")  # conditions in which networks are compared
ENDS = ["clustered_low", "clustered_high", "clusters"]
KEY = ["network", "against", "condition"]


def one_sided(confidence: float) -> float:
    """The confidence of the interval by which two one-sided tests at `confidence` decide: 0.90 for 0.95."""
    return round(2 * confidence - 1, 9)


def interval_rows(
    accuracy: pd.DataFrame,
    correctness: Iterable[Correctness],
    confidence: float,
    pairs: Iterable[tuple[str, str]] = (),
) -> Iterator[dict[str, Any]]:
    """Every network and condition at `confidence`, and every one of `pairs` at that and at `one_sided` of it.

    Ends over seeds and test examples are empty where no correctness was stored, as for levels of the noise sweep.
    """
    shares = shares_of(correctness)
    seeds_of = per_seed(accuracy).groupby(["network", "condition"])["seed"].apply(list)
    for found in over_seeds(accuracy, confidence).itertuples():
        case = found.network, found.condition
        of_case = shares[case].of(seeds_of[case]) if case in shares else None
        about = {"network": found.network, "against": "", "condition": found.condition, "confidence": confidence}
        told = Interval(found.mean, found.low, found.high, found.sd, found.n)
        yield _row(about, told, of_case)
    for pair in pairs:
        for condition in PAIRED:
            for level in (confidence, one_sided(confidence)):
                paired = paired_difference(accuracy, pair, condition, level)
                if paired is not None:
                    seeds = on_common_seeds(accuracy, pair, condition).index
                    about = {"network": pair[0], "against": pair[1], "condition": condition, "confidence": level}
                    yield _row(about, paired, _difference(shares, pair, condition, seeds))


def _difference(
    shares: Mapping[tuple[str, str], Shares], pair: tuple[str, str], condition: str, seeds: Iterable[int]
) -> Shares | None:
    sides = [shares.get((network, condition)) for network in pair]
    return None if sides[0] is None or sides[1] is None else difference(sides[0], sides[1], seeds)


def _row(about: dict[str, Any], found: Interval, shares: Shares | None) -> dict[str, Any]:
    numbers = {"mean": found.mean, "low": found.low, "high": found.high, "sd": found.sd}
    if shares is not None:
        clustered = clustered_interval(shares, about["confidence"])
        numbers |= dict(zip(ENDS, clustered, strict=True))
    shown = {name: round(value, 9) for name, value in numbers.items() if not np.isnan(value)}
    return {**about, **shown, "seeds": found.n}


def pairs_of(intervals: pd.DataFrame) -> list[tuple[str, str]]:
    """The pairs of networks in the rows, see `choices.scale_pairs`: (one scale, a scale per layer)."""
    paired = intervals.loc[intervals["against"] != "", ["network", "against"]].drop_duplicates()
    return list(paired.itertuples(index=False, name=None))


def ends_of(row: Mapping[str, Any] | pd.Series) -> tuple[float, float]:
    """The ends that decide: of a row with both intervals, the wider one on each side.

    They are NaN for one seed, whose spread is unknown, and those over seeds where there are none over test examples.
    """
    if np.isnan(row["low"]):
        return np.nan, np.nan
    low, high = (row["low"], row["clustered_low"]), (row["high"], row["clustered_high"])
    return float(np.nanmin(low)), float(np.nanmax(high))


def clustered_ends(intervals: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """`ENDS` at this confidence, by network, against (empty for accuracies) and condition."""
    chosen = intervals[np.isclose(intervals["confidence"].astype(float), confidence)]
    return chosen.set_index(KEY)[ENDS].astype(float)


def with_clusters(means: pd.DataFrame, intervals: pd.DataFrame | None, confidence: float) -> pd.DataFrame:
    """Rows of `over_seeds` with `ENDS` of the same network and condition beside them, NaN where there are none."""
    if intervals is None:
        return means.assign(**dict.fromkeys(ENDS, np.nan))
    ends = clustered_ends(intervals[intervals["against"] == ""], confidence).droplevel("against")
    return means.join(ends, on=["network", "condition"])
