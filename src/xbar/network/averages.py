"""Means over parts of a map, whose gradients keep the layout of the map."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class AvgPool2d(nn.AvgPool2d):
    """torch's average pooling, with a gradient in the layout of its inputs.

    Flattening hands back a gradient in the order of the axes, for which torch's pooling of a channels-last map takes
    five times as long on a CPU. To reorder it first is cheap, as it is the small side of the pooling.
    """

    def forward(self, input: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch channels rows cols"]:
        """The means; numbers and gradients are those of torch."""
        means = super().forward(input)
        if means.requires_grad and input.is_contiguous(memory_format=torch.channels_last):
            means.register_hook(_channels_last)
        return means


def _channels_last(gradient: Tensor) -> Tensor:
    return gradient.contiguous(memory_format=torch.channels_last)
