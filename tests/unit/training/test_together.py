"""Folds that are held out together."""

import torch

from xbar.files import read_tensors, write_tensors
from xbar.training.folds import split_fold, validation_fold
from xbar.training.together import together


def test_even_seeds_hold_out_all_these_folds(tmp_path):
    data = {"train_x": torch.arange(10.0), "train_y": torch.arange(10), "train_fold": torch.arange(10) % 5}
    write_tensors(tmp_path / "data", data, {"dataset": "digits"})
    with together(tmp_path / "data", [1, 3]) as path:
        found, about = read_tensors(path)
    assert about["dataset"] == "digits" and not path.exists()
    train, held_out = split_fold(found, validation_fold(found, seed=4))
    assert held_out.y.tolist() == [1, 3, 6, 8] and train.y.tolist() == [0, 2, 4, 5, 7, 9]
