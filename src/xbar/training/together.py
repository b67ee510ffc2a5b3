"""Several folds that one training holds out together."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from xbar.files import read_tensors, write_tensors


def held_out_together(data: Mapping[str, Tensor], folds: Sequence[int]) -> dict[str, Tensor]:
    """A prepared dataset of two folds, with `folds` as fold 0: every even seed validates on them, and no other does."""
    together = torch.isin(data["train_fold"], torch.tensor(folds))
    return {**data, "train_fold": (~together).long()}


@contextmanager
def together(dataset: str | Path, folds: Sequence[int]) -> Iterator[Path]:
    """The same dataset as a temporary file, which is removed after the context."""
    data, about = read_tensors(dataset)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "together.safetensors"
        write_tensors(path, held_out_together(data, folds), about)
        yield path
