"""The digital affine behind the ADCs: batch-norm, or one bias for every column where its gain is in the weights."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ColumnBias(nn.Module):
    """y - mean + bias for every column: nothing to multiply behind the ADCs.

    In training the mean is that of the batch, in use the running one, so that a single number a column is left. The
    gain of batch-norm is part of the weights that the devices hold (as in Jacob et al., CVPR 2018, section 3.2).
    """

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(columns))
        self.register_buffer("running_mean", torch.zeros(columns))
        self.momentum: float | None = 0.1  # as torch's batch-norm; None: plain mean over batches
        self.batches = 0

    def reset_running_stats(self) -> None:
        """Forget the running mean."""
        self.running_mean.zero_()
        self.batches = 0

    def forward(self, values: Float[Tensor, "batch columns *place"]) -> Float[Tensor, "batch columns *place"]:
        mean = self.running_mean
        if self.training:
            mean = values.mean([axis for axis in range(values.dim()) if axis != 1])
            self.batches += 1
            self.running_mean.lerp_(mean.detach(), 1 / self.batches if self.momentum is None else self.momentum)
        return values + (self.bias - mean).view(1, -1, *[1] * (values.dim() - 2))


def in_use(norm: nn.Module, values: Float[Tensor, "batch columns *place"]) -> Float[Tensor, "batch columns *place"]:
    """What `norm` makes of `values`; outside training a multiply-add in one pass of memory.

    torch's batch-norm takes about twice as long for it on a CPU.
    """
    trains = norm.training or torch.is_grad_enabled()
    if trains or isinstance(norm, ColumnBias) or values.dtype != norm.weight.dtype:
        return norm(values)
    gain = norm.weight / (norm.running_var + norm.eps).sqrt()
    shift = norm.bias - norm.running_mean * gain
    shape = (1, -1, *[1] * (values.dim() - 2))
    return torch.addcmul(shift.view(shape), values, gain.view(shape))
