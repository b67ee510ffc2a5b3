"""Uniform quantisation with straight-through gradients and a learned full scale: DAC, weight and ADC alike."""

import torch
from jaxtyping import Float
from torch import Tensor

# The edges of the range pass gradients: a weight that was clipped to zero would never leave it again.
# hardtanh_backward leaves its own edges out, so they are set this much (relative) further out.
EDGE = 1e-6


class _Quantize(torch.autograd.Function):
    """See `quantize`. Few passes over memory, because on a CPU they cost as much as the convolutions."""

    @staticmethod
    def forward(ctx, values: Tensor, full_scale: Tensor, codes: int, low: int) -> Tensor:
        scale = float(full_scale)
        quantized = values * (codes / scale)
        quantized.clamp_(low * codes, codes).round_().mul_(scale / codes)
        ctx.save_for_backward(values, quantized, full_scale)
        ctx.low = low
        return quantized

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        values, quantized, full_scale = ctx.saved_tensors
        scale = float(full_scale)
        edge = EDGE * scale
        inside = torch.ops.aten.hardtanh_backward(gradient, values, ctx.low * scale - edge, scale + edge)
        of_scale = None
        if ctx.needs_input_grad[1]:
            # quantized = full_scale * q(values / full_scale): d/d full_scale = q - inside * values / full_scale
            of_scale = (_dot(gradient, quantized) - _dot(inside, values)) / full_scale
        return inside, of_scale, None, None


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """Sum of products; without a copy where both tensors lie alike in memory."""
    if a.stride() != b.stride() or not (a.is_contiguous() or a.is_contiguous(memory_format=torch.channels_last)):
        return (a * b).sum()
    return torch.dot(_flat(a), _flat(b))


def _flat(tensor: Tensor) -> Tensor:
    return tensor.view(-1) if tensor.is_contiguous() else tensor.permute(0, 2, 3, 1).view(-1)


def quantize(
    values: Float[Tensor, "*shape"], full_scale: Float[Tensor, ""], bits: int, *, signed: bool = False
) -> Float[Tensor, "*shape"]:
    """Nearest of the levels full_scale * k / (2^bits - 1), k = 0 .. 2^bits - 1, or from -(2^bits - 1) if signed.

    A signed quantizer therefore has 2^(bits + 1) - 1 levels: `bits` and a sign, as a differential pair of
    `bits`-bit devices has. Gradients pass inside the clipping range, edges included; `full_scale` receives its own
    (LSQ, Esser et al., ICLR 2020; clipping as in PACT, Choi et al., 2018).
    """
    return _Quantize.apply(values, full_scale, 2**bits - 1, -1 if signed else 0)
