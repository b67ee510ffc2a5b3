"""Linear and convolution layers as crossbars compute them: DAC, noisy devices, one ADC conversion per row tile."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn import functional

from xbar.hardware.tiling import channels_per_tile
from xbar.network.quantizer import as_factor, quantize


class Hardware(NamedTuple):
    """What a crossbar layer is trained for.

    `polarity`: signed, unipolar or mixed; bits of DAC, one device and ADC (a signed one has its sign
    besides); `rows` of one array; `noise`: standard deviation of a device's programming as a polynomial in its
    level, sum of noise[i] * level^i, both shares of full-scale conductance (one term: the same at every level).
    """

    polarity: str
    weight_bits: int
    dac_bits: int
    adc_bits: int
    rows: int
    noise: tuple[float, ...]


class Scales(nn.Module):
    """Full scales of DAC (x_max), device (w_max) and ADC (i_max, in units of x_max * w_max), learned as logarithms."""

    def __init__(self) -> None:
        super().__init__()
        self.log_x_max = nn.Parameter(torch.zeros(()))
        self.log_w_max = nn.Parameter(torch.zeros(()))
        self.log_i_max = nn.Parameter(torch.zeros(()))

    @property
    def x_max(self) -> Float[Tensor, ""]:
        return self.log_x_max.exp()

    @property
    def w_max(self) -> Float[Tensor, ""]:
        return self.log_w_max.exp()

    @property
    def current_max(self) -> Float[Tensor, ""]:
        """ADC full scale in the units of the weighted sums: x_max * w_max * i_max."""
        return (self.log_x_max + self.log_w_max + self.log_i_max).exp()


class CrossbarLayer:
    """What linear and convolution layers on crossbars share; the state dict stays that of the plain layer.

    Weights of unipolar layers are magnitudes. `floor`: how far weights may reach below zero, share of full scale: 1 in
    signed layers, 0 in unipolar ones, in between while signs are learned.
    """

    weight: Tensor
    hardware: Hardware
    tiles: int
    floor: float

    def set_hardware(self, hardware: Hardware) -> None:
        """Choose the hardware; ValueError where a kernel does not fit into an array."""
        self.hardware = hardware
        self.floor = 1.0 if hardware.polarity == "signed" else 0.0
        self.tiles = ceil(self.weight.shape[1] / channels_per_tile(self.weight.shape, hardware.rows))

    @property
    def signed(self) -> bool:
        return self.floor > 0

    def quantized_weight(self, scales: Scales) -> Tensor:
        """Weights as the devices hold them without noise; magnitudes in unipolar layers."""
        return quantize(self.weight, scales.w_max, self.hardware.weight_bits, signed=self.signed)

    def noisy_weight(self, scales: Scales, generator: Generator | None) -> Tensor:
        """Quantised weights with one draw of programming noise per device; a differential pair has two devices."""
        weight = self.quantized_weight(scales)
        if generator is None or not any(self.hardware.noise):
            return weight
        draw, w_max = normal_like(weight, generator), as_factor(scales.w_max)
        if len(self.hardware.noise) > 1:
            draw *= self._deviation(weight.detach().abs() / w_max)
            return plus(weight, draw, w_max)
        pair = 2**0.5 if self.signed else 1.0
        return plus(weight, draw, self.hardware.noise[0] * pair * w_max)

    def _deviation(self, level: Tensor) -> Tensor:
        """Standard deviation of weights at `level`, shares of full scale; the other device of a pair rests at zero."""
        one = polynomial(self.hardware.noise, level)
        return (one.square() + max(self.hardware.noise[0], 0.0) ** 2).sqrt() if self.signed else one

    def forward(self, inputs: Tensor, scales: Scales, generator: Generator | None = None) -> Tensor:
        """DAC, arrays and ADC for `inputs` (batch first); noise is drawn where a generator is given."""
        return self.convert(self.drive(inputs, scales), self.noisy_weight(scales, generator), scales)

    def drive(self, inputs: Tensor, scales: Scales) -> Tensor:
        """What the DACs put on the rows."""
        return quantize(inputs, scales.x_max, self.hardware.dac_bits)

    def convert(self, inputs: Tensor, weight: Tensor, scales: Scales) -> Tensor:
        """Sum over row tiles of the digitised currents of each tile."""
        current_max = scales.current_max
        total = None
        for current in self.tile_currents(inputs, weight):
            if current.dtype == torch.bfloat16:
                current = current.float()  # its 8 bits would be coarser than the ADC
            digital = quantize(current, current_max, self.hardware.adc_bits, signed=self.signed)
            total = digital if total is None else total + digital
        return total

    def tile_currents(self, inputs: Tensor, weight: Tensor) -> Iterator[Tensor]:
        """Column currents of one row tile after the other; ValueError for inputs of other axes than the layer's."""
        check_axes(type(self).__name__, inputs, weight.shape)
        if self.tiles == 1:
            yield self.currents(inputs, weight)
            return
        size = channels_per_tile(weight.shape, self.hardware.rows)
        for piece, tile in zip(inputs.split(size, 1), weight.split(size, 1), strict=True):
            yield self.currents(piece, tile)


def check_axes(name: str, inputs: Tensor, weight_shape: Sequence[int]) -> None:
    """ValueError unless `inputs` has a batch, the channels of a weight (outputs, channels, *kernel) and its axes.

    torch takes more axes, or none for the batch, and counts the channels on another one than tiles and biases do.
    """
    _, channels, *kernel = weight_shape
    if inputs.dim() != len(weight_shape) or inputs.shape[1] != channels:
        axes = {0: "", 1: ", length", 2: ", height, width"}[len(kernel)]
        raise ValueError(f"{name} takes inputs of shape (batch, {channels}{axes}), not {tuple(inputs.shape)}")


def polynomial(coefficients: Sequence[float], level: Tensor) -> Tensor:
    """Sum of coefficients[i] * level^i, and zero where that is negative."""
    total = torch.full_like(level, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total.mul_(level).add_(coefficient)
    return total.clamp_min_(0)


def plus(values: Tensor, draw: Tensor, factor: float | Tensor) -> Tensor:
    """`values` + factor * `draw` in one pass; the factor is what `as_factor` gives."""
    if isinstance(factor, Tensor):
        return torch.addcmul(values, draw, factor)
    return torch.add(values, draw, alpha=factor)


def normal_like(tensor: Tensor, generator: Generator) -> Tensor:
    """Standard normal values with the shape and the layout of `tensor`.

    Drawn in the order of its memory: torch has a fast path for contiguous tensors only (ten times on a CPU).
    """
    draw = torch.empty(tensor.numel(), dtype=tensor.dtype, device=tensor.device).normal_(generator=generator)
    return draw.as_strided(tensor.shape, tensor.stride())


class CrossbarLinear(CrossbarLayer, nn.Linear):
    """nn.Linear on crossbars; inputs of shape (batch, fan-in)."""

    def currents(self, inputs: Float[Tensor, "batch rows"], weight: Tensor) -> Float[Tensor, "batch columns"]:
        return functional.linear(inputs, weight)


class CrossbarConv2d(CrossbarLayer, nn.Conv2d):
    """nn.Conv2d on crossbars; inputs of shape (batch, channels, height, width)."""

    def currents(self, inputs: Tensor, weight: Tensor) -> Tensor:
        return functional.conv2d(inputs, weight, None, self.stride, self.padding)


class CrossbarConv1d(CrossbarLayer, nn.Conv1d):
    """nn.Conv1d on crossbars; inputs of shape (batch, channels, length)."""

    def currents(self, inputs: Tensor, weight: Tensor) -> Tensor:
        return functional.conv1d(inputs, weight, None, self.stride, self.padding)
