"""Linear and convolution layers as crossbars compute them: DAC, noisy devices, one ADC conversion per row tile."""

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import Any, Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn import functional

from xbar.hardware.tiling import channels_per_tile
from xbar.network.hardware import Hardware, Scales
from xbar.network.noise import normal_like, plus, polynomial
from xbar.network.quantizer import as_factor, from_constants, quantize, slope_of

INPUT_SHIFT = 2.0  # added to shifted inputs, in their standard deviations: few normal values lie below
Inputs = Literal["positive", "halved", "shifted"]


class Edges(NamedTuple):
    """Padding of the inputs before the DACs: values at the ends of each axis, the last axis first, and their mode."""

    widths: tuple[int, ...]
    mode: str


class CrossbarLayer(nn.Module):
    """What linear and convolution layers on crossbars share; `crossbar_layer` makes one of a plain layer.

    Rows take no negative values. `takes` says how inputs come. `positive`: zero or more; the DAC cuts what is below.
    `halved`: signed inputs with their negatives beside them, twice the channels, of which the DACs keep the positive
    halves. `shifted`: signed inputs, shifted by INPUT_SHIFT. `weight`: of these rows; magnitudes in unipolar layers.
    `floor`: how far weights may reach below zero, share of full scale: 1 in signed layers, 0 in unipolar ones, between
    them while signs are learned. Digital, behind the ADCs: the mean over all columns is subtracted (`centred`), each
    column counts with its `sign`, and the bias is added. `name`: how messages call the layer. `blocks`: groups of a
    grouped convolution, whose weights stand along the diagonal of a dense matrix, zeros elsewhere. `edges`: what is
    put around the inputs before the DACs, where the convolution itself does not (see `Edges`).
    `generator`: draws the noise, where there is one (see `contexts.noisy`). `stand_in`: computes the digitised sums
    in place of this layer's own devices (see `contexts.standing_in`).
    """

    weight: Tensor
    bias: Tensor | None
    sign: Tensor
    scales: Scales
    hardware: Hardware
    floor: float
    takes: Inputs
    centred: bool
    name: str
    blocks: int = 1
    edges: Edges | None = None
    generator: Generator | None = None
    stand_in: Callable[[Tensor], Tensor] | None = None

    @property
    def signed(self) -> bool:
        return self.floor > 0

    @property
    def channels(self) -> int:
        """Channels (features) of the layer's inputs, before they are halved."""
        return self.weight.shape[1] // (2 if self.takes == "halved" else 1)

    def tiles(self, rows: int | None = None) -> int:
        """Arrays of `rows` rows (those of the hardware) that the layer's rows take, each with conversions of its own.

        ValueError where a kernel does not fit into an array.
        """
        return ceil(self.weight.shape[1] / channels_per_tile(self.weight.shape, rows or self.hardware.rows))

    def forward(self, input: Tensor) -> Tensor:
        """Outputs for `input`, of the axes that torch's own layer takes; ValueError for others."""
        check_axes(self.name, input, (len(self.weight), self.channels, *self.weight.shape[2:]))
        outputs = self.digital(self._centred_sums(self.batched(input)))
        return outputs if input.dim() == self.weight.dim() else outputs.reshape(*input.shape[:-1], len(self.weight))

    def batched(self, inputs: Tensor) -> Float[Tensor, "batch channels *place"]:
        """`inputs` with one batch axis, and with their `edges`: what a chip's layer and `sums` take."""
        if self.weight.dim() == 2 and inputs.dim() != 2:
            return inputs.reshape(-1, self.channels)
        return inputs if self.edges is None else functional.pad(inputs, self.edges.widths, self.edges.mode)

    def _centred_sums(self, inputs: Tensor) -> Tensor:
        if self.stand_in is None:
            return self.sums(inputs, centred=self.centred)
        sums = self.stand_in(inputs)
        return sums - sums.mean(1, keepdim=True) if self.centred else sums

    def sums(self, inputs: Tensor, *, centred: bool = False) -> Tensor:
        """What DACs, arrays and ADCs make of `batched` inputs; noise is drawn where there is a generator.

        `centred`: less the mean over all columns, for which the ADC's values are in the processor's cache.
        """
        values, x_max = self.on_rows(inputs), self.scales.x_max
        if values.requires_grad or not x_max.requires_grad:
            return self.convert(self.drive(values), self.noisy_weight(), centred)
        driven = quantize(values, x_max.detach(), self.hardware.dac_bits)
        return self.convert(driven, self.noisy_weight(), centred, (x_max, slope_of(values, driven, x_max)))

    def on_rows(self, inputs: Float[Tensor, "batch channels *place"]) -> Float[Tensor, "batch rows *place"]:
        """`inputs` as the rows take them."""
        if self.takes == "halved":
            return torch.cat([inputs, -inputs], 1)
        return inputs + INPUT_SHIFT if self.takes == "shifted" else inputs

    def drive(self, values: Float[Tensor, "batch channels *place"]) -> Float[Tensor, "batch channels *place"]:
        """What the DACs put on the rows."""
        return quantize(values, self.scales.x_max, self.hardware.dac_bits)

    def quantized_weight(self) -> Tensor:
        """Weights as the devices hold them without noise; magnitudes in unipolar layers."""
        return quantize(self.weight, self.scales.w_max, self.hardware.weight_bits, signed=self.signed)

    def noisy_weight(self) -> Tensor:
        """Quantised weights with one draw of programming noise per device; a signed weight is a pair of devices."""
        weight, law = self.quantized_weight(), self.hardware.noise_polynomial
        if self.generator is None or not any(law):
            return weight
        draw, w_max = normal_like(weight, self.generator), as_factor(self.scales.w_max)
        if len(law) > 1:
            draw *= self._deviation(weight.detach().abs() / w_max)
            return plus(weight, draw, w_max)
        pair = 2**0.5 if self.signed else 1.0
        return plus(weight, draw, law[0] * pair * w_max)

    def _deviation(self, level: Tensor) -> Tensor:
        """Standard deviation of weights at `level`, shares of full scale; the other device of a pair rests at zero."""
        law = self.hardware.noise_polynomial
        one = polynomial(law, level)
        return (one.square() + max(law[0], 0.0) ** 2).sqrt() if self.signed else one

    def convert(
        self, driven: Float[Tensor, "batch channels *place"], weight: Float[Tensor, "columns channels *kernel"],
        centred: bool = False, constant: tuple[Tensor, Tensor] | None = None,
    ) -> Float[Tensor, "batch columns *outputs"]:  # fmt: skip
        """Sum over row tiles of the digitised currents of each tile.

        `constant`: full scale and slope of DACs whose inputs take no gradient (see `from_constants`).
        """
        current_max, currents = self.scales.current_max, self.tile_currents(driven, weight)
        if constant is not None:
            currents = self._following(*constant, currents, weight)
        total: Tensor | None = None
        for current in currents:
            if current.dtype == torch.bfloat16:
                current = current.float()  # its 8 bits would be coarser than the ADC
            digital = quantize(current, current_max, self.hardware.adc_bits, signed=self.signed, centred=centred)
            total = digital if total is None else total + digital
        assert total is not None
        return total

    def tile_currents(self, driven: Tensor, weight: Tensor, rows: int | None = None) -> Iterator[Tensor]:
        """Column currents of one row tile after the other, in arrays of `rows` rows (those of the hardware)."""
        tiles = (self._in_tiles(values, rows) for values in (driven, weight))
        return (self.currents(piece, tile) for piece, tile in zip(*tiles, strict=True))

    def _in_tiles(self, values: Tensor, rows: int | None = None) -> Sequence[Tensor]:
        size = channels_per_tile(self.weight.shape, rows or self.hardware.rows)
        return [values] if size >= self.weight.shape[1] else values.split(size, 1)

    def _following(self, x_max: Tensor, slope: Tensor, currents: Iterator[Tensor], weight: Tensor) -> Iterator[Tensor]:
        """The currents of each tile, whose gradients reach the DACs' full scale."""
        for current, piece, tile in zip(currents, self._in_tiles(slope), self._in_tiles(weight), strict=True):
            yield from_constants(current, x_max, piece, tile, self.currents)

    def currents(self, driven: Tensor, weight: Tensor) -> Tensor:
        """Sums of the columns of one row tile."""
        raise NotImplementedError

    def digital(self, sums: Float[Tensor, "batch columns *outputs"]) -> Float[Tensor, "batch columns *outputs"]:
        """Outputs from the sums. The mean is gone from them already: after the column signs it would mostly cancel."""
        if self.hardware.polarity == "mixed":
            sums = sums * along_outputs(self.sign, sums)
        return sums if self.bias is None else sums + along_outputs(self.bias, sums)

    @torch.no_grad()
    def clip_weight(self) -> None:
        """Bring weights that training pushed past their range back to its edge, and those between blocks to zero."""
        w_max = as_factor(self.scales.w_max)
        if self.blocks > 1:
            self.weight.mul_(self._within_blocks())
        self.weight.clamp_(-self.floor * w_max, w_max)  # type: ignore[arg-type] # two numbers or two tensors

    def _within_blocks(self) -> Tensor:
        """One where a weight is of a group, zero between groups, (outputs, channels of all rows, 1, ...)."""
        point = [1] * (self.weight.dim() - 2)
        ones = self.weight.new_ones(len(self.weight), self.channels // self.blocks, *point)
        return block_diagonal(ones, self.blocks).repeat(1, self.weight.shape[1] // self.channels, *point)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        """Also from the state dict of the plain layer: [W, -W] where inputs are halved, and the signs as they are."""
        weight = state_dict.get(prefix + "weight")
        if weight is not None and self.blocks > 1 and weight.shape[1] * self.blocks == self.channels:
            weight = state_dict[prefix + "weight"] = block_diagonal(weight, self.blocks)
        if weight is not None and self.takes == "halved" and weight.shape[1:2] == (self.channels,):
            state_dict[prefix + "weight"] = torch.cat([weight, -weight], 1)
        state_dict.setdefault(prefix + "sign", self.sign)
        super()._load_from_state_dict(state_dict, prefix, *rest)


def block_diagonal(
    weight: Float[Tensor, "outputs channels_of_group *kernel"], blocks: int
) -> Float[Tensor, "outputs channels *kernel"]:
    """The dense weight of a convolution of so many groups: zero where an output does not see a channel."""
    if blocks == 1:
        return weight
    outputs, channels, *kernel = weight.shape
    dense = weight.new_zeros(blocks, outputs // blocks, blocks, channels, *kernel)
    every = torch.arange(blocks, device=weight.device)
    dense[every, :, every] = weight.detach().view(blocks, outputs // blocks, channels, *kernel)
    return dense.view(outputs, blocks * channels, *kernel)


def check_axes(name: str, inputs: Tensor, weight_shape: Sequence[int]) -> None:
    """ValueError unless `inputs` has the channels of a weight (outputs, channels, *kernel) and its axes.

    Features of a Linear layer stand on the last of any number of axes. A convolution needs its batch: without one,
    torch would take the batch of a wrong input for channels.
    """
    _, channels, *kernel = weight_shape
    axis = -1 - len(kernel)
    fits = inputs.dim() == len(weight_shape) if kernel else inputs.dim() > 0
    if not fits or inputs.shape[axis] != channels:
        told = {0: f"(..., {channels})", 1: f"(batch, {channels}, length)", 2: f"(batch, {channels}, height, width)"}
        raise ValueError(f"{name} takes inputs of shape {told[len(kernel)]}, not {tuple(inputs.shape)}")


def along_outputs(values: Float[Tensor, " outputs"], like: Tensor) -> Tensor:
    """One value per output, shaped to combine with a layer's output (batch, outputs, ...)."""
    return values.to(like).view(1, -1, *[1] * (like.dim() - 2))
