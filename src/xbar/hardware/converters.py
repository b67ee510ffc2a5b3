"""Converters that are not ideal: integral and differential non-linearity and missing codes, as transfer curves.

Definitions are those of IEEE Std 1241 (ADCs) and 1658 (DACs), with a line through the end points. Gain and offset are
therefore no part of a curve. Curves are static: they hold neither settling nor noise.
"""

from collections.abc import Sequence
from math import pi

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from xbar.config.variants import CurveSpec


def is_ideal(errors: CurveSpec) -> bool:
    """Whether a curve has no error."""
    return errors.inl_lsb == errors.dnl_lsb == errors.missing == 0


def curves(
    errors: CurveSpec, shape: Sequence[int], points: int, *, signed: bool, generator: Generator
) -> Float[Tensor, "*shape points"]:
    """Positions of the points of every converter (LSB, float64); those of an ideal one are 0, 1, 2, ...

    Points are the thresholds of an ADC, or the levels of a DAC. Positions never decrease, and the first and the last
    are ideal. Random widths are cut at zero and scaled to the ideal sum. In the middle of n codes the error therefore
    has the standard deviation dnl_lsb * sqrt(n) / 2, as in a ladder of resistors. A missing code has no width, and the
    code below it is wider.
    """
    level = torch.linspace(-1.0 if signed else 0.0, 1.0, points, dtype=torch.float64)
    widths = torch.ones(*shape, points - 1, dtype=torch.float64)
    if errors.dnl_lsb > 0:
        draw = torch.empty_like(widths).normal_(generator=generator)
        widths = (1 + errors.dnl_lsb * draw).clamp_min(1e-9)  # above zero, so that the sum is not zero
        widths *= (points - 1) / widths.sum(-1, keepdim=True)
    placed = torch.cat([widths.new_zeros(*shape, 1), widths.cumsum(-1)], -1)
    bent = errors.inl_lsb * torch.sin(pi * level)
    placed = (placed + bent).cummax(-1).values.clamp_max(points - 1)  # random widths may turn a bend back
    placed[..., -1] = points - 1
    if errors.missing > 0:
        inner = torch.empty_like(placed[..., 1:-1]).uniform_(generator=generator) < errors.missing
        placed[..., 1:-1] = placed[..., 1:-1].masked_fill(inner, torch.inf)
        placed = placed.flip(-1).cummin(-1).values.flip(-1)  # a missing point moves up to the next one
    return placed


def thresholds(
    errors: CurveSpec, shape: Sequence[int], bits: int, *, signed: bool, generator: Generator
) -> Float[Tensor, "*shape thresholds"]:
    """Inputs (LSB) at which the codes of ADCs change. An ideal ADC changes to code k at k - 1/2."""
    lowest = -(2**bits - 1) if signed else 0
    placed = curves(errors, shape, 2**bits - 1 - lowest, signed=signed, generator=generator)
    return placed + lowest + 0.5


def converted(
    values: Float[Tensor, "batch outputs *place"], edges: Float[Tensor, "outputs thresholds"], lowest: int
) -> Float[Tensor, "batch outputs *place"]:
    """Codes of inputs (LSB): `lowest` plus the number of thresholds that an input reaches. Each output has an ADC."""
    by_output = values.movedim(1, 0).flatten(1).contiguous()
    codes = torch.searchsorted(edges.to(by_output), by_output, right=True) + lowest
    moved = values.movedim(1, 0).shape
    return codes.to(values).view(moved).movedim(0, 1)


def levels(errors: CurveSpec, rows: int, bits: int, *, generator: Generator) -> Float[Tensor, "rows codes"]:
    """Outputs of the DACs of rows for each code, shares of full scale."""
    return curves(errors, [rows], 2**bits, signed=False, generator=generator) / (2**bits - 1)
