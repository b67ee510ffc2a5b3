"""Average pooling whose gradient has the memory layout of its input."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class AvgPool2d(nn.AvgPool2d):
    """torch's average pooling, with a gradient in the layout of its inputs.

    A flattening behind it gives back a contiguous gradient. For a channels-last input, torch's pooling then takes five
    times as long on a CPU. The gradient is reordered before the pooling, where it is still small.
    """

    def forward(self, input: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch channels rows cols"]:
        """The means. Values and gradients are those of torch."""
        means = super().forward(input)
        if means.requires_grad and input.is_contiguous(memory_format=torch.channels_last):
            means.register_hook(_channels_last)
        return means


def _channels_last(gradient: Tensor) -> Tensor:
    return gradient.contiguous(memory_format=torch.channels_last)
