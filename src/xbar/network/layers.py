"""Linear and convolution layers as crossbars compute them: DAC, noisy devices, one ADC conversion per row tile."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn import functional
from torch.nn.utils import skip_init

from xbar.hardware.tiling import channels_per_tile
from xbar.network.hardware import Hardware, Scales
from xbar.network.noise import normal_like, plus, polynomial
from xbar.network.quantizer import as_factor, quantize

INPUT_SHIFT = 2.0  # added to shifted inputs, in their standard deviations: few normal values lie below
Inputs = Literal["positive", "halved", "shifted"]


class CrossbarLayer(nn.Module):
    """What linear and convolution layers on crossbars share; `crossbar_layer` makes one of a plain layer.

    Rows take no negative values. `takes` says how inputs come. `positive`: zero or more; the DAC cuts what is below.
    `halved`: signed inputs with their negatives beside them, twice the channels, of which the DACs keep the positive
    halves. `shifted`: signed inputs, shifted by INPUT_SHIFT. `weight`: of these rows; magnitudes in unipolar layers.
    `floor`: how far weights may reach below zero, share of full scale: 1 in signed layers, 0 in unipolar ones, between
    them while signs are learned. Digital, behind the ADCs: the mean over all columns is subtracted (`centred`), each
    column counts with its `sign`, and the bias is added. `name`: how messages call the layer.
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

    def forward(self, inputs: Tensor) -> Tensor:
        """Outputs for `inputs` (batch first); ValueError for inputs of other axes than the layer's."""
        check_axes(self.name, inputs, (len(self.weight), self.channels, *self.weight.shape[2:]))
        return self.digital((self.stand_in or self.sums)(inputs))

    def sums(self, inputs: Tensor) -> Tensor:
        """What DACs, arrays and ADCs make of `inputs`; noise is drawn where there is a generator."""
        return self.convert(self.drive(self.on_rows(inputs)), self.noisy_weight())

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
        self, driven: Float[Tensor, "batch channels *place"], weight: Float[Tensor, "columns channels *kernel"]
    ) -> Float[Tensor, "batch columns *outputs"]:
        """Sum over row tiles of the digitised currents of each tile."""
        current_max = self.scales.current_max
        total: Tensor | None = None
        for current in self.tile_currents(driven, weight):
            if current.dtype == torch.bfloat16:
                current = current.float()  # its 8 bits would be coarser than the ADC
            digital = quantize(current, current_max, self.hardware.adc_bits, signed=self.signed)
            total = digital if total is None else total + digital
        assert total is not None
        return total

    def tile_currents(self, driven: Tensor, weight: Tensor, rows: int | None = None) -> Iterator[Tensor]:
        """Column currents of one row tile after the other, in arrays of `rows` rows (those of the hardware)."""
        size = channels_per_tile(weight.shape, rows or self.hardware.rows)
        if size >= weight.shape[1]:
            yield self.currents(driven, weight)
            return
        for piece, tile in zip(driven.split(size, 1), weight.split(size, 1), strict=True):
            yield self.currents(piece, tile)

    def currents(self, driven: Tensor, weight: Tensor) -> Tensor:
        """Sums of the columns of one row tile."""
        raise NotImplementedError

    def digital(self, sums: Float[Tensor, "batch columns *outputs"]) -> Float[Tensor, "batch columns *outputs"]:
        """Outputs from the digitised sums. The mean goes before the column signs: after them it would mostly cancel."""
        if self.centred:
            sums = sums - sums.mean(1, keepdim=True)
        if self.hardware.polarity == "mixed":
            sums = sums * along_outputs(self.sign, sums)
        return sums if self.bias is None else sums + along_outputs(self.bias, sums)

    @torch.no_grad()
    def clip_weight(self) -> None:
        """Bring weights that training pushed past their range back to its edge."""
        w_max = as_factor(self.scales.w_max)
        self.weight.clamp_(-self.floor * w_max, w_max)  # type: ignore[arg-type] # two numbers or two tensors

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        """Also from the state dict of the plain layer: [W, -W] where inputs are halved, and the signs as they are."""
        weight = state_dict.get(prefix + "weight")
        if weight is not None and self.takes == "halved" and weight.shape[1:2] == (self.channels,):
            state_dict[prefix + "weight"] = torch.cat([weight, -weight], 1)
        state_dict.setdefault(prefix + "sign", self.sign)
        super()._load_from_state_dict(state_dict, prefix, *rest)


class CrossbarLinear(CrossbarLayer, nn.Linear):  # type: ignore[misc] # torch declares its bias in another way
    """nn.Linear on crossbars; inputs of shape (batch, features)."""

    def currents(
        self, driven: Float[Tensor, "batch rows"], weight: Float[Tensor, "columns rows"]
    ) -> Float[Tensor, "batch columns"]:
        return functional.linear(driven, weight)


class CrossbarConv1d(CrossbarLayer, nn.Conv1d):
    """nn.Conv1d on crossbars; inputs of shape (batch, channels, length)."""

    def currents(
        self, driven: Float[Tensor, "batch channels length"], weight: Float[Tensor, "columns channels kernel"]
    ) -> Float[Tensor, "batch columns places"]:
        return functional.conv1d(driven, weight, None, self.stride, self.padding)


class CrossbarConv2d(CrossbarLayer, nn.Conv2d):
    """nn.Conv2d on crossbars; inputs of shape (batch, channels, height, width)."""

    def currents(
        self,
        driven: Float[Tensor, "batch channels height width"],
        weight: Float[Tensor, "columns channels kernel_height kernel_width"],
    ) -> Float[Tensor, "batch columns rows_out columns_out"]:
        return functional.conv2d(driven, weight, None, self.stride, self.padding)


Plain = nn.Linear | nn.Conv1d | nn.Conv2d
CROSSBAR_KINDS: Mapping[type[nn.Module], type[CrossbarLayer]] = {
    nn.Linear: CrossbarLinear, nn.Conv1d: CrossbarConv1d, nn.Conv2d: CrossbarConv2d,
}  # fmt: skip


@torch.no_grad()
def crossbar_layer(
    plain: Plain, hardware: Hardware, scales: Scales | None = None, *, takes: Inputs = "positive",
    centred: bool = False, name: str = "",
) -> CrossbarLayer:  # fmt: skip
    """The crossbar layer of a plain one, with its weights ([W, -W] where inputs are halved) and its bias.

    `scales`: shared with other layers, or of its own. ValueError where a kernel does not fit into an array.
    """
    weight, halves = plain.weight, 2 if takes == "halved" else 1
    sizes: tuple[Any, ...] = (halves * weight.shape[1], weight.shape[0])
    if isinstance(plain, (nn.Conv1d, nn.Conv2d)):
        sizes += (plain.kernel_size, plain.stride, plain.padding)
    factory = {"bias": plain.bias is not None, "device": weight.device, "dtype": weight.dtype}
    layer: CrossbarLayer = skip_init(CROSSBAR_KINDS[type(plain)], *sizes, **factory)
    layer.to(memory_format=torch.channels_last)
    layer.weight.copy_(torch.cat([weight, -weight], 1) if halves == 2 else weight)
    if layer.bias is not None and plain.bias is not None:
        layer.bias.copy_(plain.bias)
    layer.register_buffer("sign", torch.ones(len(weight), device=weight.device, dtype=weight.dtype))
    layer.scales = (scales or Scales()).to(weight.device, weight.dtype)
    layer.hardware, layer.takes, layer.centred = hardware, takes, centred
    layer.floor, layer.name = 1.0 if hardware.polarity == "signed" else 0.0, name or type(layer).__name__
    layer.tiles()
    return layer.train(plain.training)


def check_axes(name: str, inputs: Tensor, weight_shape: Sequence[int]) -> None:
    """ValueError unless `inputs` has a batch, the channels of a weight (outputs, channels, *kernel) and its axes.

    torch takes more axes, or none for the batch, and counts the channels on another one than tiles and biases do.
    """
    _, channels, *kernel = weight_shape
    if inputs.dim() != len(weight_shape) or inputs.shape[1] != channels:
        axes = {0: "", 1: ", length", 2: ", height, width"}[len(kernel)]
        raise ValueError(f"{name} takes inputs of shape (batch, {channels}{axes}), not {tuple(inputs.shape)}")


def along_outputs(values: Float[Tensor, " outputs"], like: Tensor) -> Tensor:
    """One value per output, shaped to combine with a layer's output (batch, outputs, ...)."""
    return values.to(like).view(1, -1, *[1] * (like.dim() - 2))
