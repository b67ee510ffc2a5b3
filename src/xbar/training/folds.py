"""The examples of a dataset on which a seed is trained, validated and measured."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from xbar.files import read_tensors
from xbar.network.measure import MEASURED
from xbar.seeds import generator


class Examples(NamedTuple):
    """Inputs (N, C, H, W) in raw units, and class numbers (N)."""

    x: Tensor
    y: Tensor


def validation_fold(data: Mapping[str, Tensor], seed: int) -> int:
    """The validation fold of a seed. Consecutive seeds validate on different folds."""
    return seed % (int(data["train_fold"].max()) + 1)


def split_fold(data: Mapping[str, Tensor], fold: int) -> tuple[Examples, Examples]:
    """Training and validation examples of a prepared dataset."""
    held_out = data["train_fold"] == fold
    x, y = data["train_x"], data["train_y"]
    return Examples(x[~held_out], y[~held_out]), Examples(x[held_out], y[held_out])


def evaluation_splits(dataset: str | Path, about: Mapping[str, Any]) -> dict[str, Examples]:
    """Validation examples of the network described by `about`, and test examples; empty splits are left out."""
    return evaluation_data(dataset, about)[0]


def evaluation_data(dataset: str | Path, about: Mapping[str, Any]) -> tuple[dict[str, Examples], Tensor | None]:
    """As `evaluation_splits`, and the group of each test example, such as its subject, or None without groups."""
    data, _ = read_tensors(dataset)
    _, validation = split_fold(data, validation_fold(data, about["seed"]))
    splits = {"validation": validation, "test": Examples(data["test_x"], data["test_y"])}
    return {name: examples for name, examples in splits.items() if len(examples.y)}, data.get("test_group")


def measurement_inputs(dataset: str | Path, about: Mapping[str, Any]) -> Tensor:
    """Training inputs (at most MEASURED of them, chosen by the seed) of the network described by `about`."""
    data, _ = read_tensors(dataset)
    train, _ = split_fold(data, validation_fold(data, about["seed"]))
    chosen = torch.randperm(len(train.y), generator=generator(about["seed"], "variant"))[:MEASURED]
    return train.x[chosen]
