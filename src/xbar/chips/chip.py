"""A simulated chip: within a context, a prepared network computes with the cells and converters of the chip."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from xbar.hardware.converters import converted
from xbar.network.contexts import standing_in
from xbar.network.layers import CrossbarLayer
from xbar.network.quantizer import along_outputs

Dac = Callable[[Tensor], Tensor]
Reads = Callable[[Tensor], Iterator[tuple[Tensor, ...]]]


class Columns(NamedTuple):
    """The columns that the ADCs of one conversion per output see.

    `weight`: as a layer's weight, shares of full scale (float64). `factor`: digital, for each row tile and output.
    `signed`: whether the ADC takes both signs. `range`: ADC full scale, relative to that of the trained network.
    """

    weight: Float[Tensor, "outputs channels *kernel"]
    factor: Float[Tensor, "tiles outputs"]
    signed: bool
    range: float = 1.0


class Converters(NamedTuple):
    """ADCs of one chip, for each conversion, row tile and output.

    `bits` None: currents are not converted. `gain`: relative error. `offset`: share of full scale. `thresholds`: those
    of ADCs that are not ideal, see `hardware.converters`.
    """

    bits: int | None
    gain: Float[Tensor, "conversions tiles outputs"] | None = None
    offset: Float[Tensor, "conversions tiles outputs"] | None = None
    thresholds: Float[Tensor, "conversions tiles outputs thresholds"] | None = None


class Units(NamedTuple):
    """Weights of each conversion, and the full scale of the ADC, in the units of the trained layer."""

    weights: list[Tensor]
    current_max: float


class ChipLayer:
    """One crossbar layer as the cells and converters of one chip compute it.

    `rows`: rows of one array. Training may have had all rows of the layer in one array where this chip needs several.
    Then the digital sum saturates where the single trained ADC did, because training relies on that. `reads`: computes
    what the ADCs see, where products with the columns' weights do not (see `chips.reads`). `offset`: of each column of
    this chip, subtracted digitally, where it is calibrated.
    """

    def __init__(
        self, layer: CrossbarLayer, columns: list[Columns], converters: Converters, rows: int | None = None,
        reads: Reads | None = None,
    ) -> None:  # fmt: skip
        self.layer = layer
        self.columns = columns
        self.converters = converters
        self.rows = rows or layer.hardware.rows
        self.reads = reads
        self.offset: Tensor | None = None
        self._saturates = converters.bits is not None and layer.tiles() == 1 < layer.tiles(self.rows)
        self._plain = len(columns) == 1 and bool((columns[0].factor == 1).all())
        self._units: Units | None = None

    def __call__(self, inputs: Tensor) -> Tensor:
        """Digitised sums for the layer's inputs. Noise is part of the chip; only `reads` may draw more of it."""
        return self.sums(self.drive(inputs))

    def drive(self, inputs: Tensor) -> Tensor:
        """What the DACs put on the rows for the layer's inputs."""
        return self.layer.drive(self.layer.on_rows(inputs))

    def drive_in_place(self, inputs: Tensor) -> Tensor:
        """As `drive`, written over the inputs, which nothing else may use."""
        bits = self.layer.hardware.dac_bits
        return _quantize_in_place(self.layer.on_rows(inputs), float(self.layer.scales.x_max), bits, signed=False)

    def sums(self, driven: Float[Tensor, "batch rows *place"]) -> Float[Tensor, "batch outputs *outputs_place"]:
        """The digitised sums over all arrays for the values on the rows."""
        currents = self._products(driven) if self.reads is None else self.reads(driven)
        current_max = self.in_units().current_max
        total = _sum([self._digital(tile, seen, current_max) for tile, seen in enumerate(currents)])
        if self._saturates:
            total = self._saturated(total, current_max)
        return total if self.offset is None else total - along_outputs(self.offset, total)

    def _products(self, driven: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """For each row tile, what the ADCs see in each conversion: products with the weights."""
        by_weight = (self.layer.tile_currents(driven, weight, self.rows) for weight in self.in_units().weights)
        return zip(*by_weight, strict=True)

    def _digital(self, tile: int, currents: tuple[Tensor, ...], current_max: float) -> Tensor:
        """The digital sum of one tile. It saturates where the trained ADC does, because training relies on that."""
        converted = [self._convert(number, tile, current, current_max) for number, current in enumerate(currents)]
        if self._plain:
            return converted[0]
        factors = [columns.factor[tile] for columns in self.columns]
        total = _sum(
            [digital * along_outputs(factor, digital) for digital, factor in zip(converted, factors, strict=True)]
        )
        return total if self.converters.bits is None else self._saturated(total, current_max)

    def _saturated(self, total: Tensor, current_max: float) -> Tensor:
        """Sums clipped to the range of the trained ADC."""
        return total.clamp(-current_max if self.layer.signed else 0.0, current_max)

    def in_units(self) -> Units:
        """Weights and ADC range in units of the layer, made once. Without noise the weights are the trained ones."""
        if self._units is None:
            codes, scales = 2**self.layer.hardware.weight_bits - 1, self.layer.scales
            w_max = float(scales.w_max.detach())
            weights = [(columns.weight * codes).float() * (w_max / codes) for columns in self.columns]
            weights = [_compact(weight.to(scales.log_w_max.device)) for weight in weights]
            self._units = Units(weights, float(scales.current_max.detach()))
        return self._units

    def _convert(self, number: int, tile: int, current: Tensor, current_max: float) -> Tensor:
        bits, gain, offset, thresholds = self.converters
        current = current.float()  # bfloat16 would be coarser than the ADC
        full_scale = current_max * self.columns[number].range
        if gain is not None:
            current = current * along_outputs(1 + gain[number, tile], current)
        if offset is not None:
            current = current + along_outputs(offset[number, tile], current) * full_scale
        if bits is None:
            return current
        if thresholds is not None:
            lsb, lowest = full_scale / (2**bits - 1), -(2**bits - 1) if self.columns[number].signed else 0
            return converted(current / lsb, thresholds[number, tile], lowest) * lsb
        return _quantize_in_place(current, full_scale, bits, signed=self.columns[number].signed)

    def reach(self, inputs: Tensor) -> float:
        """Largest current at the ADCs for the layer's inputs, relative to the ADC full scale of the trained network."""
        driven, units = self.drive(inputs), self.in_units()
        reached = [
            current.abs().max() / units.current_max
            for weight in units.weights
            for current in self.layer.tile_currents(driven, weight, self.rows)
        ]
        return float(max(reached))


Chip = Sequence[ChipLayer]


@contextmanager
def on_chip(chip: Chip, dacs: Sequence[Dac] | None = None) -> Iterator[None]:
    """Within this context the network from which `chip` was made computes as the chip does; afterwards as before.

    `dacs`: one function per layer, where they are not the layer's own.
    """
    dacs = [part.drive for part in chip] if dacs is None else dacs
    with standing_in((part.layer, partial(_sums, part, dac)) for part, dac in zip(chip, dacs, strict=True)):
        yield


def _sums(part: ChipLayer, dac: Dac, inputs: Tensor) -> Tensor:
    return part.sums(dac(inputs))


def _quantize_in_place(current: Tensor, full_scale: float, bits: int, *, signed: bool) -> Tensor:
    """The values of `quantizer.quantize`, without gradients, written over the input, which nothing else may use."""
    codes = 2**bits - 1
    current.mul_(codes / full_scale).clamp_(-codes if signed else 0, codes)
    return current.round_().mul_(full_scale / codes)


def _compact(weight: Tensor) -> Tensor:
    """The same weight in the memory layout of convolutions, which then need not reorder it for every batch."""
    return weight.contiguous(memory_format=torch.channels_last if weight.dim() == 4 else torch.contiguous_format)


def _sum(tensors: list[Tensor]) -> Tensor:
    """The sum of the tensors. A single tensor is returned itself, which saves a pass over memory."""
    total = tensors[0]
    for tensor in tensors[1:]:
        total = total + tensor
    return total
