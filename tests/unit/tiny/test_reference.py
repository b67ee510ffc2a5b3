"""MLPerf Tiny's reference ResNet-8: its file, its tensors, and what it computes."""

import hashlib
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from xbar.datasets import cifar10
from xbar.files import read_by_line
from xbar.network.predict import accuracy
from xbar.tiny import reference
from xbar.tiny.networks import resnet_8

TABLES = Path(__file__).parents[3] / "workflow/reference"
RAW_FILES = list(read_by_line(TABLES / "raw_files.csv").values())
LAYOUT = list(read_by_line(TABLES / "resnet8_layout.csv").values())


def made_up(path: Path) -> dict[str, np.ndarray]:
    """A file of the same layout with other values, and the values by Keras' names."""
    random = np.random.default_rng(0)
    content, values = np.zeros(1_116_712 // 4, dtype="<f4"), {}
    for row in LAYOUT:
        shape = [int(size) for size in row["shape"].split("x")]
        values[row["keras"]] = random.uniform(0.1, 0.2, shape).astype("<f4")
        start = int(row["offset_bytes"]) // 4
        content[start : start + int(np.prod(shape))] = values[row["keras"]].ravel()
    path.write_bytes(content.tobytes())
    return values


def keras(values: dict[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """Keras' forward in numpy, by its own names and layouts: (N, height, width, channels) to scores."""
    numbers = {"conv2d": iter(range(9)), "batch_normalization": iter(range(7))}

    def named(kind: str) -> str:
        number = next(numbers[kind])
        return f"{kind}_{number}" if number else kind

    def conv(x: np.ndarray, name: str, stride: int = 1) -> np.ndarray:
        kernel = values[f"{name}/kernel"]
        side, outputs = kernel.shape[0], -(-x.shape[1] // stride)
        zeros = max((outputs - 1) * stride + side - x.shape[1], 0)
        x = np.pad(x, ((0, 0), *[(zeros // 2, zeros - zeros // 2)] * 2, (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(x, (side, side), (1, 2))[:, ::stride, ::stride]
        return np.einsum("nhwcij,ijco->nhwo", windows, kernel) + values[f"{name}/bias"]

    def norm(x: np.ndarray) -> np.ndarray:
        name = named("batch_normalization")
        gamma, beta, mean, variance = (
            values[f"{name}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta

    x = np.maximum(norm(conv(images, named("conv2d"))), 0)
    for stride in (1, 2, 2):
        inner = np.maximum(norm(conv(x, named("conv2d"), stride)), 0)
        inner = norm(conv(inner, named("conv2d")))
        x = np.maximum(inner + (x if stride == 1 else conv(x, named("conv2d"), stride)), 0)
    return x.mean((1, 2)) @ values["dense/kernel"] + values["dense/bias"]


@torch.no_grad()
def test_the_network_computes_what_keras_does(tmp_path):
    """A file of the same layout; the order of its layers, shapes, paddings and epsilon are all in the sums."""
    values = made_up(tmp_path / "resnet.h5")
    network = reference.network(reference.read((tmp_path / "resnet.h5").read_bytes(), LAYOUT))
    images = np.random.default_rng(1).uniform(0, 255, (2, 32, 32, 3)).astype("f4")
    scores = network(torch.from_numpy(images.transpose(0, 3, 1, 2).copy())).numpy()
    np.testing.assert_allclose(scores, keras(values, images), rtol=1e-4)


def test_every_tensor_of_the_network_is_in_the_table_once_and_they_do_not_overlap():
    state = {name: value for name, value in resnet_8().state_dict().items() if "num_batches" not in name}
    assert sorted(row["tensor"] for row in LAYOUT) == sorted(state)
    sizes = {row["tensor"]: int(np.prod([int(size) for size in row["shape"].split("x")])) for row in LAYOUT}
    assert sizes == {name: value.numel() for name, value in state.items()}
    placed = sorted((int(row["offset_bytes"]), 4 * sizes[row["tensor"]]) for row in LAYOUT)
    assert all(start + size <= other for (start, size), (other, _) in pairwise(placed))


def test_a_network_that_lacks_a_tensor_is_refused(tmp_path):
    made_up(tmp_path / "resnet.h5")
    state = reference.read((tmp_path / "resnet.h5").read_bytes(), LAYOUT[1:])
    with pytest.raises(ValueError, match=r"the file of the reference ResNet-8 lacks tensor '0\.1\.bias'; allowed"):
        reference.network(state)


def test_a_table_of_raw_files_without_the_reference_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^raw_files\.csv: 0 rows of dataset 'mlperf-tiny'; needed is one$"):
        reference.find(tmp_path, [row for row in RAW_FILES if row["dataset"] != reference.NAME])


def test_a_corrupt_file_is_refused_and_an_absent_one_is_asked_for(tmp_path, monkeypatch):
    path = tmp_path / "mlperf-tiny/pretrainedResnet.h5"
    path.parent.mkdir()
    path.write_bytes(b"other")
    with pytest.raises(ValueError, match="is corrupt: its md5 is"):
        reference.find(tmp_path, RAW_FILES)
    path.unlink()
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # the pauses between four attempts
    elsewhere = [row | {"address": "http://127.0.0.1:1/none"} for row in RAW_FILES]
    with pytest.raises(ConnectionError, match=r"cannot download pretrainedResnet\.h5"):
        reference.find(tmp_path, elsewhere)


@pytest.mark.parametrize("inside", ["mlperf-tiny", "downloads/mlperf-tiny", "a.zip"])
def test_the_file_counts_by_its_content_wherever_it_lies(tmp_path, inside):
    content = b"the reference"
    (row,) = [row for row in RAW_FILES if row["dataset"] == reference.NAME]
    rows = [row | {"checksum": hashlib.new(row["algorithm"], content).hexdigest()}]
    if inside.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / inside, "w") as file:
            file.writestr("mlperf-tiny/pretrainedResnet.h5", content)
    else:
        (tmp_path / inside).mkdir(parents=True)
        (tmp_path / inside / "pretrainedResnet.h5").write_bytes(content)
    assert reference.find(tmp_path, rows) == content


@pytest.mark.raw_data
def test_the_reference_is_right_on_8719_of_the_test_images(raw_data):
    """87.19 %, as an independent forward in numpy had; one image more or less would be rounding of float32."""
    network = reference.network(reference.read(reference.find(raw_data, RAW_FILES), LAYOUT))
    test = cifar10.splits(raw_data, 20)
    assert accuracy(network, (test.test_x.float(), test.test_y)) == 0.8719
