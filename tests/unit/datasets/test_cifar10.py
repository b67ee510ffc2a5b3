"""CIFAR-10 from pickles of the official form, made small, and the real files where they are given."""

import hashlib
import pickle

import numpy as np
import pytest
import torch
from torchvision.datasets import CIFAR10

from xbar.datasets import cifar10

NAMES = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]


@pytest.fixture
def batches(tmp_path, monkeypatch) -> dict[str, np.ndarray]:
    """Six batches of 20 images (20, 3072) in `tmp_path`, with torchvision's list of checksums made to fit."""
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    generator = np.random.default_rng(0)
    data = {name: generator.integers(0, 256, (20, 3072), dtype=np.uint8) for name in NAMES}
    contents = {name: {"data": images, "labels": [i % 10 for i in range(20)]} for name, images in data.items()}
    contents["batches.meta"] = {"label_names": list(cifar10.CLASSES)}
    checksums = {}
    for name, content in contents.items():
        (folder / name).write_bytes(pickle.dumps(content))
        checksums[name] = hashlib.md5((folder / name).read_bytes()).hexdigest()
    monkeypatch.setattr(CIFAR10, "train_list", [[name, checksums[name]] for name in NAMES[:5]])
    monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", checksums["test_batch"]]])
    monkeypatch.setattr(CIFAR10, "meta", CIFAR10.meta | {"md5": checksums["batches.meta"]})
    return data


def test_images_are_planes_of_red_green_blue(batches, tmp_path):
    splits = cifar10.splits(tmp_path, 5)
    assert splits.train_x.shape == (100, *cifar10.SHAPE) == (100, 3, 32, 32) and splits.train_x.dtype == torch.uint8
    # The format's definition: 1,024 red values row by row, then green, then blue.
    for index, batch, image in ((0, "data_batch_1", 0), (47, "data_batch_3", 7)):
        green = batches[batch][image, 1024:2048].reshape(32, 32)
        assert (splits.train_x[index, 1].numpy() == green).all()
    assert (splits.test_x.numpy().reshape(20, 3072) == batches["test_batch"]).all()
    assert splits.train_y.tolist() == [i % 10 for i in range(20)] * 5


def test_folds_are_stratified_and_the_same_on_repeat(batches, tmp_path):
    first, again = (cifar10.splits(tmp_path, 5) for _ in range(2))
    for fold in range(5):
        assert first.train_y[first.train_fold == fold].bincount().tolist() == [2] * 10
    assert all(
        torch.equal(one, other) for one, other in zip(first.tensors().values(), again.tensors().values(), strict=True)
    )


def test_the_folder_of_the_batches_itself_gives_the_same(batches, tmp_path):
    above, itself = cifar10.splits(tmp_path, 5), cifar10.splits(tmp_path / "cifar-10-batches-py", 5)
    assert all(
        torch.equal(one, other) for one, other in zip(above.tensors().values(), itself.tensors().values(), strict=True)
    )


def test_a_corrupt_batch_is_refused(batches, tmp_path):
    with (tmp_path / "cifar-10-batches-py" / "data_batch_2").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ValueError, match="cifar-10-batches-py is missing a file or holds a corrupt one"):
        cifar10.splits(tmp_path, 5)


@pytest.mark.raw_data
def test_real_files(raw_data):
    splits = cifar10.splits(raw_data, 20)
    assert splits.train_y.bincount().tolist() == [5000] * 10
    assert splits.test_y.bincount().tolist() == [1000] * 10
    assert splits.train_fold.bincount().tolist() == [2500] * 20
    # Published channel means of the training set, share of full scale: 0.4914, 0.4822, 0.4465.
    means = splits.train_x.to(torch.float32).mean((0, 2, 3)) / 255
    assert torch.allclose(means, torch.tensor([0.4914, 0.4822, 0.4465]), atol=1e-4)
    assert list(cifar10.CLASSES) == CIFAR10(raw_data, train=False).classes
