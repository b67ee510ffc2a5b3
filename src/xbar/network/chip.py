"""Layers as one simulated chip computes them: its own cells, converters with errors, digital corrections."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn

from xbar.files import is_finite
from xbar.network.layers import CrossbarLayer, Scales

BATCH = 250  # examples at a turn of one chip: fewer wait for its weights, more of them for memory


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
        self.drivers = Drivers(layer)
        self._plain = len(columns) == 1 and bool((columns[0].factor == 1).all())
        self._units: Units | None = None

    @property
    def weight(self) -> Tensor:
        """The trained weight, for its shape."""
        return self.layer.weight

    def forward(self, inputs: Tensor, scales: Scales, generator: Generator | None = None) -> Tensor:
        """As CrossbarLayer.forward; noise is part of the chip, so that `generator` is not used."""
        driven, units = self.drivers(inputs, scales), self.in_units(scales)
        currents = zip(*(self.layer.tile_currents(driven, weight) for weight in units.weights), strict=True)
        tiles = [self._digital(tile, seen, units.current_max) for tile, seen in enumerate(currents)]
        total = _sum(tiles)
        return total if self.bias is None else total - along_outputs(self.bias, total)

    def _digital(self, tile: int, currents: tuple[Tensor, ...], current_max: float) -> Tensor:
        """Digital sum of one tile. It saturates where the trained ADC does, because training relies on that."""
        converted = [self._convert(number, tile, current, current_max) for number, current in enumerate(currents)]
        if self._plain:
            return converted[0]
        factors = [columns.factor[tile] for columns in self.columns]
        total = _sum(
            [digital * along_outputs(factor, digital) for digital, factor in zip(converted, factors, strict=True)]
        )
        if self.converters.bits is None:
            return total
        return total.clamp(-current_max if self.layer.signed else 0.0, current_max)

    def in_units(self, scales: Scales) -> "Units":
        """Weights and currents in the units of the layer; made once. Without noise: bit for bit the trained weights."""
        if self._units is None:
            codes = 2**self.layer.hardware.weight_bits - 1
            w_max = float(scales.w_max.detach())
            weights = [(columns.weight * codes).float() * (w_max / codes) for columns in self.columns]
            weights = [_compact(weight.to(scales.log_w_max.device)) for weight in weights]
            self._units = Units(weights, float(scales.current_max.detach()))
        return self._units

    def _convert(self, number: int, tile: int, current: Tensor, current_max: float) -> Tensor:
        bits, gain, offset = self.converters
        current = current.float()  # bfloat16 would be coarser than the ADC
        full_scale = current_max * self.columns[number].range
        if gain is not None:
            current = current * along_outputs(1 + gain[number, tile], current)
        if offset is not None:
            current = current + along_outputs(offset[number, tile], current) * full_scale
        if bits is None:
            return current
        return _quantize_in_place(current, full_scale, bits, signed=self.columns[number].signed)

    def reach(self, inputs: Tensor, scales: Scales) -> float:
        """Largest current at the ADCs for `inputs`, relative to the full scale of the trained network."""
        driven, units = self.layer.drive(inputs, scales), self.in_units(scales)
        reached = [
            current.abs().max() / units.current_max
            for weight in units.weights
            for current in self.layer.tile_currents(driven, weight)
        ]
        return float(max(reached))


class Units(NamedTuple):
    """Weights of each conversion and full scale of the ADC in the units of the trained layer."""

    weights: list[Tensor]
    current_max: float


class Drivers:
    """The DACs of a layer.

    `shared`: by chips that meet the same inputs, which are converted once. `in_place`: inputs that nobody else holds
    are overwritten.
    """

    def __init__(self, layer: CrossbarLayer, *, shared: bool = False, in_place: bool = False) -> None:
        self.layer, self.shared, self.in_place = layer, shared, in_place
        self._seen: tuple[Tensor, Tensor] | None = None

    def __call__(self, inputs: Tensor, scales: Scales) -> Tensor:
        if self.in_place:
            return _quantize_in_place(inputs, float(scales.x_max), self.layer.hardware.dac_bits, signed=False)
        if not self.shared:
            return self.layer.drive(inputs, scales)
        if self._seen is None or self._seen[0] is not inputs:
            self._seen = inputs, self.layer.drive(inputs, scales)
        return self._seen[1]


@torch.no_grad()
def predict_chips(
    network: nn.Module, chips: Sequence[Sequence[ChipLayer]], inputs: Float[Tensor, "examples ..."],
    *, precision: str = "float32",
) -> Int[Tensor, "chips examples"]:  # fmt: skip
    """Class numbers that several chips find for the same inputs; what does not depend on the chip is done once.

    `network`: a Network or CrossbarSequential; where it is, all is computed. `chips`: the layers of each, which stand
    in the network in turn. Memory: that of the chips and of one batch. `precision`: of the currents, float32 or
    bfloat16. ValueError for inputs or scores that are not finite, and for outputs that are no scores of classes.
    """
    if not is_finite(inputs):
        raise ValueError("inputs hold NaN or infinity; no class can be told from them")
    network.eval()
    trained, first = list(network.layers), Drivers(chips[0][0].layer, shared=True)
    for chip in chips:
        chip[0].drivers = first
        for layer in chip[1:]:  # what the layer before made is not needed any more
            layer.drivers = Drivers(layer.layer, in_place=True)
    device = next(network.parameters()).device
    try:
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16"):
            turns = [_in_turn(network, chips, network.rows(batch.to(device))) for batch in inputs.split(BATCH)]
    finally:
        place(network, trained)
        for layer in chain(*chips):
            layer.drivers = Drivers(layer.layer)
    found, finite = (torch.cat(parts, 1) for parts in zip(*turns, strict=True))
    if broken := int((~finite).any(1).sum()):
        raise ValueError(f"scores of {broken} of {len(chips)} chips hold NaN or infinity; no class can be told")
    return found.to(inputs.device)


def _in_turn(network: nn.Module, chips: Sequence[Sequence[ChipLayer]], rows: Tensor) -> tuple[Tensor, Tensor]:
    """Classes (chips, examples), and whether the scores are finite (chips, 1): on a GPU nobody waits for the answer."""
    classes, finite = [], []
    for chip in chips:
        place(network, chip)
        scores = network.scores(rows)
        check_scores(scores)
        classes.append(scores.argmax(1))
        finite.append(scores.isfinite().all().view(1))
    return torch.stack(classes), torch.stack(finite)


def check_scores(scores: Tensor) -> None:
    """ValueError unless there is one score for each class and example."""
    if scores.dim() != 2 or scores.shape[1] < 2:
        shape = tuple(scores.shape[1:])
        raise ValueError(f"the network's outputs are of shape {shape}; allowed is (classes,), with two classes or more")


def place(network: nn.Module, layers: Sequence[nn.Module]) -> None:
    """Put other layers, such as those of a chip, where the network has its own."""
    for index, layer in enumerate(layers):
        network.layers[index] = layer


def _quantize_in_place(current: Tensor, full_scale: float, bits: int, *, signed: bool) -> Tensor:
    """`quantizer.quantize` without gradients, in a tensor that nobody else holds: the same values, no copies."""
    codes = 2**bits - 1
    current.mul_(codes / full_scale).clamp_(-codes if signed else 0, codes)
    return current.round_().mul_(full_scale / codes)


def _compact(weight: Tensor) -> Tensor:
    """The same weight as convolutions read it, so that they need not bring it into order for every batch."""
    return weight.contiguous(memory_format=torch.channels_last if weight.dim() == 4 else torch.contiguous_format)


def _sum(tensors: list[Tensor]) -> Tensor:
    """Their sum, without a pass over memory where there is one only."""
    total = tensors[0]
    for tensor in tensors[1:]:
        total = total + tensor
    return total


def along_outputs(values: Float[Tensor, " outputs"], like: Tensor) -> Tensor:
    """One value per output, shaped to combine with a layer's output (batch, outputs, ...)."""
    return values.to(like).view(1, -1, *[1] * (like.dim() - 2))
