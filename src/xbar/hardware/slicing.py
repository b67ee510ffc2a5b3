"""Weights with more bits than a device, sliced over several devices of fewer bits."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Slice(NamedTuple):
    """The part of each weight that one device holds, as share of its full scale, and the factor of this part."""

    share: Float[Tensor, "outputs channels *kernel"]
    factor: float


def slice_weights(share: Float[Tensor, "outputs channels *kernel"], weight_bits: int, device_bits: int) -> list[Slice]:
    """Slices, most significant first. The sum of factor * share is `share`, codes of `weight_bits` bits of any sign.

    4-bit weights on two 2-bit devices: code = 4 * high + low, so that w = 0.8 * high / 3 + 0.2 * low / 3. ValueError
    unless the bits of the device divide those of the weight, and for shares that are no codes.
    """
    if weight_bits % device_bits:
        raise ValueError(f"slice_bits {device_bits} does not divide weight_bits {weight_bits}")
    codes, base = 2**weight_bits - 1, 2**device_bits
    code = share.double() * codes
    if not torch.allclose(code, code.round(), rtol=0, atol=1e-6):
        raise ValueError(f"weights are no multiples of 1/{codes}, the step of {weight_bits} bits")
    sign, magnitude = code.sign(), code.abs().round()
    slices = []
    for place in reversed(range(weight_bits // device_bits)):
        digit = torch.floor(magnitude / base**place) % base
        slices.append(Slice(sign * digit / (base - 1), base**place * (base - 1) / codes))
    return slices
