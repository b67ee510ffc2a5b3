"""The common form of every dataset: training examples with their validation fold, and the test set."""

from typing import NamedTuple

import numpy as np
from torch import Tensor

from xbar.files import is_finite


class Splits(NamedTuple):
    """Inputs (N, C, H, W) as the raw files hold them, not normalised, with labels (N,) and validation folds (N,).

    `train_fold`: 0 to folds - 1 for the training examples; test examples belong to no fold. `test_group` (N,): the
    origin of each test example, such as a subject, because examples of one origin vary together. None: they are
    independent.
    """

    train_x: Tensor
    train_y: Tensor
    train_fold: Tensor
    test_x: Tensor
    test_y: Tensor
    test_group: Tensor | None = None

    def tensors(self) -> dict[str, Tensor]:
        """The tensors by name, as the file of the data set holds them, without absent ones."""
        return {name: tensor for name, tensor in self._asdict().items() if tensor is not None}


def stratified_folds(labels: np.ndarray, folds: int, generator: np.random.Generator) -> np.ndarray:
    """Fold 0 to folds - 1 of each example (N,). Folds differ by at most one example, in every class and in all.

    ValueError if a class has fewer examples than there are folds.
    """
    order = np.concatenate([generator.permutation(np.flatnonzero(labels == k)) for k in np.unique(labels)])
    rarest = np.unique(labels, return_counts=True)[1].min()
    if folds > rarest:
        raise ValueError(f"folds: {folds} exceeds the {rarest} examples of the rarest class; allowed are 2 to as many")
    # Counting continues from class to class, so that folds stay equally large where a class does not divide evenly.
    fold = np.empty(len(labels), dtype=np.int64)
    fold[order] = np.arange(len(labels)) % folds
    return fold


def group_folds(groups: np.ndarray, folds: int, generator: np.random.Generator) -> np.ndarray:
    """Fold 0 to folds - 1 of each example (N,), with all examples of a group (a subject) in one fold.

    ValueError if there are fewer groups than folds.
    """
    names = generator.permutation(np.unique(groups))
    if folds > len(names):
        raise ValueError(f"folds: {folds} exceeds the {len(names)} training subjects; allowed are 2 to as many")
    fold_of = {name: position % folds for position, name in enumerate(names)}
    return np.array([fold_of[group] for group in groups], dtype=np.int64)


def check_splits(name: str, splits: Splits, classes: int, axes: int) -> None:
    """Raise ValueError, one line with the name of the split, for unusable inputs, labels, folds or test groups.

    `axes`: number of axes of an input, behind its channels, that must be longer than 1.
    """
    if (found := sum(size > 1 for size in splits.train_x.shape[2:])) != axes:
        shape = tuple(splits.train_x.shape[1:])
        raise ValueError(f"{name}: inputs of shape {shape} have {found} axes; datasets.{name}.axes is {axes}")
    check_examples(f"{name}: train", splits.train_x, splits.train_y, classes)
    check_examples(f"{name}: test", splits.test_x, splits.test_y, classes)
    _check_numbers(f"{name}: train_fold", splits.train_fold, len(splits.train_y), "training")
    if splits.test_group is not None:
        _check_numbers(f"{name}: test_group", splits.test_group, len(splits.test_y), "test")


def _check_numbers(where: str, numbers: Tensor, examples: int, part: str) -> None:
    if numbers.shape != (examples,) or numbers.is_floating_point():
        found = f"of {numbers.dtype}, shape {tuple(numbers.shape)}"
        raise ValueError(f"{where} {found}; each of {examples} {part} examples needs one whole number")


def check_examples(where: str, inputs: Tensor, labels: Tensor, classes: int) -> None:
    """Raise ValueError, one line, for unusable inputs or labels of one split."""
    if not inputs.dim() or not len(inputs):
        raise ValueError(f"{where}_x has no examples; at least one is needed")
    if labels.shape != inputs.shape[:1]:
        raise ValueError(f"{where}_y is of shape {tuple(labels.shape)}; each of {len(inputs)} inputs needs one label")
    if not is_finite(inputs):
        raise ValueError(f"{where}_x holds NaN or infinity")
    check_labels(f"{where}_y", labels, classes, "classes")


def check_labels(where: str, labels: Tensor, count: int, of: str) -> None:
    """Raise ValueError, one line, unless labels are whole numbers from 0 to `count` - 1. `of`: what is counted."""
    if labels.is_floating_point() or labels.is_complex():
        raise ValueError(f"{where} is of type {labels.dtype}; labels are whole numbers, 0 to {count - 1}")
    labels = labels.long()  # torch has no minimum of unsigned types
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < count:
        reached = f"{int(labels.min())} to {int(labels.max())}"
        raise ValueError(f"{where} holds labels {reached}; {count} {of} allow 0 to {count - 1}")
