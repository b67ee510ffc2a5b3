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
from xbar.network.quantizer import along_outputs, as_factor, from_constants, quantize, slope_of

INPUT_SHIFT = 2.0  # added to shifted inputs: two standard deviations of normalised inputs, of which few lie below
Inputs = Literal["positive", "halved", "shifted"]


class Edges(NamedTuple):
    """Padding of the inputs before the DACs, for torch's functional.pad.

    `widths`: numbers of values at the two ends of each axis, the last axis first. `mode`: what these values are.
    """

    widths: tuple[int, ...]
    mode: str


class CrossbarLayer(nn.Module):
    """Base class of linear and convolution layers on crossbars; `crossbar_layer` makes one from a plain layer.

    Rows take no negative values. `takes` says how inputs come. `positive`: zero or more; the DAC clips what is below.
    `halved`: signed inputs followed by their negatives, twice the channels; the DACs keep the positive half of each.
    `shifted`: signed inputs plus INPUT_SHIFT. `weight`: the weights on these rows, magnitudes in unipolar layers.
    `floor`: how far weights may reach below zero, share of full scale. It is 1 in signed layers, 0 in unipolar ones,
    and between them while signs are learned. `input_factor`: by which inputs are multiplied before the DACs, by
    channel.

    Steps behind the ADCs are digital. The mean over all columns is subtracted (`centred`), each column is multiplied by
    its `sign` or `output_factor`, if it has one, and the bias is added. `name`: the layer's name in messages. `blocks`:
    groups of a grouped convolution, whose weights stand along the diagonal of a dense matrix of zeros. `edges`: padding
    before the DACs, where the convolution itself does not pad (see `Edges`). `generator`: draws the noise, where there
    is one (see `contexts.noisy`). `stand_in`: computes the digitised sums in place of this layer's own devices (see
    `contexts.standing_in`).
    """

    weight: Tensor
    bias: Tensor | None
    sign: Tensor
    input_factor: Tensor | None
    output_factor: Tensor | None
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
        """Number of row tiles: arrays of `rows` rows (by default those of the hardware), each with its own conversions.

        ValueError where a kernel does not fit into an array.
        """
        return ceil(self.weight.shape[1] / channels_per_tile(self.weight.shape, rows or self.hardware.rows))

    def forward(self, input: Tensor) -> Tensor:
        """Outputs for `input`. ValueError for axes or channels that `check_axes` refuses."""
        check_axes(self.name, input, (len(self.weight), self.channels, *self.weight.shape[2:]))
        outputs = self.digital(self._centred_sums(self.batched(input)))
        return outputs if input.dim() == self.weight.dim() else outputs.reshape(*input.shape[:-1], len(self.weight))

    def batched(self, inputs: Tensor) -> Float[Tensor, "batch channels *place"]:
        """`inputs` with one batch axis, and with their `edges`: the form that `sums` and a chip's layer take."""
        if self.weight.dim() == 2 and inputs.dim() != 2:
            return inputs.reshape(-1, self.channels)
        return inputs if self.edges is None else functional.pad(inputs, self.edges.widths, self.edges.mode)

    def _centred_sums(self, inputs: Tensor) -> Tensor:
        if self.stand_in is None:
            return self.sums(inputs, centred=self.centred)
        return self.less_mean(self.stand_in(inputs))

    def less_mean(self, sums: Float[Tensor, "batch columns *outputs"]) -> Float[Tensor, "batch columns *outputs"]:
        """Digitised sums, less their mean over all columns where the layer is `centred`."""
        return sums - sums.mean(1, keepdim=True) if self.centred else sums

    def sums(self, inputs: Tensor, *, centred: bool = False) -> Tensor:
        """The digitised sums of `batched` inputs. Noise is drawn where there is a generator.

        `centred`: less their mean over all columns, subtracted while the values are still in the processor's cache.
        """
        values, x_max = self.on_rows(inputs), self.scales.x_max
        if values.requires_grad or not x_max.requires_grad:
            return self.convert(self.drive(values), self.noisy_weight(), centred)
        driven = quantize(values, x_max.detach(), self.hardware.dac_bits)
        return self.convert(driven, self.noisy_weight(), centred, (x_max, slope_of(values, driven, x_max)))

    def on_rows(self, inputs: Float[Tensor, "batch channels *place"]) -> Float[Tensor, "batch rows *place"]:
        """`inputs` as the rows take them: as they are, with their negatives, or shifted. Factors come before."""
        if self.input_factor is not None:
            inputs = inputs * along_outputs(self.input_factor, inputs)
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
        """Quantised weights with programming noise, one draw per weight.

        A signed weight has the standard deviation of the two devices of its pair.
        """
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
        """Standard deviation of weights at `level`; both are shares of full scale.

        In a pair the other device has the noise of level zero.
        """
        law = self.hardware.noise_polynomial
        one = polynomial(law, level)
        return (one.square() + max(law[0], 0.0) ** 2).sqrt() if self.signed else one

    def convert(
        self, driven: Float[Tensor, "batch channels *place"], weight: Float[Tensor, "columns channels *kernel"],
        centred: bool = False, constant: tuple[Tensor, Tensor] | None = None,
    ) -> Float[Tensor, "batch columns *outputs"]:  # fmt: skip
        """The sum over row tiles of the digitised currents of each tile.

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
        """Column currents, tile by tile, in arrays of `rows` rows (by default those of the hardware)."""
        tiles = (self._in_tiles(values, rows) for values in (driven, weight))
        return (self.currents(piece, tile) for piece, tile in zip(*tiles, strict=True))

    def _in_tiles(self, values: Tensor, rows: int | None = None) -> Sequence[Tensor]:
        size = channels_per_tile(self.weight.shape, rows or self.hardware.rows)
        return [values] if size >= self.weight.shape[1] else values.split(size, 1)

    def _following(self, x_max: Tensor, slope: Tensor, currents: Iterator[Tensor], weight: Tensor) -> Iterator[Tensor]:
        """The currents of each tile, with gradients that reach the full scale of the DACs."""
        for current, piece, tile in zip(currents, self._in_tiles(slope), self._in_tiles(weight), strict=True):
            yield from_constants(current, x_max, piece, tile, self.currents)

    def currents(self, driven: Tensor, weight: Tensor) -> Tensor:
        """Sums of the columns of one row tile, before they are digitised."""
        raise NotImplementedError

    def digital(self, sums: Float[Tensor, "batch columns *outputs"]) -> Float[Tensor, "batch columns *outputs"]:
        """Outputs from the sums, less their mean before: after the column signs it would mostly cancel."""
        if self.hardware.polarity == "mixed":
            sums = sums * along_outputs(self.sign, sums)
        if self.output_factor is not None:
            sums = sums * along_outputs(self.output_factor, sums)
        return sums if self.bias is None else sums + along_outputs(self.bias, sums)

    @torch.no_grad()
    def clip_weight(self) -> None:
        """Clip weights to their range after a training step, and set those between blocks to zero."""
        w_max = as_factor(self.scales.w_max)
        if self.blocks > 1:
            self.weight.mul_(self.within_blocks())
        self.weight.clamp_(-self.floor * w_max, w_max)  # type: ignore[arg-type] # two numbers or two tensors

    def within_blocks(self) -> Tensor:
        """One for a weight within a group, zero for one between groups; shape (outputs, channels on rows, 1, ...)."""
        point = [1] * (self.weight.dim() - 2)
        ones = self.weight.new_ones(len(self.weight), self.channels // self.blocks, *point)
        return block_diagonal(ones, self.blocks).repeat(1, self.weight.shape[1] // self.channels, *point)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        """Also accepts the state dict of the plain layer: weights are halved as [W, -W], and the signs stay."""
        weight = state_dict.get(prefix + "weight")
        if weight is not None and self.output_factor is not None and prefix + "output_factor" not in state_dict:
            raise ValueError(f"{self.name}: weights without the factors of channels; prepare the network with them")
        if weight is not None and self.blocks > 1 and weight.shape[1] * self.blocks == self.channels:
            weight = state_dict[prefix + "weight"] = block_diagonal(weight, self.blocks)
        if weight is not None and self.takes == "halved" and weight.shape[1:2] == (self.channels,):
            state_dict[prefix + "weight"] = torch.cat([weight, -weight], 1)
        state_dict.setdefault(prefix + "sign", self.sign)
        super()._load_from_state_dict(state_dict, prefix, *rest)


def block_diagonal(
    weight: Float[Tensor, "outputs channels_of_group *kernel"], blocks: int
) -> Float[Tensor, "outputs channels *kernel"]:
    """The dense weight of a convolution of `blocks` groups: zero where an output does not see a channel."""
    if blocks == 1:
        return weight
    outputs, channels, *kernel = weight.shape
    dense = weight.new_zeros(blocks, outputs // blocks, blocks, channels, *kernel)
    every = torch.arange(blocks, device=weight.device)
    dense[every, :, every] = weight.detach().view(blocks, outputs // blocks, channels, *kernel)
    return dense.view(outputs, blocks * channels, *kernel)


def check_axes(name: str, inputs: Tensor, weight_shape: Sequence[int]) -> None:
    """ValueError unless `inputs` have the axes and the channels of a weight (outputs, channels, *kernel).

    Features of a Linear layer stand on the last of any number of axes. A convolution needs its batch axis, because
    torch would otherwise take the batch of a wrong input for channels.
    """
    _, channels, *kernel = weight_shape
    axis = -1 - len(kernel)
    fits = inputs.dim() == len(weight_shape) if kernel else inputs.dim() > 0
    if not fits or inputs.shape[axis] != channels:
        told = {0: f"(..., {channels})", 1: f"(batch, {channels}, length)", 2: f"(batch, {channels}, height, width)"}
        raise ValueError(f"{name} takes inputs of shape {told[len(kernel)]}, not {tuple(inputs.shape)}")
