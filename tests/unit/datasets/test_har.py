"""UCI HAR from small files of the official form, and the real ones where they are given."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from support.archives import zipped

from xbar.datasets import har
from xbar.datasets.splits import Splits


def lay(form: str, files: dict[str, bytes], folder: Path) -> None:
    """Put `files` into `folder` as one of the forms in which people have them."""
    match form:
        case "folder":
            for name, content in files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        case "zip":
            (folder / "UCI HAR Dataset.zip").write_bytes(zipped(files, zipfile.ZIP_DEFLATED))
        case "lzma zip":
            (folder / "UCI HAR Dataset.zip").write_bytes(zipped(files, zipfile.ZIP_LZMA))
        case "zip in zip":
            inner = {"UCI HAR Dataset.zip": zipped(files, zipfile.ZIP_DEFLATED), "UCI HAR Dataset.names": b"note"}
            name = "human+activity+recognition+using+smartphones.zip"
            (folder / name).write_bytes(zipped(inner, zipfile.ZIP_STORED))


@pytest.mark.parametrize("form", ["folder", "zip", "lzma zip", "zip in zip"])
def test_every_form_gives_the_signals(har_files, har_signals, tmp_path, form):
    lay(form, har_files, tmp_path)
    splits = har.splits(tmp_path, 7)
    assert splits.train_x.shape[1:] == har.SHAPE and splits.train_x.dtype == torch.float32
    assert splits.train_y.dtype == torch.int64
    assert torch.equal(splits.train_x, torch.from_numpy(har_signals["train"])[:, :, None])
    assert torch.equal(splits.test_x, torch.from_numpy(har_signals["test"])[:, :, None])
    assert splits.train_y.tolist() == [i % 6 for i in range(14)]
    assert splits.test_group.tolist() == [2, 2, 4, 4] and "test_group" in splits.tensors()


def test_numbers_are_those_numpy_reads(har_files, tmp_path):
    lay("zip", har_files, tmp_path)
    text = har_files["UCI HAR Dataset/test/Inertial Signals/body_gyro_y_test.txt"]
    expected = np.loadtxt(io.BytesIO(text)).astype(np.float32)
    assert (har.splits(tmp_path, 7).test_x[:, 4, 0].numpy() == expected).all()


def test_folds_are_the_permuted_subjects_in_turn(har_files, tmp_path):
    lay("folder", har_files, tmp_path)
    fold = har.splits(tmp_path, 3).train_fold.tolist()
    order = np.random.default_rng(7).permutation([1, 3, 5, 8, 11, 27, 30]).tolist()
    subjects = np.repeat([3, 1, 5, 8, 11, 30, 27], 2).tolist()
    assert fold == [order.index(subject) % 3 for subject in subjects]


@pytest.mark.parametrize(("cut", "fault"), [(-16, "has 1791 numbers"), (None, "is missing")])
def test_a_short_or_missing_file_is_named(har_files, tmp_path, cut, fault):
    name = "UCI HAR Dataset/train/Inertial Signals/total_acc_x_train.txt"
    content = har_files.pop(name)
    if cut is not None:
        har_files[name] = content[:cut]
    lay("zip", har_files, tmp_path)
    with pytest.raises(ValueError, match=f"total_acc_x_train.txt {fault}"):
        har.splits(tmp_path, 7)


@pytest.mark.parametrize("subjects", [b"3\n" * 13, b""])
def test_every_window_has_a_subject(har_files, tmp_path, subjects):
    har_files["UCI HAR Dataset/train/subject_train.txt"] = subjects
    lay("folder", har_files, tmp_path)
    found = subjects.count(b"3")
    with pytest.raises(ValueError, match=rf"train/subject_train\.txt has {found} numbers; 14 are needed"):
        har.splits(tmp_path, 1)


def test_more_folds_than_subjects_are_refused(har_files, tmp_path):
    lay("folder", har_files, tmp_path)
    with pytest.raises(ValueError, match="folds: 8 exceeds the 7 training subjects"):
        har.splits(tmp_path, 8)


@pytest.fixture(scope="module")
def real(raw_data) -> Splits:
    return har.splits(raw_data, 7)


@pytest.mark.raw_data
def test_real_counts_are_the_published_ones(real):
    assert real.train_x.shape == (7352, 9, 1, 128) and real.test_x.shape == (2947, 9, 1, 128)
    assert real.train_y.bincount().tolist() == [1226, 1073, 986, 1286, 1374, 1407]
    assert real.test_y.bincount().tolist() == [496, 471, 420, 491, 532, 537]
    assert len(real.train_fold.unique()) == 7
    assert real.test_group.unique().tolist() == [2, 4, 9, 10, 12, 13, 18, 20, 24]  # README of the data set: 9 of 30


@pytest.mark.raw_data
def test_real_channels_differ_by_gravity(real):
    """Total minus body acceleration is gravity, 1 g, whatever the phone's pose: the channels are in order."""
    gravity = (real.test_x[:, 6:9] - real.test_x[:, 0:3]).norm(dim=1)
    assert torch.allclose(gravity.median(), torch.tensor(1.0), atol=0.03)
    assert real.test_x[:, 3:6].abs().max() > 1.5  # angular rates, rad/s
