"""Several folds held out of one training."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from xbar.files import read_tensors, write_tensors


def held_out_together(data: Mapping[str, Tensor], folds: Sequence[int]) -> dict[str, Tensor]:
    """A prepared dataset with these folds as fold 0 of two: every even seed validates on them, and no other does."""
    together = torch.isin(data["train_fold"], torch.tensor(folds))
    return {**data, "train_fold": (~together).long()}


@contextmanager
def together(dataset: str | Path, folds: Sequence[int]) -> Iterator[Path]:
    """The same as a file beside which nothing stays."""
    data, about = read_tensors(dataset)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "together.safetensors"
        write_tensors(path, held_out_together(data, folds), about)
        yield path
