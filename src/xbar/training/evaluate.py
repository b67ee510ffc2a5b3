"""Accuracy of networks on examples, and its rows in the tidy table."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor

from xbar.files import is_finite, read_tensors
from xbar.network.architecture import Network
from xbar.training.folds import Examples, split_fold, validation_fold

ACCURACY_COLUMNS = (
    "network", "dataset", "architecture", "weight_bits", "polarity", "scale", "mapping", "device", "condition",
    "seed", "chip", "split", "accuracy",
)  # fmt: skip
BATCH = 500


@torch.no_grad()
def predict(network: Network, inputs: Tensor, noise: Generator | None = None) -> Tensor:
    """Class numbers (N) for `inputs` (N, C, H, W); noise is drawn anew per batch where a generator is given.

    Computed where the network is. FloatingPointError for scores that are not finite.
    """
    network.eval()
    scores = torch.cat([network(batch.to(network.mean.device), noise) for batch in inputs.split(BATCH)])
    if not is_finite(scores):
        raise FloatingPointError("the network's scores hold NaN or infinity; no class can be told from them")
    return scores.argmax(1).to(inputs.device)


def accuracy(network: Network, examples: tuple[Tensor, Tensor], noise: Generator | None = None) -> float:
    """Share of the examples (inputs, class numbers) that the network classifies rightly."""
    inputs, classes = examples
    return float((predict(network, inputs, noise) == classes).double().mean())


def evaluation_splits(dataset: str | Path, about: dict[str, Any]) -> dict[str, Examples]:
    """Validation examples of the network described by `about`, and test examples."""
    data, _ = read_tensors(dataset)
    _, validation = split_fold(data, validation_fold(data, about["seed"]))
    splits = {"validation": validation, "test": Examples(data["test_x"], data["test_y"])}
    return {name: examples for name, examples in splits.items() if len(examples.y)}


def accuracy_rows(
    name: str, about: dict[str, Any], results: Iterable[dict[str, Any]], *, mapping: str
) -> Iterable[dict[str, Any]]:
    """Rows of `ACCURACY_COLUMNS` from rows (condition, chip, split, accuracy) of one network."""
    spec = about["network"]
    fixed = {key: spec[key] for key in ("dataset", "architecture", "weight_bits", "polarity", "scale")}
    fixed |= {
        "network": name,
        "seed": about["seed"],
        "mapping": mapping,
        "device": spec["device"] if mapping else "",
    }
    return ({**fixed, **row} for row in results)
