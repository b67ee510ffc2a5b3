"""Which classes simulated chips take for which others."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from xbar.config.crossbars import DeviceSpec
from xbar.datasets.splits import check_labels
from xbar.hardware.laws import Laws
from xbar.hardware.mapping import Array
from xbar.network.architecture import Network
from xbar.network.chip import predict_chips
from xbar.training.chips import make_chip

CONFUSION_COLUMNS = ("chip", "actual", "predicted", "count")


def confusion_rows(
    network: Network, mapped: list[list[Array]], device: DeviceSpec, examples: tuple[Tensor, Tensor], chips: int,
    *, seed: int, laws: Laws,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Rows of `CONFUSION_COLUMNS`: how many examples of a class each noisy chip assigns to every class."""
    inputs, actual = examples
    classes = network.layers[-1].weight.shape[0]
    check_labels("the classes", actual, classes, "outputs")
    for number in range(chips):
        chip = make_chip(network, mapped, device, None, seed=seed, chip=number, laws=laws)
        predicted = predict_chips(network, [chip], inputs)[0]
        counts = torch.bincount(actual * classes + predicted, minlength=classes**2).view(classes, classes)
        for one, row in enumerate(counts.tolist()):
            for other, count in enumerate(row):
                yield dict(zip(CONFUSION_COLUMNS, (number, one, other, count), strict=True))
