"""Gains at equal work against differences written out once more."""

import numpy as np
import pytest

from xbar.report.gains import MEASURES, gain_rows, pairs, reached
from xbar.report.statistics import interval


def test_what_is_reached_never_gets_worse(made_up):
    found = reached(made_up.results().search)
    assert [(one.search, one.seed) for one in found] == [(s, n) for s in ("har-2b", "har-2b-random") for n in (0, 1)]
    np.testing.assert_allclose(
        found[0].measures["best-accuracy"], [0.9, 0.906, 0.912, 0.912, 0.924, 0.93, 0.936, 0.942]
    )
    np.testing.assert_allclose(found[0].work, np.cumsum(9.0 + np.arange(8)))
    for one in found:
        for measure in MEASURES:
            steps = np.diff(one.measures[measure])
            assert np.all(steps <= 0 if measure == "energy-at-95" else steps >= 0)


def test_a_measure_at_some_work_is_that_of_the_trials_that_it_paid(made_up):
    one = reached(made_up.results().search)[0]
    assert one.at("best-accuracy", 9.0 + 10.0) == pytest.approx(0.906)
    assert one.at("best-accuracy", 28.9) == pytest.approx(0.906)
    assert one.at("best-accuracy", 0.0) == pytest.approx(0.9)  # there is no less than one trial


def test_gains_are_paired_by_seed_and_cut_at_equal_work(made_up):
    trials = made_up.results().search
    slow = trials["search"] == "har-2b-random"
    trials = trials.assign(work=trials["work"].where(~slow, 4 * trials["work"]))
    rows = {row["measure"]: row for row in gain_rows(trials, 0.95)}
    total = float(sum(9.0 + np.arange(8)))
    assert {row["work"] for row in rows.values()} == {total} and list(rows) == list(MEASURES)
    # four times as slow, random paid two trials (36 + 40 of 100): accuracies 0.9 and 0.902 at best
    wanted = interval([0.942 - 0.9, 0.944 - 0.902], 0.95)
    found = rows["best-accuracy"]
    assert (found["mean"], found["low"], found["high"]) == pytest.approx((wanted.mean, wanted.low, wanted.high))
    assert (found["reached"], found["baseline_reached"]) == pytest.approx((0.943, 0.901)) and found["seeds"] == 2


def test_energy_at_95_is_the_worst_energy_where_nothing_is_so_good(made_up):
    trials = made_up.results().search
    (row,) = [row for row in gain_rows(trials, 0.95) if row["measure"] == "energy-at-95"]
    assert row["reached"] == row["baseline_reached"] == pytest.approx(trials["energy_pJ"].max() * 1e-3)
    good = trials.assign(validation_accuracy=trials["validation_accuracy"] + 0.05 * (trials["search"] == "har-2b"))
    (row,) = [row for row in gain_rows(good, 0.95) if row["measure"] == "energy-at-95"]
    of_seeds = good[good["search"] == "har-2b"].groupby("search_seed")["energy_pJ"].min()
    assert row["reached"] == pytest.approx(of_seeds.mean() * 1e-3)


def test_only_searches_by_the_model_on_the_same_data_are_compared(made_up):
    trials = made_up.results().search
    assert list(pairs(trials)) == [("har-2b", "har-2b-random")]
    assert not list(pairs(trials.assign(sampler="random")))
    assert not list(pairs(trials.assign(dataset=trials["search"])))
