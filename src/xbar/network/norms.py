"""Batch-norm, the digital affine behind the ADCs, in one pass over memory in evaluation."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class BatchNorm1d(nn.BatchNorm1d):
    """torch's batch-norm. In evaluation without gradients `apply_norm` computes it."""

    def forward(self, input: Tensor) -> Tensor:
        return apply_norm(self, input) if _in_use(self, input) else super().forward(input)


class BatchNorm2d(nn.BatchNorm2d):
    """torch's batch-norm. In evaluation without gradients `apply_norm` computes it."""

    def forward(self, input: Tensor) -> Tensor:
        return apply_norm(self, input) if _in_use(self, input) else super().forward(input)


def _in_use(norm: nn.BatchNorm1d | nn.BatchNorm2d, values: Tensor) -> bool:
    return not norm.training and not torch.is_grad_enabled() and values.dtype == norm.weight.dtype


def apply_norm(
    norm: nn.BatchNorm1d | nn.BatchNorm2d, values: Float[Tensor, "batch columns *place"]
) -> Float[Tensor, "batch columns *place"]:
    """The result of `norm` with its running statistics, as one multiply-add.

    On a CPU torch's batch-norm takes about twice as long.
    """
    assert norm.running_mean is not None and norm.running_var is not None
    gain = norm.weight / (norm.running_var + norm.eps).sqrt()
    shift = norm.bias - norm.running_mean * gain
    shape = (1, -1, *[1] * (values.dim() - 2))
    return torch.addcmul(shift.view(shape), values, gain.view(shape))
