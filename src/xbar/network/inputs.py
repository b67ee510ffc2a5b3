"""What a network's inputs go through, digitally, before the first DAC: brightness, normalisation, no negatives."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from xbar.config.networks import ArchitectureSpec, BrightnessSpec

INPUT_SHIFT = 2.0  # standard deviations of the input: few values of a normal variable lie below
PIECE = 2000  # inputs at a time: all of CIFAR-10 as float64 would take more than a gigabyte


def darkened(
    inputs: Float[Tensor, "batch channels height width"], spec: BrightnessSpec | None
) -> Float[Tensor, "batch channels height width"]:
    """`inputs` less the share of their local brightness that `spec` says, or as they are.

    Neighbouring pixels are alike, so that the errors of a column's devices add up in proportion to the brightness,
    while filters look at differences. At the edges the window is cut.
    """
    if spec is None:
        return inputs
    brightness = inputs.mean(1, keepdim=True)
    local = functional.avg_pool2d(brightness, spec.window, 1, spec.window // 2, count_include_pad=False)
    return inputs - spec.share * local


def moments(inputs: Tensor, spec: BrightnessSpec | None) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (C, 1, 1) of each channel of `inputs` (N, C, H, W) less their brightness."""
    total, squares, count = 0.0, 0.0, inputs[:, 0].numel()
    for piece in inputs.split(PIECE):
        channels = darkened(piece.float(), spec).transpose(0, 1).flatten(1).double()
        total, squares = total + channels.sum(1), squares + channels.square().sum(1)
    mean = total / count
    std = ((squares - count * mean.square()) / (count - 1)).clamp_min(0).sqrt()
    return mean.view(-1, 1, 1), std.clamp_min(1e-6).view(-1, 1, 1)


def rows_of(values: Tensor, architecture: ArchitectureSpec) -> Tensor:
    """Normalised inputs as rows of a crossbar, which take no negative values: split into [x, -x], or shifted.

    Of [x, -x] the DACs keep the positive halves.
    """
    return torch.cat([values, -values], 1) if architecture.input == "split" else values + INPUT_SHIFT
