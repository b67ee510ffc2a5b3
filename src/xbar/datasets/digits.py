"""Digits: the 1,797 handwritten digits of 8 x 8 pixels that come with scikit-learn; no download.

E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998.
"""

from pathlib import Path

import numpy as np
import torch

from xbar.datasets.splits import Splits, stratified_folds

TITLE = "digits (8 × 8)"
ARCHIVES = ()
CLASSES = tuple("0123456789")
SHAPE = (1, 8, 8)  # of one input
FULL_SCALE = 16  # pixels count the set points of 4 x 4 blocks: 0 to 16
TEST_SHARE = 5  # of the examples, one in this number is for testing
SPLIT_SEED = 7


def splits(raw: Path, folds: int) -> Splits:
    """A fixed 80/20 split within each class, and folds of equal shares of every class. `raw` is not read.

    Inputs (N, 1, 8, 8) float32, shares of full scale from 0 to 1; labels 0 to 9. ValueError for more folds than
    examples of a class.
    """
    from sklearn.datasets import load_digits  # takes a second, which is not needed for the shape alone

    images, labels = load_digits(return_X_y=True)
    x = torch.from_numpy(images.astype(np.float32) / FULL_SCALE).reshape(-1, *SHAPE)
    y = torch.from_numpy(labels.astype(np.int64))
    generator = np.random.default_rng(SPLIT_SEED)
    test = stratified_folds(labels, TEST_SHARE, generator) == 0
    fold = torch.from_numpy(stratified_folds(labels[~test], folds, generator))
    return Splits(x[~test], y[~test], fold, x[test], y[test])
