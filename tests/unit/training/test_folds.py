"""Validation examples are never trained on, and seeds take turns over the folds."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from xbar.files import write_tensors
from xbar.training.folds import (
    MEASURED,
    evaluation_data,
    evaluation_splits,
    measurement_inputs,
    split_fold,
    validation_fold,
)

FOLDS = st.lists(st.integers(0, 6), min_size=1, max_size=60)


def data_of(folds):
    n = len(folds)
    numbers = torch.arange(n)
    return {"train_x": numbers.view(n, 1, 1, 1).float(), "train_y": numbers, "train_fold": torch.tensor(folds)}


@given(FOLDS, st.integers(0, 6))
def test_training_and_validation_share_nothing_and_lose_nothing(folds, fold):
    train, validation = split_fold(data_of(folds), fold)
    assert validation.y.tolist() == [number for number, own in enumerate(folds) if own == fold]
    assert sorted(train.y.tolist() + validation.y.tolist()) == list(range(len(folds)))
    for examples in (train, validation):
        assert examples.x.flatten().tolist() == examples.y.tolist()


@given(FOLDS, st.integers(0, 100))
def test_seeds_take_turns_over_the_folds(folds, seed):
    data = data_of(folds)
    count = max(folds) + 1
    assert validation_fold(data, seed) == seed % count
    assert {validation_fold(data, seed + i) for i in range(count)} == set(range(count))


def test_validation_examples_are_those_the_seed_held_out(dataset, digits):
    splits = evaluation_splits(dataset, {"seed": 7})  # fold 7 modulo 5
    assert torch.equal(splits["validation"].x, digits["train_x"][digits["train_fold"] == 2])
    assert torch.equal(splits["test"].y, digits["test_y"])


def test_test_groups_come_with_the_splits_where_there_are_any(dataset, digits, tmp_path):
    groups = torch.arange(len(digits["test_y"])) % 9
    write_tensors(tmp_path / "d", digits | {"test_group": groups}, {})
    splits, found = evaluation_data(tmp_path / "d", {"seed": 0})
    assert torch.equal(found, groups) and torch.equal(splits["test"].y, digits["test_y"])
    assert evaluation_data(dataset, {"seed": 0})[1] is None


def test_empty_splits_are_left_out(digits, tmp_path):
    none = {name: value[:0] if name.startswith("test") else value for name, value in digits.items()}
    write_tensors(tmp_path / "d", none, {})
    assert list(evaluation_splits(tmp_path / "d", {"seed": 0})) == ["validation"]


def test_measurement_inputs_are_training_inputs_of_the_seed(tmp_path):
    data = {"train_x": torch.arange(600).view(600, 1, 1, 1), "train_y": torch.zeros(600, dtype=torch.int64)}
    data |= {"train_fold": torch.arange(600) % 3, "test_x": -data["train_x"][:5], "test_y": torch.ones(5)}
    write_tensors(tmp_path / "d.safetensors", data, {})
    found = measurement_inputs(tmp_path / "d.safetensors", {"seed": 1})
    assert found.shape == (MEASURED, 1, 1, 1)
    assert (found % 3 != 1).all() and (found >= 0).all() and len(found.unique()) == MEASURED
