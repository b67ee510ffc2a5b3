"""Specs and untrained networks small enough to train in a test, and scikit-learn's digits as the stages pass them on.

Every choice can be changed by keyword.
"""

from functools import cache
from pathlib import Path

import torch
from safetensors.torch import save
from sklearn.datasets import load_digits
from torch import nn

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import ArchitectureSpec, AugmentationSpec, LayerSpec, NetworkSpec, TrainingSpec
from xbar.files import write_tensors
from xbar.network.architecture import build_network
from xbar.network.contexts import matrix_layers, recording
from xbar.network.hardware import Hardware
from xbar.network.storage import state_of
from xbar.training.folds import Examples
from xbar.training.loop import Training
from xbar.training.start import start_network

CROSSBAR = CrossbarSpec(rows=64, columns=12)
ALTERNATE = {"group": 1, "assignment": "alternate"}


def hardware(polarity="signed", weight_bits=4, dac_bits=8, adc_bits=8, rows=64, **noise) -> Hardware:
    return Hardware(
        polarity=polarity, weight_bits=weight_bits, dac_bits=dac_bits, adc_bits=adc_bits, rows=rows, **noise
    )  # fmt: skip


def network_spec(polarity="signed", **changes) -> NetworkSpec:
    analog = {} if polarity == "float" else {"weight_bits": 2, "scale": "network"}
    signs = {"signs": ALTERNATE} if polarity == "mixed" else {}
    named = {"dataset": "digits", "architecture": "tiny", "training": "tiny"}
    return NetworkSpec(**named | {"polarity": polarity} | analog | signs | changes)


def architecture_spec(activation="relu", layers=None) -> ArchitectureSpec:
    layers = layers or [{"conv": 8, "kernel": 3, "pool": 2}, {"linear": 10}]
    return ArchitectureSpec(activation=activation, layers=[LayerSpec(**layer) for layer in layers])


def training_spec(augmentation=None, **changes) -> TrainingSpec:
    plain = {"epochs": 3, "batch": 64, "learning_rate": 0.01, "weight_decay": 0.0, "label_smoothing": 0.0}
    return TrainingSpec(**plain | {"augmentation": AugmentationSpec(**augmentation or {})} | changes)


def build(polarity="signed", *, activation="relu", layers=None, shape=(1, 8, 8), **changes) -> nn.Module:
    entry = network_spec(polarity, **changes)
    network = build_network(entry, architecture_spec(activation, layers), CROSSBAR, shape)
    network.entry = entry  # for `start` and `training_of`
    return network


def device_spec(**changes) -> DeviceSpec:
    return DeviceSpec(**{"g_min_uS": 0.0, "g_max_uS": 20.0, "programming_noise": 0.04} | changes)


@cache
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


def splits() -> tuple[Examples, Examples]:
    """Training and test examples of the digits."""
    found = digits()
    return Examples(found["train_x"], found["train_y"]), Examples(found["test_x"], found["test_y"])


def write_digits(folder: Path) -> Path:
    """The digits as a file of a stage."""
    write_tensors(folder / "digits.safetensors", digits(), {"dataset": "digits"})
    return folder / "digits.safetensors"


def start(network: nn.Module, inputs: torch.Tensor, *, seed: int = 0, warm_start: Path | None = None) -> nn.Module:
    """`start_network` for what `build` made."""
    start_network(network, network.entry, inputs, seed=seed, warm_start=warm_start)
    return network


def training_of(network, train, validation, spec, *, seed=0, **more) -> Training:
    """A training of what `build` made."""
    about = {"architecture": str(network)}
    return Training(network, train, validation, spec, entry=network.entry, seed=seed, about=about, **more)


def layers_of(network: nn.Module) -> list[nn.Module]:
    return list(matrix_layers(network).values())


def inputs_and_sums(network: nn.Module, inputs: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """What each crossbar layer takes and what its ADCs hand over."""
    with recording(network) as seen:
        network(inputs)
    return [of_layer[0] for of_layer in seen.values()]


def bytes_of(network: nn.Module) -> bytes:
    """Its state dict as a file would hold it."""
    return save({name: value.contiguous() for name, value in state_of(network).items()})
