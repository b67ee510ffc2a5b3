"""CIFAR-10: 32 x 32 colour photographs of ten classes, read by torchvision's own dataset class.

A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
"""

from pathlib import Path

import numpy as np
import torch

from xbar.datasets.splits import Splits, stratified_folds

TITLE = "CIFAR-10"
ARCHIVES = ()  # none is read in place: the tar is unpacked
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SHAPE = (3, 32, 32)  # of one input
FOLD_SEED = 7


def splits(raw: Path, folds: int) -> Splits:
    """The official split. Validation folds hold equal shares of every class.

    Inputs (N, 3, 32, 32) uint8, channels red, green, blue; labels 0 to 9 in the order of `CLASSES`. `raw`: the folder
    cifar-10-batches-py, or the one that holds it. ValueError where a file is missing or fails torchvision's checksums,
    and for more folds than examples of a class.
    """
    train_x, train_y = _part(raw, train=True)
    test_x, test_y = _part(raw, train=False)
    fold = stratified_folds(train_y.numpy(), folds, np.random.default_rng(FOLD_SEED))
    return Splits(train_x, train_y, torch.from_numpy(fold), test_x, test_y)


def _part(raw: Path, train: bool) -> tuple[torch.Tensor, torch.Tensor]:
    from torchvision.datasets import CIFAR10  # takes a second, which is not needed for the shape alone

    class Batches(CIFAR10):
        """The same where `raw` is the folder of the batches itself."""

        base_folder = ""

    form = CIFAR10 if (raw / CIFAR10.base_folder).is_dir() else Batches
    try:
        dataset = form(raw, train=train, download=False)
    except RuntimeError:
        raise ValueError(f"{raw / form.base_folder} is missing a file or holds a corrupt one") from None
    x = torch.from_numpy(dataset.data).permute(0, 3, 1, 2).contiguous()
    return x, torch.tensor(dataset.targets, dtype=torch.int64)
