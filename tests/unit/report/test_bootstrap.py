"""The bootstrap over seeds and test examples, against variances and quantiles that are known without it."""

import numpy as np
import pytest
from scipy.stats import binom, norm, t

from xbar.chips.correctness import Correctness
from xbar.report import bootstrap
from xbar.report.bootstrap import (
    RESAMPLES_OF_EXAMPLES,
    Shares,
    clustered_interval,
    clusters_of,
    difference,
    resampled,
    shares_of,
    tail_of,
)


def made(values, group=None):
    values = np.asarray(values, dtype=float)
    return Shares(tuple(range(len(values))), values, group)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_variances_of_seeds_and_subjects_add(rng):
    """Accuracies that are a part of the seed plus a part of the subject; subjects of ten examples each."""
    seeds, subjects = np.array([0.90, 0.93, 0.99, 0.94]), rng.normal(0, 0.03, 9)
    group = np.repeat(np.arange(9), 10)
    means = resampled(clusters_of(made(seeds[:, None] + subjects[group], group)), 300_000, rng)
    assert means.mean() == pytest.approx(seeds.mean() + subjects.mean(), abs=1e-4)
    assert means.var() == pytest.approx(seeds.var() / 4 + subjects.var() / 9, rel=0.02)


def test_the_test_set_is_drawn_once_for_all_seeds(rng):
    """Five trainings that agree on every example know no more of other subjects than one does."""
    right, group = (rng.random((1, 900)) < 0.9).astype(float), rng.integers(9, size=900)
    one, five = (clustered_interval(made(np.repeat(right, count, axis=0), group), 0.95) for count in (1, 5))
    assert one == pytest.approx(five, abs=3e-4)
    assert five[1] - five[0] > 0.01


def test_single_examples_of_one_seed_are_a_binomial(rng):
    right = np.arange(400) < 360
    low, high, count = clustered_interval(made([right]), 0.95)
    tail = tail_of(400, 0.95)
    assert count == 400
    assert [400 * low, 400 * high] == pytest.approx(binom(400, 0.9).ppf([tail, 1 - tail]), abs=1)


def test_examples_that_are_alike_count_as_often_as_they_are(rng):
    """Against drawing indices of examples and of seeds, one resample after the other."""
    values = rng.integers(0, 3, (3, 60)) / 2
    naive = [values[rng.integers(3, size=3)][:, rng.integers(60, size=60)].mean() for _ in range(20_000)]
    fast = resampled(clusters_of(made(values)), RESAMPLES_OF_EXAMPLES, rng)
    assert len(clusters_of(made(values)).sizes) <= 27
    assert np.quantile(fast, [0.025, 0.5, 0.975]) == pytest.approx(np.quantile(naive, [0.025, 0.5, 0.975]), abs=0.004)


def test_subjects_of_other_sizes_weigh_by_their_examples(rng):
    group = np.array([1] * 10 + [2] * 90)
    means = resampled(clusters_of(made([group == 2], group)), 1000, rng)
    assert set(means.round(9)) == {0.0, 0.9, 1.0}  # the first twice, each once, the second twice


@pytest.mark.parametrize("group", [np.arange(2947) % 9, None], ids=["subjects", "examples"])
def test_the_ends_hardly_move_with_the_generator(group):
    """Nine subjects that differ by 3.5 points; as few single examples as digits have. Three seeds of ten chips."""
    rng = np.random.default_rng(1)
    level = rng.beta(5, 0.3, 360) if group is None else 0.95 + rng.normal(0, 0.035, 9)[group]
    shares = made(rng.binomial(10, level.clip(0, 1), (3, len(level))) / 10, group)
    ends = np.array([clustered_interval(shares, 0.95, np.random.default_rng(seed))[:2] for seed in range(2)])
    assert 100 * np.ptp(ends, axis=0).max() < 0.05


@pytest.mark.parametrize("group", [np.arange(90) % 9, None], ids=["subjects", "examples"])
def test_the_same_shares_have_the_same_ends(group, monkeypatch):
    monkeypatch.setattr(bootstrap, "RESAMPLES_OF_GROUPS", 1000)
    shares = made(np.random.default_rng(1).binomial(10, 0.9, (3, 90)) / 10, group)
    assert clustered_interval(shares, 0.95) == clustered_interval(shares, 0.95)


@pytest.mark.parametrize("count", [2, 9, 40])
def test_tails_give_the_width_of_students_interval_to_normal_means(count):
    """A bootstrap of n normal values has (n - 1) / n of the variance of the mean."""
    width = -norm.ppf(tail_of(count, 0.9)) * np.sqrt((count - 1) / count)
    assert width == pytest.approx(t.ppf(0.95, count - 1), rel=1e-6)
    assert tail_of(10**6, 0.9) == pytest.approx(0.05, abs=1e-5)


def test_one_cluster_has_no_interval():
    assert np.isnan(clustered_interval(made([[1, 0, 1]], np.zeros(3)), 0.95)[:2]).all()


def test_shares_are_means_over_chips_of_each_seed(rng):
    right = rng.random((2, 4, 30)) < 0.8
    found = shares_of([Correctness("n", seed, {"noisy": one}, None) for seed, one in zip((3, 1), right, strict=True)])
    assert list(found) == [("n", "noisy")]
    shares = found["n", "noisy"]
    assert shares.seeds == (3, 1) and np.allclose(shares.values, right.mean(axis=1))
    assert np.allclose(shares.of([1.0]).values, right[1:].mean(axis=1)) and shares.of([1, 2]) is None
    twice = difference(shares, shares._replace(values=shares.values + 0.1), [1, 3])
    assert np.allclose(twice.values, -0.1) and twice.seeds == (1, 3)
    assert difference(shares, shares._replace(group=np.arange(30)), [1]) is None
    assert difference(shares, shares._replace(values=shares.values[:, :1]), [1]) is None  # which NumPy would repeat


@pytest.mark.parametrize("other", [(np.ones((1, 5), bool), np.arange(5)), (np.ones((1, 4), bool), None)])
def test_seeds_tested_on_other_examples_are_refused(other):
    right, group = other
    first = Correctness("n", 0, {"noisy": np.ones((1, 5), bool)}, None)
    with pytest.raises(ValueError, match="correctness of n: its seeds were tested on other examples"):
        shares_of([first, Correctness("n", 1, {"noisy": right}, group)])
