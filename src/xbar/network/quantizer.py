"""Uniform quantisation with straight-through gradients and a learned full scale: DAC, weight and ADC alike."""

from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

# The edges of the range pass gradients: a weight that was clipped to zero would never leave it again.
# hardtanh_backward leaves its own edges out, so they are set this much (relative) further out.
EDGE = 1e-6

# On a CPU the passes over memory cost as much as the convolutions. Pieces of this many values stay in the cache
# (1 MiB each) from one operation to the next, so that all of them together read and write once. Smaller ones pay
# for more calls: 2^16 took a tenth longer on the activations of 512 CIFAR-10 images, 2^13 three times as long.
PIECE = 1 << 18


class _Quantize(torch.autograd.Function):
    """See `quantize`."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, full_scale: Tensor, codes: int, low: int) -> Tensor:
        scale = as_factor(full_scale)
        quantized = torch.empty_like(values)
        for piece, target in _pieces(values, quantized):
            torch.mul(piece, codes / scale, out=target).clamp_(low * codes, codes).round_().mul_(scale / codes)
        ctx.save_for_backward(values, quantized, full_scale)
        ctx.low = low
        return quantized

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        values, quantized, full_scale = ctx.saved_tensors
        scale = as_factor(full_scale)
        low, high = (ctx.low - EDGE) * scale, (1 + EDGE) * scale
        inside, of_scale = torch.empty_like(values), []
        for g, v, q, target in _pieces(gradient, values, quantized, inside):
            _pass_inside(g, v, low, high, target)
            if ctx.needs_input_grad[1]:
                # quantized = full_scale * q(values / full_scale): d/d full_scale = q - inside * values / full_scale
                of_scale.append(_dot(g, q) - _dot(target, v))
        return inside, sum(of_scale) / full_scale if of_scale else None, None, None


def as_factor(full_scale: Float[Tensor, ""]) -> float | Tensor:
    """A full scale to compute with: a number on a CPU; on a GPU as it is, because reading it would wait for the GPU.

    A training step reads some fifty of them, and every wait lets the GPU run dry.
    """
    full_scale = full_scale.detach()
    return full_scale if full_scale.is_cuda else float(full_scale)


def _pass_inside(gradient: Tensor, values: Tensor, low: float | Tensor, high: float | Tensor, target: Tensor) -> None:
    """Into `target` the gradient where low < values < high, else zero."""
    if isinstance(low, Tensor):
        torch.mul(gradient, (values > low) & (values < high), out=target)
    else:
        torch.ops.aten.hardtanh_backward.grad_input(gradient, values, low, high, grad_input=target)


def _pieces(*tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Corresponding parts of `tensors`, flat and small enough for the cache; whole ones where layouts differ."""
    first = tensors[0]
    dense = first.is_contiguous() or first.is_contiguous(memory_format=torch.channels_last)
    if not dense or first.is_cuda or any(tensor.stride() != first.stride() for tensor in tensors):
        return iter([tensors])
    return zip(*(_flat(tensor).split(PIECE) for tensor in tensors), strict=True)


def _flat(tensor: Tensor) -> Tensor:
    return tensor.view(-1) if tensor.is_contiguous() else tensor.permute(0, 2, 3, 1).view(-1)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return torch.dot(a, b) if a.dim() == 1 else (a * b).sum()


def quantize(
    values: Float[Tensor, "*shape"], full_scale: Float[Tensor, ""], bits: int, *, signed: bool = False
) -> Float[Tensor, "*shape"]:
    """Nearest of the levels full_scale * k / (2^bits - 1), k = 0 .. 2^bits - 1, or from -(2^bits - 1) if signed.

    A signed quantizer therefore has 2^(bits + 1) - 1 levels: `bits` and a sign, as a pair of
    `bits`-bit devices has. Gradients pass inside the clipping range, edges included; `full_scale` receives its own
    (LSQ, Esser et al., ICLR 2020; clipping as in PACT, Choi et al., 2018).
    """
    return _Quantize.apply(values, full_scale, 2**bits - 1, -1 if signed else 0)
