"""How far each layer of a network on a chip is from a reference: one measure, whatever the reference is."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from xbar.network.layers import CrossbarLayer


class Compared(NamedTuple):
    """What one layer gives, of one shape: in the reference, and on the chip.

    `own`: for the inputs that the layer has in the reference. `accumulated`: for what the layers before it give.
    """

    wanted: Tensor
    own: Tensor
    accumulated: Tensor


@torch.no_grad()
def layer_errors(layers: Iterable[CrossbarLayer], compared: Iterable[Compared]) -> list[dict[str, Any]]:
    """Rows (layer, own_error, accumulated_error), one for each of `layers`, numbered from 0.

    The error is the root mean square error over the standard deviation in the reference. A layer that gives the same
    everywhere, such as a dead one, is measured in full scales of its ADC instead.
    """
    rows = []
    for number, (layer, (wanted, *found)) in enumerate(zip(layers, compared, strict=True)):
        unit = wanted.std()
        unit = unit if unit > 0 else layer.scales.current_max
        own, accumulated = (_short(float((values - wanted).square().mean().sqrt() / unit)) for values in found)
        rows.append({"layer": number, "own_error": own, "accumulated_error": accumulated})
    return rows


def _short(value: float) -> float:
    """Six digits: the errors are estimates from a few hundred inputs."""
    return float(f"{value:.6g}")
