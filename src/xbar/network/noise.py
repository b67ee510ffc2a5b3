"""Random draws of programming noise, and the polynomial that gives their standard deviation."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Generator, Tensor


def polynomial(coefficients: Sequence[float], level: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Sum of coefficients[i] * level^i, or zero where that is negative."""
    total = torch.full_like(level, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total.mul_(level).add_(coefficient)
    return total.clamp_min_(0)


def plus(
    values: Float[Tensor, "*shape"], draw: Float[Tensor, "*shape"], factor: float | Float[Tensor, ""]
) -> Float[Tensor, "*shape"]:
    """`values` + `factor` * `draw` in one pass over memory; `factor` comes from `quantizer.as_factor`."""
    if isinstance(factor, Tensor):
        return torch.addcmul(values, draw, factor)
    return torch.add(values, draw, alpha=factor)


def normal_like(tensor: Float[Tensor, "*shape"], generator: Generator) -> Float[Tensor, "*shape"]:
    """Standard normal values with the shape and the memory layout of `tensor`, which has no gaps.

    They are drawn in memory order, because torch draws ten times as fast into contiguous tensors on a CPU.
    """
    draw = torch.empty(tensor.numel(), dtype=tensor.dtype, device=tensor.device).normal_(generator=generator)
    return draw.as_strided(tensor.shape, tensor.stride())
