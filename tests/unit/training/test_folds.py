"""Validation examples are never trained on, and seeds take turns over the folds."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from xbar.training.folds import split_fold, validation_fold

FOLDS = st.lists(st.integers(0, 6), min_size=1, max_size=60)


def data_of(folds):
    n = len(folds)
    numbers = torch.arange(n)
    return {"train_x": numbers.view(n, 1, 1, 1).float(), "train_y": numbers, "train_fold": torch.tensor(folds)}


@settings(deadline=None)
@given(FOLDS, st.integers(0, 6))
def test_training_and_validation_share_nothing_and_lose_nothing(folds, fold):
    train, validation = split_fold(data_of(folds), fold)
    assert validation.y.tolist() == [number for number, own in enumerate(folds) if own == fold]
    assert sorted(train.y.tolist() + validation.y.tolist()) == list(range(len(folds)))
    for examples in (train, validation):
        assert examples.x.flatten().tolist() == examples.y.tolist()


@settings(deadline=None)
@given(FOLDS, st.integers(0, 100))
def test_seeds_take_turns_over_the_folds(folds, seed):
    data = data_of(folds)
    count = max(folds) + 1
    assert validation_fold(data, seed) == seed % count
    assert {validation_fold(data, seed + i) for i in range(count)} == set(range(count))
