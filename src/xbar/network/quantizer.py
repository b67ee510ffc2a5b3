"""Uniform quantisation with straight-through gradients and a learned full scale: DAC, weight and ADC alike."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

# The edges of the range pass gradients: otherwise a weight that was clipped to zero would never leave zero again.
# hardtanh_backward excludes its own edges, so they are set this much (relative) further out.
EDGE = 1e-6

# On a CPU the passes over memory cost as much as the convolutions. Parts of so many values, all tensors together
# (2 MiB), stay in the cache from one operation to the next, so that the operations read and write memory once. Parts of
# an eighth of this size took a tenth to a third longer, because they need more calls.
PIECE = 1 << 19


class _Quantize(torch.autograd.Function):
    """See `quantize`."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, full_scale: Tensor, codes: int, low: int, centred: bool) -> Tensor:
        scale = as_factor(full_scale)
        quantized = torch.empty_like(values)
        for piece, target in _pieces(values, quantized, centred=centred):
            torch.mul(piece, codes / scale, out=target).clamp_(low * codes, codes).round_().mul_(scale / codes)
            if centred:
                target.sub_(target.mean(1, keepdim=True))
        ctx.save_for_backward(values, quantized, full_scale)
        ctx.low, ctx.centred = low, centred
        return quantized

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        values, quantized, full_scale = ctx.saved_tensors
        scale = as_factor(full_scale)
        low, high = _edges(scale, ctx.low)
        inside, of_scale = torch.empty_like(values), []
        for g, v, q, target in _pieces(gradient, values, quantized, inside, centred=ctx.centred):
            if ctx.centred:  # then g sums to zero along the columns, so that the mean subtracted from q does not count
                g = torch.sub(g, g.mean(1, keepdim=True), out=target)
            along = _dot(g, q) if ctx.needs_input_grad[1] else None
            _pass_inside(g, v, low, high, target)
            if along is not None:
                # quantized = full_scale * q(values / full_scale): d/d full_scale = q - inside * values / full_scale
                of_scale.append(along - _dot(target, v))
        return inside, sum(of_scale[1:], of_scale[0]) / full_scale if of_scale else None, None, None, None


def as_factor(full_scale: Float[Tensor, ""]) -> float | Tensor:
    """A full scale as a factor: a number on a CPU, a tensor on a GPU, where reading it would wait for the GPU.

    A training step uses some fifty of them, and every wait leaves the GPU without work.
    """
    full_scale = full_scale.detach()
    return full_scale if full_scale.is_cuda else float(full_scale)


def _edges(scale: float | Tensor, low: int) -> tuple[float | Tensor, float | Tensor]:
    """The values between which gradients pass."""
    return (low - EDGE) * scale, (1 + EDGE) * scale


def _pass_inside(gradient: Tensor, values: Tensor, low: float | Tensor, high: float | Tensor, target: Tensor) -> None:
    """Write into `target` the gradient where low < values < high, else zero. `target` may be the gradient itself."""
    if isinstance(low, Tensor):
        torch.mul(gradient, (values > low) & (values < high), out=target)
    else:
        torch.ops.aten.hardtanh_backward.grad_input(gradient, values, low, high, grad_input=target)


def _pieces(*tensors: Tensor, centred: bool = False) -> Iterable[tuple[Tensor, ...]]:
    """Corresponding parts of `tensors`, small enough for the cache, or the whole tensors where layouts differ.

    Parts are flat, or of shape (places, columns) where `centred`.
    """
    first, columns = tensors[0], tensors[0].shape[1] if centred else 1
    flat = _flat(first, columns)
    if flat is None or first.is_cuda or any(tensor.stride() != first.stride() for tensor in tensors):
        return [tensors]
    views = (flat, *(tensor.as_strided(flat.shape, flat.stride()) for tensor in tensors[1:]))
    size = max(1, PIECE // len(tensors) // columns)
    return [views] if len(flat) <= size else zip(*(view.split(size) for view in views), strict=True)


def _flat(tensor: Tensor, columns: int = 1) -> Tensor | None:
    """`tensor` in memory order, in rows of `columns` values if more than one. None where this order has gaps."""
    if tensor.is_contiguous(memory_format=torch.channels_last):
        tensor = tensor.permute(0, 2, 3, 1)
    elif not tensor.is_contiguous() or (columns > 1 and tensor.dim() > 2):
        return None
    return tensor.view(-1) if columns == 1 else tensor.view(-1, columns)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    if a.dim() > 1 and a.stride() == b.stride() and (flat := _flat(a)) is not None:
        a, b = flat, b.as_strided(flat.shape, flat.stride())
    return torch.dot(a, b) if a.dim() == 1 else (a * b).sum()


def quantize(
    values: Float[Tensor, "*shape"], full_scale: Float[Tensor, ""], bits: int, *, signed: bool = False,
    centred: bool = False,
) -> Float[Tensor, "*shape"]:  # fmt: skip
    """Nearest of the levels full_scale * k / (2^bits - 1), k = 0 .. 2^bits - 1, or from -(2^bits - 1) if signed.

    A signed quantizer therefore has 2^(bits + 1) - 1 levels, as a pair of devices of `bits` bits has. `centred`: less
    their mean over axis 1. Gradients pass within the clipping range, edges included (clipping as in PACT, Choi et al.,
    2018). `full_scale` receives the gradient of LSQ (Esser et al., ICLR 2020).
    """
    return _Quantize.apply(values, full_scale, 2**bits - 1, -1 if signed else 0, centred)


@torch.no_grad()
def slope_of(
    values: Float[Tensor, "*shape"], quantized: Float[Tensor, "*shape"], full_scale: Float[Tensor, ""]
) -> Float[Tensor, "*shape"]:
    """The derivative of `quantized`, an unsigned quantisation of `values`, with respect to its full scale."""
    scale = as_factor(full_scale)
    low, high = _edges(scale, 0)
    slope = torch.empty_like(values)
    for v, q, target in _pieces(values, quantized, slope):
        _pass_inside(v, v, low, high, target)
        torch.sub(q, target, out=target).div_(scale)
    return slope


class _FromConstants(torch.autograd.Function):
    """See `from_constants`."""

    @staticmethod
    def forward(
        ctx: Any, sums: Tensor, full_scale: Tensor, slope: Tensor, weight: Tensor,
        product: Callable[[Tensor, Tensor], Tensor],
    ) -> Tensor:  # fmt: skip
        ctx.save_for_backward(slope.to(sums.dtype), weight.detach().to(sums.dtype))
        ctx.product, ctx.of_scale = product, full_scale.dtype
        return sums.view_as(sums)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        change = ctx.product(*ctx.saved_tensors)
        return gradient, _dot(gradient.to(ctx.of_scale), change.to(ctx.of_scale)), None, None, None


def from_constants(
    sums: Float[Tensor, "*sums"], full_scale: Float[Tensor, ""], slope: Float[Tensor, "*values"],
    weight: Float[Tensor, "*weight"], product: Callable[[Tensor, Tensor], Tensor],
) -> Float[Tensor, "*sums"]:  # fmt: skip
    """`sums` = product(quantised, weight), with a gradient for the full scale only; the values take none.

    `slope`: derivative of the quantised values, see `slope_of`. The product is linear, so that product(slope, weight)
    is the derivative of the sums. The usual backward pass would compute a gradient for every value, from which the full
    scale needs only one sum. For a convolution on a CPU that takes twice as long.
    """
    return _FromConstants.apply(sums, full_scale, slope, weight, product)


def along_outputs(values: Float[Tensor, " outputs"], like: Tensor) -> Tensor:
    """One value per output (or channel), shaped to broadcast over (batch, outputs, ...)."""
    return values.to(like).view(1, -1, *[1] * (like.dim() - 2))
