"""Folds: every example in one fold, equal shares, whole subjects, the same on every run."""

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xbar.datasets.splits import Splits, check_splits, group_folds, stratified_folds


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
    with pytest.raises(ValueError, match="folds: 4 exceeds the 3 training subjects"):
        group_folds(np.array([5, 5, 7, 9]), 4, np.random.default_rng(0))


def made(**changes):
    x, y = torch.rand(6, 1, 2, 2), torch.arange(6) % 3
    return Splits(**{"train_x": x, "train_y": y, "train_fold": y, "test_x": x[:3], "test_y": y[:3]} | changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train_x": torch.full((6, 1, 2, 2), float("nan"))}, "mine: train_x holds NaN or infinity"),
        ({"test_x": torch.full((3, 1, 2, 2), float("inf"))}, "mine: test_x holds NaN or infinity"),
        ({"train_y": torch.tensor([0, 1, 2, 3, 0, 1])}, "mine: train_y holds labels 0 to 3; 3 classes allow 0 to 2"),
        ({"test_y": torch.tensor([0, 1, 9], dtype=torch.uint16)}, "mine: test_y holds labels 0 to 9; 3 classes allow"),
        ({"test_y": torch.tensor([-1, 1, 2])}, "mine: test_y holds labels -1 to 2; 3 classes allow 0 to 2"),
        ({"test_y": torch.tensor([0.0, 1, 2])}, "mine: test_y is of type torch.float32; labels are whole numbers"),
        (
            {"test_group": torch.tensor([4, 4])},
            r"mine: test_group of torch.int64, shape \(2,\); each of 3 test examples",
        ),
        ({"train_fold": torch.tensor([0, 1])}, r"mine: train_fold of torch.int64, shape \(2,\); each of 6 training"),
        ({"train_fold": torch.rand(6)}, "mine: train_fold of torch.float32, .* needs one whole number"),
        ({"test_group": torch.rand(3)}, "mine: test_group of torch.float32, .* needs one whole number"),
        ({"train_y": torch.tensor([0, 1])}, r"mine: train_y is of shape \(2,\); each of 6 inputs needs one label"),
    ],
)
def test_examples_that_teach_nothing_right_are_refused(changes, message):
    check_splits("mine", made(), 3, 2)
    with pytest.raises(ValueError, match=message):
        check_splits("mine", made(**changes), 3, 2)


def test_a_data_set_without_groups_has_no_tensor_of_them():
    groups = torch.tensor([7, 7, 9])
    check_splits("mine", made(test_group=groups), 3, 2)
    assert made(test_group=groups).tensors()["test_group"] is groups
    assert list(made().tensors()) == ["train_x", "train_y", "train_fold", "test_x", "test_y"]


@pytest.mark.parametrize(("place", "axes"), [((2, 2), 2), ((1, 5), 1), ((5, 1), 1), ((1, 1), 0)])
def test_the_axes_of_the_configuration_are_those_of_the_inputs(place, axes):
    """What is priced before a run takes kernels along them."""
    parts = {name: torch.rand(6, 4, *place) for name in ("train_x", "test_x")}
    splits = made(**parts, test_y=torch.arange(6) % 3)
    check_splits("mine", splits, 3, axes)
    told = (
        rf"mine: inputs of shape \(4, {place[0]}, {place[1]}\) have {axes} axes; datasets.mine.axes is {2 - axes // 2}"
    )
    with pytest.raises(ValueError, match=told):
        check_splits("mine", splits, 3, 2 - axes // 2)
