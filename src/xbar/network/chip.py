"""Layers as one simulated chip computes them: its own cells, converters with errors, digital corrections."""

from typing import NamedTuple

from jaxtyping import Float
from torch import Generator, Tensor, nn

from xbar.network.layers import CrossbarLayer, Scales
from xbar.network.quantizer import quantize


class Columns(NamedTuple):
    """One conversion per output: the columns that its ADCs see.

    `weight`: as a layer's weight, shares of full scale (float64). `factor`: digital, per row tile and output.
    `signed`: whether the ADC takes both signs. `range`: ADC full scale, relative to that of the trained network.
    """

    weight: Float[Tensor, "outputs channels *kernel"]
    factor: Float[Tensor, "tiles outputs"]
    signed: bool
    range: float = 1.0


class Converters(NamedTuple):
    """ADCs of one chip, per conversion, row tile and output. `gain`: relative error; `offset`: share of full scale.

    `bits` None: no ADC, the currents as they are.
    """

    bits: int | None
    gain: Float[Tensor, "conversions tiles outputs"] | None = None
    offset: Float[Tensor, "conversions tiles outputs"] | None = None


class ChipLayer(nn.Module):
    """Takes the place of a crossbar layer in a network; its weights are those that the chip's cells hold."""

    def __init__(self, layer: CrossbarLayer, columns: list[Columns], converters: Converters) -> None:
        super().__init__()
        self.layer, self.columns, self.converters = layer, columns, converters
        self.bias: Tensor | None = None  # column offsets of this chip, subtracted digitally
        self._programmed: list[Tensor] | None = None

    @property
    def weight(self) -> Tensor:
        """The trained weight, for its shape."""
        return self.layer.weight

    def forward(self, inputs: Tensor, scales: Scales, generator: Generator | None = None) -> Tensor:
        """As CrossbarLayer.forward; noise is part of the chip, so that `generator` is not used."""
        driven = self.layer.drive(inputs, scales)
        weights = self._in_units(scales)
        currents = zip(*(self.layer.tile_currents(driven, weight) for weight in weights), strict=True)
        tiles = [self._digital(tile, seen, scales.current_max) for tile, seen in enumerate(currents)]
        total = _sum(tiles)
        return total if self.bias is None else total - along_outputs(self.bias, total)

    def _digital(self, tile: int, currents: tuple[Tensor, ...], current_max: Tensor) -> Tensor:
        """Digital sum of one tile. It saturates where the trained ADC does, because training relies on that."""
        converted = [self._convert(number, tile, current, current_max) for number, current in enumerate(currents)]
        factors = [columns.factor[tile] for columns in self.columns]
        if len(factors) == 1 and bool((factors[0] == 1).all()):
            return converted[0]
        total = _sum(
            [digital * along_outputs(factor, digital) for digital, factor in zip(converted, factors, strict=True)]
        )
        if self.converters.bits is None:
            return total
        full_scale = float(current_max.detach())
        return total.clamp(-full_scale if self.layer.signed else 0.0, full_scale)

    def _in_units(self, scales: Scales) -> list[Tensor]:
        """Weights in the units of the layer, rounded as `CrossbarLayer.programmed_weight` is; made once."""
        if self._programmed is None:
            codes = 2**self.layer.hardware.weight_bits - 1
            w_max = float(scales.w_max.detach())
            self._programmed = [(columns.weight * codes).float() * (w_max / codes) for columns in self.columns]
        return self._programmed

    def _convert(self, number: int, tile: int, current: Tensor, current_max: Tensor) -> Tensor:
        bits, gain, offset = self.converters
        full_scale = current_max * self.columns[number].range
        if gain is not None:
            current = current * along_outputs(1 + gain[number, tile], current)
        if offset is not None:
            current = current + along_outputs(offset[number, tile], current) * full_scale
        if bits is None:
            return current
        return quantize(current, full_scale, bits, signed=self.columns[number].signed)

    def reach(self, inputs: Tensor, scales: Scales) -> float:
        """Largest current at the ADCs for `inputs`, relative to the full scale of the trained network."""
        driven = self.layer.drive(inputs, scales)
        reached = [
            current.abs().max() / scales.current_max
            for weight in self._in_units(scales)
            for current in self.layer.tile_currents(driven, weight)
        ]
        return float(max(reached))


def _sum(tensors: list[Tensor]) -> Tensor:
    """Their sum, without a pass over memory where there is one only."""
    total = tensors[0]
    for tensor in tensors[1:]:
        total = total + tensor
    return total


def along_outputs(values: Float[Tensor, " outputs"], like: Tensor) -> Tensor:
    """One value per output, shaped to combine with a layer's output (batch, outputs, ...)."""
    return values.to(like).view(1, -1, *[1] * (like.dim() - 2))
