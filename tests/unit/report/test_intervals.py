"""Rows of intervals: t beside the bootstrap, pairs at both confidences, old runs without correctness."""

import numpy as np
import pytest

from xbar.chips.correctness import Correctness
from xbar.report import bootstrap
from xbar.report.intervals import clustered_ends, ends_of, interval_rows, one_sided, with_clusters
from xbar.report.statistics import over_seeds, paired_difference
from xbar.tables import INTERVALS

PAIR = ("har-4b-signed", "har-4b-signed-layer")
NAMES = ["har-float", *PAIR, "cifar10-float"]


@pytest.fixture
def accuracy(made_up):
    return made_up.frame("accuracy", made_up.accuracy_rows(NAMES))


@pytest.fixture
def rows(made_up):
    found = made_up.interval_rows(NAMES)
    return {(row["network"], row["against"], row["condition"], row["confidence"]): row for row in found}


def test_rows_hold_both_intervals_of_every_network(made_up, accuracy, rows):
    assert all(set(row) <= set(INTERVALS.names) for row in rows.values())
    means = over_seeds(accuracy, 0.95).set_index(["network", "condition"])
    assert {(name, condition) for name, against, condition, _ in rows if not against} == set(means.index)
    row, mean = rows["har-4b-signed", "", "noisy", 0.95], means.loc[("har-4b-signed", "noisy")]
    assert [row[name] for name in ("mean", "low", "high")] == pytest.approx(list(mean[["mean", "low", "high"]]))
    assert (row["seeds"], row["clusters"]) == (3, 9) and row["clustered_low"] < row["clustered_high"]
    one = rows["cifar10-float", "", "float", 0.95]
    assert "low" not in one and one["seeds"] == 1 and one["clusters"] == made_up.EXAMPLES
    assert "clustered_low" not in rows["har-4b-signed", "", "noise-0.1", 0.95]


def test_pairs_have_the_interval_of_the_confidence_and_that_of_one_sided_tests(accuracy, rows):
    pairs = {key[2:]: row for key, row in rows.items() if key[:2] == PAIR}
    assert set(pairs) == {(condition, level) for condition in ("ideal", "noisy") for level in (0.95, 0.9)}
    for (condition, level), row in pairs.items():
        found = paired_difference(accuracy, PAIR, condition, level)
        assert (row["mean"], row["low"]) == pytest.approx((found.mean, found.low))
    wide, narrow = pairs["noisy", 0.95], pairs["noisy", 0.9]
    assert wide["clustered_low"] < narrow["clustered_low"] < narrow["clustered_high"] < wide["clustered_high"]
    assert one_sided(0.95) == 0.9


def test_ends_over_examples_are_of_the_first_network_less_the_second(accuracy, monkeypatch):
    """90 examples of nine subjects, of which the first network has 90 % right and the second 60 %."""
    monkeypatch.setattr(bootstrap, "RESAMPLES_OF_GROUPS", 1000)
    rng, group = np.random.default_rng(3), np.arange(90) % 9
    right = [
        Correctness(name, seed, {"noisy": rng.random((4, 90)) < level}, group)
        for name, level in zip(PAIR, (0.9, 0.6), strict=True) for seed in (0, 1, 2)
    ]  # fmt: skip
    rows = [row for row in interval_rows(accuracy, right, 0.95, [PAIR]) if row["against"] and "clustered_low" in row]
    assert len(rows) == 2 and all(0.2 < row["clustered_low"] < 0.3 < row["clustered_high"] < 0.4 for row in rows)


def test_without_correctness_students_interval_stands_alone(made_up, accuracy, monkeypatch):
    for name in ("RESAMPLES_OF_GROUPS", "RESAMPLES_OF_EXAMPLES"):
        monkeypatch.setattr(bootstrap, name, 1000)
    rows = list(interval_rows(accuracy, [], 0.95))
    assert rows and not any("clustered_low" in row or "clusters" in row for row in rows)
    means = with_clusters(over_seeds(accuracy, 0.95), made_up.frame("intervals", rows), 0.95)
    assert ends_of(means.iloc[0]) == (means.iloc[0]["low"], means.iloc[0]["high"])
    partly = [one for one in made_up.correctness(NAMES) if (one.network, one.seed) != ("har-float", 1)]
    rows = {row["network"]: row for row in interval_rows(accuracy, partly, 0.95) if not row["against"]}
    assert "clustered_low" not in rows["har-float"] and rows["har-float"]["seeds"] == 3


def test_ends_are_the_wider_ones_and_none_for_one_seed(made_up, accuracy):
    frame = made_up.frame("intervals", made_up.interval_rows(NAMES))
    means = with_clusters(over_seeds(accuracy, 0.95), frame, 0.95).set_index(["network", "condition"])
    row = means.loc[("har-4b-signed", "ideal")]
    assert ends_of(row) == (min(row["low"], row["clustered_low"]), max(row["high"], row["clustered_high"]))
    alone = means.loc[("cifar10-float", "float")]
    assert np.isnan(ends_of(alone)).all() and alone["clustered_low"] > 0
    assert clustered_ends(frame, 0.5).empty
