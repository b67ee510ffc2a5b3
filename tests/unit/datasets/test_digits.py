"""Digits against scikit-learn's own images."""

from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits

from xbar.datasets import digits


def test_every_digit_is_in_one_part_as_scikit_learn_has_it():
    splits = digits.splits(Path("absent"), 5)
    assert splits.train_x.shape == (1437, 1, 8, 8) and splits.test_x.shape == (360, *digits.SHAPE)
    x = torch.cat([splits.train_x, splits.test_x]).numpy() * 16
    y = torch.cat([splits.train_y, splits.test_y]).numpy()
    source = load_digits()
    ours = sorted((int(label), image.tobytes()) for label, image in zip(y, x[:, 0], strict=True))
    theirs = sorted(
        (int(label), np.float32(image).tobytes()) for label, image in zip(source.target, source.images, strict=True)
    )
    assert ours == theirs


def test_parts_hold_equal_shares_of_every_digit():
    splits = digits.splits(Path("absent"), 5)
    train, test = splits.train_y.bincount(), splits.test_y.bincount()
    assert ((test - (train + test) / 5).abs() < 1).all()
    assert sorted(splits.train_fold.unique().tolist()) == list(range(5))


def test_repeat_gives_the_same_bytes():
    made = [digits.splits(Path("absent"), 5).tensors() for _ in range(2)]
    assert list(made[0]) == ["train_x", "train_y", "train_fold", "test_x", "test_y"]  # no groups
    for first, again in zip(made[0].values(), made[1].values(), strict=True):
        assert first.dtype == again.dtype and torch.equal(first, again)
