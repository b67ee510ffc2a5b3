"""scikit-learn's digits as the stages pass them on, and specs of networks small enough to train in a test."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from sklearn.datasets import load_digits

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import ArchitectureSpec, AugmentationSpec, LayerSpec, NetworkSpec, TrainingSpec
from xbar.files import write_tensors
from xbar.network.architecture import build_network
from xbar.training.folds import Examples

CROSSBAR = CrossbarSpec(rows=64, columns=12)
ALTERNATE = {"group": 1, "assignment": "alternate"}


def network_spec(polarity="signed", **changes):
    analog = {} if polarity == "float" else {"weight_bits": 2, "scale": "network"}
    signs = {"signs": ALTERNATE} if polarity == "mixed" else {}
    named = {"dataset": "digits", "architecture": "tiny", "training": "tiny", "seeds": 1}
    return NetworkSpec(**named | {"polarity": polarity} | analog | signs | changes)


def architecture_spec(activation="relu", layers=None):
    layers = layers or [{"conv": 8, "kernel": 3, "pool": 2}, {"linear": 10}]
    return ArchitectureSpec(activation=activation, layers=[LayerSpec(**layer) for layer in layers])


def training_spec(augmentation=None, **changes):
    plain = {"epochs": 3, "batch": 64, "learning_rate": 0.01, "weight_decay": 0.0, "label_smoothing": 0.0}
    return TrainingSpec(**plain | {"augmentation": AugmentationSpec(**augmentation or {})} | changes)


def build(polarity="signed", *, activation="relu", layers=None, shape=(1, 8, 8), **changes):
    return build_network(network_spec(polarity, **changes), architecture_spec(activation, layers), CROSSBAR, shape)


def device_spec(**changes):
    return DeviceSpec(**{"g_min_uS": 0.0, "g_max_uS": 20.0, "programming_noise": 0.04} | changes)


@pytest.fixture(scope="session")
def made_up() -> SimpleNamespace:
    """Specs and untrained networks; every choice can be changed by keyword."""
    return SimpleNamespace(
        network_spec=network_spec, architecture_spec=architecture_spec, training_spec=training_spec,
        device_spec=device_spec, build=build, crossbar=CROSSBAR,
    )  # fmt: skip


@pytest.fixture(scope="session")
def digits() -> dict[str, torch.Tensor]:
    """1,797 real digits in the form of a prepared dataset: every fifth a test example, five folds."""
    found = load_digits()
    inputs = torch.tensor(found.images, dtype=torch.float32).unsqueeze(1)
    classes = torch.tensor(found.target, dtype=torch.int64)
    test = torch.arange(len(classes)) % 5 == 0
    return {
        "train_x": inputs[~test], "train_y": classes[~test], "train_fold": torch.arange(int((~test).sum())) % 5,
        "test_x": inputs[test], "test_y": classes[test],
    }  # fmt: skip


@pytest.fixture(scope="session")
def splits(digits) -> tuple[Examples, Examples]:
    """Training and test examples."""
    return Examples(digits["train_x"], digits["train_y"]), Examples(digits["test_x"], digits["test_y"])


@pytest.fixture(scope="session")
def dataset(digits, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("datasets") / "digits.safetensors"
    write_tensors(path, digits, {"dataset": "digits"})
    return path
