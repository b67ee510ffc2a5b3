"""Means over seeds: against numpy and tabulated quantiles of Student's t."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbar.report.statistics import (
    failures,
    interval,
    networks,
    on_common_seeds,
    over_seeds,
    paired_difference,
    per_seed,
)

STUDENT_975 = {2: 12.7062, 3: 4.30265, 4: 3.18245, 5: 2.77645}  # two-sided 95 %, n - 1 degrees of freedom


@pytest.mark.parametrize("n", STUDENT_975)
def test_interval_against_the_printed_table(n):
    values = np.sqrt(np.arange(1, n + 1))
    half = STUDENT_975[n] * np.sqrt(((values - values.mean()) ** 2).sum() / (n - 1) / n)
    found = interval(values, 0.95)
    assert (found.mean, found.n) == (pytest.approx(values.mean()), n)
    assert (found.low, found.high) == (
        pytest.approx(values.mean() - half, rel=1e-4),
        pytest.approx(values.mean() + half, rel=1e-4),
    )


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=8), st.floats(-5, 5))
def test_interval_moves_with_its_values(values, shift):
    here, there = interval(values, 0.9), interval(np.array(values) + shift, 0.9)
    assert here.low <= here.mean <= here.high
    assert there.low == pytest.approx(here.low + shift, abs=1e-9)
    assert interval(values, 0.99).high >= here.high


def test_one_value_has_no_interval():
    found = interval([0.5], 0.95)
    assert found.mean == 0.5 and np.isnan([found.low, found.high, found.sd]).all()
    with pytest.raises(ValueError, match="no values"):
        interval([], 0.95)


def test_chips_are_averaged_before_seeds(made_up):
    rows = made_up.accuracy_rows(["har-2b-unipolar"])
    extra = [{**row, "chip": row["chip"] + 100} for row in rows if row["condition"] == "noisy" and row["seed"] == 0]
    noisy = [row for row in rows + extra if row["condition"] == "noisy"]
    means = [np.mean([row["accuracy"] for row in noisy if row["seed"] == seed]) for seed in range(3)]
    table = made_up.frame("accuracy", rows + extra)
    found = over_seeds(table, 0.95).set_index("condition").loc["noisy"]
    assert found["mean"] == pytest.approx(np.mean(means))
    assert found["mean"] != pytest.approx(np.mean([row["accuracy"] for row in noisy]), abs=1e-9)
    assert found["sd"] == pytest.approx(np.std(means, ddof=1))
    assert (found["n"], found["chips"]) == (3, 8)
    assert len(per_seed(table)) == 3 * 6


def test_only_the_asked_split_counts(made_up):
    rows = made_up.accuracy_rows(["har-float"])
    wrong = [{**row, "split": "validation", "accuracy": 0.0} for row in rows]
    both = over_seeds(made_up.frame("accuracy", rows + wrong), 0.95)
    assert both["mean"].item() == pytest.approx(np.mean([row["accuracy"] for row in rows]))


def test_intervals_of_accuracies_stay_between_0_and_1(made_up):
    rows = [
        {**row, "accuracy": value} for row, value in zip(made_up.accuracy_rows(["har-float"]), [1, 1, 0.5], strict=True)
    ]
    assert over_seeds(made_up.frame("accuracy", rows), 0.95)["high"].item() == 1.0


def test_networks_stand_in_the_order_of_the_table(made_up):
    table = made_up.results().accuracy
    assert list(networks(table).index) == list(made_up.NETWORKS)


@pytest.mark.parametrize(
    ("values", "count"), [([0.95, 0.77, 0.94], 1), ([0.95, 0.77, 0.76], 2), ([0.95, 0.9, 0.93], 0), ([0.3], 0)]
)
def test_failures_are_counted_from_the_best_seed(values, count):
    """Also where most seeds fail, and their median with them."""
    assert failures(values, 5.5) == count
    assert failures(values, 100) == 0


def test_paired_difference_pairs_seeds(made_up):
    table = made_up.results().accuracy
    pair = ("har-4b-signed", "har-4b-signed-layer")
    noisy = table[(table["condition"] == "noisy") & table["network"].isin(pair)]
    by_seed = noisy.pivot_table(index="seed", columns="network", values="accuracy").to_numpy()
    found = paired_difference(table, pair, "noisy", 0.95)
    assert found.mean == pytest.approx((by_seed[:, 0] - by_seed[:, 1]).mean())
    assert found.sd == pytest.approx((by_seed[:, 0] - by_seed[:, 1]).std(ddof=1))
    assert paired_difference(table, ("har-float", "har-4b-signed"), "noisy", 0.95) is None


def test_only_seeds_of_both_networks_are_common(made_up):
    table = made_up.results().accuracy
    pair = ("har-4b-signed", "har-4b-signed-layer")
    fewer = table[(table["network"] != pair[0]) | (table["seed"] != 1)]
    found = on_common_seeds(fewer, pair, "ideal")
    assert list(found.columns) == list(pair) and list(found.index) == [0, 2]
    assert paired_difference(fewer, pair, "ideal", 0.95).n == 2
    assert on_common_seeds(table, ("har-float", pair[0]), "ideal").empty
