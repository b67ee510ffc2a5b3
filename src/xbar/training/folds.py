"""Which training examples a seed holds out for validation."""

from typing import NamedTuple

from torch import Tensor


class Examples(NamedTuple):
    """Inputs (N, C, H, W), raw units, and class numbers (N)."""

    x: Tensor
    y: Tensor


def validation_fold(data: dict[str, Tensor], holdout: bool, seed: int) -> int | None:
    """The fold a seed validates on, so that seeds together validate on several folds; None without holdout."""
    return seed % (int(data["train_fold"].max()) + 1) if holdout else None


def split_fold(data: dict[str, Tensor], fold: int | None) -> tuple[Examples, Examples]:
    """Training and validation examples of a prepared dataset; all and none where `fold` is None."""
    held_out = data["train_fold"] == (-1 if fold is None else fold)
    x, y = data["train_x"], data["train_y"]
    return Examples(x[~held_out], y[~held_out]), Examples(x[held_out], y[held_out])
