"""Which training examples a seed holds out for validation."""

from typing import NamedTuple

from torch import Tensor


class Examples(NamedTuple):
    """Inputs (N, C, H, W), raw units, and class numbers (N)."""

    x: Tensor
    y: Tensor


def validation_fold(data: dict[str, Tensor], seed: int) -> int:
    """The fold a seed validates on, so that seeds together validate on several folds."""
    return seed % (int(data["train_fold"].max()) + 1)


def split_fold(data: dict[str, Tensor], fold: int) -> tuple[Examples, Examples]:
    """Training and validation examples of a prepared dataset."""
    held_out = data["train_fold"] == fold
    x, y = data["train_x"], data["train_y"]
    return Examples(x[~held_out], y[~held_out]), Examples(x[held_out], y[held_out])
