"""The error of each layer of a network on a chip against a reference: one measure for all references."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from xbar.network.layers import CrossbarLayer


class Compared(NamedTuple):
    """Outputs of one layer, all of one shape: `wanted` in the reference, the others on the chip.

    `own`: for the inputs that the layer has in the reference. `accumulated`: for the outputs of the layers before it.
    """

    wanted: Tensor
    own: Tensor
    accumulated: Tensor


@torch.no_grad()
def layer_errors(layers: Iterable[CrossbarLayer], compared: Iterable[Compared]) -> list[dict[str, Any]]:
    """Rows (layer, own_error, accumulated_error), one for each of `layers`, numbered from 0.

    The error is the root mean square error over the standard deviation of the reference. A layer whose reference is
    constant, such as a dead one, is measured in full scales of its ADC instead.
    """
    rows = []
    for number, (layer, (wanted, *found)) in enumerate(zip(layers, compared, strict=True)):
        unit = wanted.std()
        unit = unit if unit > 0 else layer.scales.current_max
        own, accumulated = (_short(float((values - wanted).square().mean().sqrt() / unit)) for values in found)
        rows.append({"layer": number, "own_error": own, "accumulated_error": accumulated})
    return rows


def _short(value: float) -> float:
    """Six digits, because the errors are estimates from a few hundred inputs."""
    return float(f"{value:.6g}")
