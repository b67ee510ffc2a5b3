"""Trained networks on other hardware than they were trained for: mapping, devices, wires, converters, time."""

from collections.abc import Iterator, Mapping
from itertools import islice, product, starmap
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.variants import VariantSpec
from xbar.files import read_tensors
from xbar.hardware.laws import Laws
from xbar.hardware.mapping import MAPPING_OF_POLARITY, Array, Conversion, map_weights, read_conversions
from xbar.hardware.slicing import slice_weights
from xbar.hardware.wires import effective_conductance
from xbar.network.architecture import Network
from xbar.network.chip import ChipLayer, Columns, Converters, place
from xbar.seeds import generator
from xbar.training.chips import AT_ONCE, chip_streams, fabricate, shares, weight_share
from xbar.training.folds import split_fold, validation_fold

CONDITION = ("variant", "network", "time_s", "compensation", "seed", "chip")
ACCURACY_COLUMNS = (*CONDITION, "dataset", "weight_bits", "polarity", "scale", "mapping", "device", "accuracy")
ERROR_COLUMNS = (*CONDITION, "layer", "own_error", "accumulated_error")
MEASURED = 256


class Slice(NamedTuple):
    """The arrays that hold one slice of a layer's weights (all of it, unless bits are sliced), and its factor."""

    arrays: list[Array]
    factor: float


class Condition(NamedTuple):
    """A chip at a time after its programming, with or without the digital factors against drift."""

    chip: int
    time_s: float
    compensation: str


class Bench:
    """A trained network on the hardware of a variant, chip after chip; the network's layers are replaced.

    `inputs` (N, C, H, W): training inputs on which converter ranges, column offsets and layer errors are measured.
    """

    @torch.no_grad()
    def __init__(
        self, network: Network, variant: VariantSpec, device: DeviceSpec, crossbar: CrossbarSpec, laws: Laws,
        inputs: Tensor, *, seed: int,
    ) -> None:  # fmt: skip
        self.network, self.variant, self.device, self.laws = network, variant, device, laws
        self.inputs, self.seed = inputs.to(next(network.parameters()).device), seed
        self.mapping = variant.mapping or MAPPING_OF_POLARITY[network.hardware.polarity]
        self.trained = list(network.layers)
        self.wanted = self.watch()
        hardware = network.hardware._replace(rows=crossbar.rows)
        for layer in self.trained:
            layer.set_hardware(hardware)
        self.slices = [self._map(index, crossbar) for index in range(len(self.trained))]
        self.ranges = [1.0] * len(self.trained)
        self._choose_ranges()

    def _map(self, index: int, crossbar: CrossbarSpec) -> list[Slice]:
        share, bits = weight_share(self.network, index), self.variant.slice_bits
        parts = [(share, 1.0)] if bits is None else slice_weights(share, self.network.hardware.weight_bits, bits)
        return [Slice(map_weights(part, self.mapping, self.device, crossbar), factor) for part, factor in parts]

    def _choose_ranges(self) -> None:
        """Wider ADCs where they see other sums than in training: both sides of a digital difference, slices."""
        place(self.network, [self._without_adc(index) for index in range(len(self.trained))])
        if all(len(layer.columns) == 1 for layer in self.network.layers):
            return
        reached = [
            layer.reach(values, self.network.scales_of(index))
            for index, (layer, (values, _)) in enumerate(zip(self.network.layers, self.wanted, strict=True))
        ]
        shared = len(self.network.scales) == 1
        self.ranges = [max(1.0, max(reached) if shared else reach) for reach in reached]

    def watch(self) -> list[tuple[Tensor, Tensor]]:
        """Input and output of every crossbar layer for the measurement inputs."""
        seen: list[tuple[Tensor, Tensor]] = []
        hooks = [
            layer.register_forward_hook(lambda _, taken, given: seen.append((taken[0], given)))
            for layer in self.network.layers
        ]
        self.network.eval()
        self.network(self.inputs)
        for hook in hooks:
            hook.remove()
        return seen

    def _without_adc(self, index: int) -> ChipLayer:
        return self._layer(index, self._conversions(index, self.slices[index], wired=False), None, Converters(None))

    def _conversions(self, index: int, slices: list[Slice], *, wired: bool = True) -> list[Conversion]:
        """What the converters of a layer see, behind its wires."""
        shape, found = self.trained[index].weight.shape, []
        for arrays, factor in slices:
            if wired:
                wires = self.variant.wire_ohm
                arrays = [array._replace(g_uS=effective_conductance(array.g_uS, wires)) for array in arrays]
            for share, gain in read_conversions(arrays, shape, self.mapping, self.device, self.variant.subtraction):
                found.append(Conversion(share, gain * factor))
        return found

    def _layer(
        self, index: int, conversions: list[Conversion], corrections: Tensor | None, converters: Converters
    ) -> ChipLayer:
        layer = self.trained[index]
        if corrections is None:
            corrections = torch.ones(len(conversions), layer.tiles, layer.weight.shape[0], dtype=torch.float64)
        digital = any(factor < 0 for _, factor in conversions)
        columns = [
            Columns(share, factor * correction, layer.signed and not digital, self.ranges[index])
            for (share, factor), correction in zip(conversions, corrections, strict=True)
        ]
        return ChipLayer(layer, columns, converters)

    def cells(self, index: int, condition: Condition, *, aged: bool = True) -> list[Slice]:
        """A layer's arrays as a chip holds them; `aged` False: as they were programmed."""
        device = self.device if aged else self.device.model_copy(update={"ageing": "none", "read_noise": 0.0})
        streams = chip_streams(self.seed, condition.chip, index)

        def made(array: Array) -> Array:
            g_uS = fabricate(array.g_uS, device, self.laws, streams, time_s=condition.time_s)
            return array._replace(g_uS=g_uS)

        return [Slice([made(array) for array in arrays], factor) for arrays, factor in self.slices[index]]

    @torch.no_grad()
    def make_chip(self, condition: Condition) -> list[ChipLayer]:
        """A chip's layers, also put into the network; with `calibrate`, its column offsets are subtracted."""
        layers = [self._chip_layer(index, condition) for index in range(len(self.trained))]
        place(self.network, layers)
        if self.variant.calibrate:
            for index, (_, wanted) in enumerate(self.wanted):
                found = self.watch()[index][1]
                layers[index].bias = (found - wanted).mean([0, *range(2, found.dim())])
        return layers

    def _chip_layer(self, index: int, condition: Condition) -> ChipLayer:
        conversions = self._conversions(index, self.cells(index, condition))
        corrections = None
        if condition.compensation == "array":
            programmed = self._conversions(index, self.cells(index, condition, aged=False))
            tiles = [array.tile for array in self.slices[index][0].arrays if array.crossbar == 0]
            corrections = torch.stack(
                [drift_factors(*pair, tiles) for pair in zip(programmed, conversions, strict=True)]
            )
        return self._layer(index, conversions, corrections, self._converters(index, len(conversions), condition.chip))

    def _converters(self, index: int, conversions: int, chip: int) -> Converters:
        stream = generator(self.seed, "adc", chip, index)
        shape = (conversions, self.trained[index].tiles, self.trained[index].weight.shape[0])
        gain, offset = (
            torch.empty(shape, dtype=torch.float64).normal_(generator=stream) * sigma if sigma > 0 else None
            for sigma in (self.variant.adc_gain, self.variant.adc_offset)
        )
        return Converters(self.variant.adc_bits or self.network.hardware.adc_bits, gain, offset)

    @torch.no_grad()
    def layer_errors(self) -> Iterator[dict[str, float]]:
        """Rows (layer, own_error, accumulated_error) of the chip in place.

        Root mean square error of a layer's output over the standard deviation of the trained one's without noise:
        `own` when the chip's layer alone meets the trained network's inputs, `accumulated` behind the layers before.
        A layer whose outputs are all the same, such as a dead one, is measured in full scales of its ADC instead.
        """
        for index, ((values, wanted), (_, found)) in enumerate(zip(self.wanted, self.watch(), strict=True)):
            scales = self.network.scales_of(index)
            own, unit = self.network.layers[index](values, scales), wanted.std()
            unit = unit if unit > 0 else scales.current_max
            errors = [float((outputs - wanted).square().mean().sqrt() / unit) for outputs in (own, found)]
            yield {"layer": index, "own_error": errors[0], "accumulated_error": errors[1]}


def drift_factors(programmed: Conversion, now: Conversion, tiles: list) -> Tensor:
    """Digital factor of each array (row blocks, outputs): mean |signal| as programmed over that now.

    aihwkit GlobalDriftCompensation, which reads each array with one-hot inputs.
    """
    blocks = 1 + max(tile.row_block for tile in tiles)
    factors = torch.ones(blocks, programmed.share.shape[0], dtype=torch.float64)
    for tile in tiles:
        before, after = (found.share.flatten(1)[tile.outputs, tile.rows].abs().mean() for found in (programmed, now))
        if after > 0:
            factors[tile.row_block, tile.outputs] = before / after
    return factors


def evaluate_variant(
    bench: Bench, examples: tuple[Tensor, Tensor], names: Mapping[str, str], network: Mapping[str, Any], device: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of `ACCURACY_COLUMNS` on `examples` and of `ERROR_COLUMNS`, for every chip, time and compensation.

    `names`: of the variant and of the network. `network`: its block of the configuration. `device`: name of the cell.
    """
    shared = {key: names[key] for key in ("variant", "network")} | {"seed": bench.seed}
    kind = {key: network[key] for key in ("dataset", "weight_bits", "polarity", "scale")}
    kind |= {"mapping": bench.mapping, "device": device}
    rows, errors = [], []
    variant = bench.variant
    conditions = starmap(Condition, product(range(variant.chips), variant.times_s, variant.compensations))
    while group := list(islice(conditions, AT_ONCE)):
        chips, cases = [], [shared | condition._asdict() for condition in group]
        for condition, case in zip(group, cases, strict=True):
            chips.append(bench.make_chip(condition))
            errors += [case | {name: _short(value) for name, value in error.items()} for error in bench.layer_errors()]
        found = shares(bench.network, chips, examples)
        rows += [case | kind | {"accuracy": share} for case, share in zip(cases, found, strict=True)]
    return rows, errors


def _short(value: float) -> float:
    """Six digits: the errors are estimates from a few hundred inputs."""
    return float(f"{value:.6g}")


def measurement_inputs(dataset: str | Path, about: Mapping[str, Any]) -> Tensor:
    """Training inputs (at most MEASURED of them, chosen by the seed) of the network described by `about`."""
    data, _ = read_tensors(dataset)
    train, _ = split_fold(data, validation_fold(data, about["seed"]))
    chosen = torch.randperm(len(train.y), generator=generator(about["seed"], "variant"))[:MEASURED]
    return train.x[chosen]
