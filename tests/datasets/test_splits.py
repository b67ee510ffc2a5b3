"""Folds: every example in one fold, equal shares, whole subjects, the same on every run."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbar.datasets.splits import group_folds, stratified_folds


@given(counts=st.lists(st.integers(6, 30), min_size=1, max_size=5), folds=st.integers(2, 6), seed=st.integers(0, 99))
def test_folds_hold_equal_shares_of_every_class(counts, folds, seed):
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    fold = stratified_folds(labels, folds, np.random.default_rng(seed))
    for chosen in (fold, *(fold[labels == label] for label in np.unique(labels))):
        sizes = [np.sum(chosen == one) for one in range(folds)]
        assert sum(sizes) == len(chosen) and max(sizes) - min(sizes) <= 1


@given(sizes=st.lists(st.integers(1, 9), min_size=4, max_size=12), folds=st.integers(2, 4), seed=st.integers(0, 99))
def test_a_group_lies_in_one_fold_and_folds_have_equally_many(sizes, folds, seed):
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)) * 3, sizes))
    fold = group_folds(groups, folds, np.random.default_rng(seed))
    pairs = set(zip(groups.tolist(), fold.tolist(), strict=True))
    assert len(pairs) == len(sizes)
    in_fold = Counter(one for _, one in pairs)
    assert len(in_fold) == folds and max(in_fold.values()) - min(in_fold.values()) <= 1


def test_folds_depend_on_the_seed_only():
    labels = np.arange(100) % 5
    first, again, other = (stratified_folds(labels, 4, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_too_many_folds_are_refused():
    with pytest.raises(ValueError, match="folds: 4 exceeds the 3 examples of the rarest class"):
        stratified_folds(np.array([0] * 9 + [1] * 3), 4, np.random.default_rng(0))
    with pytest.raises(ValueError, match="folds: 4 exceeds the 3 subjects"):
        group_folds(np.array([5, 5, 7, 9]), 4, np.random.default_rng(0))
