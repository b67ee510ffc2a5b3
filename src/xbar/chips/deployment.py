"""Chips under conditions: noise, other mappings and devices, wires, errors of converters, time, calibration."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from xbar.chips.chip import Chip, ChipLayer, Columns, Converters, Reads, on_chip
from xbar.chips.errors import Compared, layer_errors
from xbar.chips.fabrication import chip_streams, drift_factors, fabricate
from xbar.chips.mapped import Mapped, Slice
from xbar.chips.reads import ArrayReads, cell_law, is_read_by_read
from xbar.config.crossbars import DeviceSpec
from xbar.config.variants import VariantSpec
from xbar.hardware.converters import is_ideal, thresholds
from xbar.hardware.device import program
from xbar.hardware.laws import Laws
from xbar.hardware.mapping import Conversion, read_conversions
from xbar.hardware.wires import conductance_behind
from xbar.mappings import MAPPINGS
from xbar.network.contexts import crossbar_layers, device_of, recording
from xbar.seeds import generator

AS_TRAINED = VariantSpec(chips=1)  # a variant with all options off


class Condition(NamedTuple):
    """The number of a chip, the time (s) since its programming, and whether digital factors compensate drift.

    `noise`: None for everything that the device does. Otherwise constant programming noise of this standard deviation
    (share of g_max - g_min) and nothing else; zero is the ideal chip.
    """

    chip: int = 0
    time_s: float = 0.0
    compensation: str = "none"
    noise: float | None = None


class Deployment:
    """A trained network on the arrays of `mapped`, from which `make_chip` makes chips. The network is not changed.

    `variant`: its wires, converters and calibration; mapping and slices must be those of `mapped`. `laws`: those of the
    device's table. `read_voltage_V`: of rows at full scale, for a variant with `sinh_V`. `inputs` (N, ...): training
    inputs on which converter ranges, column offsets and layer errors are measured. ValueError for arrays of another
    network, mapping or slicing, for arrays of more rows than the ADCs are scaled for, and for an absent voltage or
    inputs where they are needed.
    """

    @torch.no_grad()
    def __init__(
        self, network: nn.Module, mapped: Mapped, device: DeviceSpec, *, seed: int, laws: Laws | None = None,
        variant: VariantSpec = AS_TRAINED, read_voltage_V: float | None = None, inputs: Tensor | None = None,
    ) -> None:  # fmt: skip
        self.network = network
        self.mapped = mapped
        self.device = device
        self.seed = seed
        self.laws = laws or {}
        self.variant = variant
        self.law = cell_law(variant, read_voltage_V)
        self.layers = list(crossbar_layers(network).values())
        self._check_mapped()
        self.inputs = None if inputs is None else inputs.to(device_of(network))
        self.wanted = [] if inputs is None else self.watch()
        self.ranges = [1.0] * len(self.layers)
        self._choose_ranges()

    def _check_mapped(self) -> None:
        """ValueError, one line, for arrays of another network, mapping or slicing."""
        mapping, bits = self.variant.mapping, self.variant.slice_bits
        if mapping not in (None, self.mapped.mapping):
            raise ValueError(f"the variant has mapping {mapping}, the arrays have {self.mapped.mapping}")
        if len(self.mapped.layers) != len(self.layers):
            raise ValueError(f"arrays of {len(self.mapped.layers)} layers; the network has {len(self.layers)}")
        for layer, slices in zip(self.layers, self.mapped.layers, strict=True):
            wanted = 1 if bits is None else layer.hardware.weight_bits // bits
            if len(slices) != wanted:
                raise ValueError(f"{layer.name}: {len(slices)} slices of its weights; the variant has {wanted}")
            last = slices[0].arrays[-1].tile
            size = (last.outputs.stop, last.rows.stop)
            if size != (len(layer.weight), layer.weight[0].numel()):
                raise ValueError(f"{layer.name}: arrays of {size[1]} rows and {size[0]} outputs hold another layer")
            if layer.tiles(self.mapped.rows) < layer.tiles():
                told = f"arrays of {self.mapped.rows} rows; its ADCs are scaled for {layer.hardware.rows}"
                raise ValueError(f"{layer.name}: {told}; give arrays of at most {layer.hardware.rows} rows")

    def _choose_ranges(self) -> None:
        """Widen the range of ADCs whose sums exceed those of training, by digital subtraction or bit slicing."""
        clean = [
            self._layer(index, self._conversions(index, slices, wired=False), Converters(None))
            for index, slices in enumerate(self.mapped.layers)
        ]
        if all(len(part.columns) == 1 for part in clean):
            return
        self._need_inputs("digital subtraction and slices")
        reached = [part.reach(taken) for part, (taken, _) in zip(clean, self.wanted, strict=True)]
        for index, layer in enumerate(self.layers):
            gain = layer.scales.log_i_max  # of several layers, or of this one
            together = [
                reach for reach, other in zip(reached, self.layers, strict=True) if other.scales.log_i_max is gain
            ]
            self.ranges[index] = max(1.0, max(together))

    def _need_inputs(self, what: str) -> None:
        if not self.wanted:
            raise ValueError(f"{what}: no inputs are given; some of the network are needed to measure on")

    def watch(self, chip: Chip = ()) -> list[tuple[Tensor, Tensor]]:
        """Input and digitised sums of every crossbar layer for the measurement inputs; without a chip, as trained."""
        with on_chip(chip), recording(self.network) as seen:
            self.network.eval()(self.inputs)
        return [
            (_joined(taken), _joined(sums)) for taken, sums in (zip(*calls, strict=True) for calls in seen.values())
        ]

    @torch.no_grad()
    def make_chip(self, condition: Condition) -> Chip:
        """The layers of one chip. Where the variant calibrates, column offsets are measured layer by layer."""
        chip = [self._chip_layer(index, condition) for index in range(len(self.layers))]
        if self.variant.calibrate:
            self._need_inputs("calibrate of the variant")
            for index, (_, wanted) in enumerate(self.wanted):
                found = self.watch(chip)[index][1]
                chip[index].offset = (found - wanted).mean([0, *range(2, found.dim())])
        return chip

    def _chip_layer(self, index: int, condition: Condition) -> ChipLayer:
        conversions = self._conversions(index, self.cells(index, condition))
        corrections = None
        if condition.compensation == "array":
            programmed = self._conversions(index, self.cells(index, condition, aged=False))
            tiles = [array.tile for array in self.mapped.layers[index][0].arrays if array.crossbar == 0]
            corrections = torch.stack(
                [drift_factors(*pair, tiles) for pair in zip(programmed, conversions, strict=True)]
            )
        converters = self._converters(index, conversions, condition.chip)
        reads = self._reads(index, condition) if is_read_by_read(self.variant, self.device) else None
        return self._layer(index, conversions, converters, corrections, reads)

    def _reads(self, index: int, condition: Condition) -> ArrayReads:
        noisy = self.variant.redraw_read_noise and condition.noise is None
        device = self.device if noisy else self.device.model_copy(update={"read_noise": 0.0})
        dacs, noise = (generator(self.seed, purpose, condition.chip, index) for purpose in ("dac", "reads"))
        slices = self.cells(index, condition)
        given = self.layers[index], slices, self.mapped, device, self.variant, self.law
        return ArrayReads(*given, dacs=dacs, noise=noise)

    def cells(self, index: int, condition: Condition, *, aged: bool = True) -> list[Slice]:
        """The arrays of a layer as a chip holds them. `aged` False: as they were programmed."""
        device = self.device if aged else self.device.model_copy(update={"ageing": "none", "read_noise": 0.0})
        if self.variant.redraw_read_noise:
            device = device.model_copy(update={"read_noise": 0.0})
        streams = chip_streams(self.seed, condition.chip, index)

        def made(g_uS: Tensor) -> Tensor:
            if condition.noise is None:
                return fabricate(g_uS, device, self.laws, streams, time_s=condition.time_s)
            if condition.noise == 0:
                return g_uS
            return program(g_uS, device, condition.noise, generator=streams["programming"])

        return [_changed(part, made) for part in self.mapped.layers[index]]

    def _conversions(self, index: int, slices: list[Slice], *, wired: bool = True) -> list[Conversion]:
        """The columns that the converters of a layer see, behind its wires, and their factors."""
        shape, found, ohm = self.layers[index].weight.shape, [], self.variant.wire_ohm
        solver = "fast" if self.variant.sinh_V else self.variant.solver  # `ArrayReads` solves such cells itself
        for part in slices:
            arrays = _changed(part, lambda g_uS: conductance_behind(g_uS, ohm, solver)).arrays if wired else part.arrays
            seen = read_conversions(arrays, shape, self.mapped.mapping, self.device)
            found += [Conversion(share, gain * part.factor) for share, gain in seen]
        return found

    def _layer(
        self, index: int, conversions: list[Conversion], converters: Converters, corrections: Tensor | None = None,
        reads: Reads | None = None,
    ) -> ChipLayer:  # fmt: skip
        layer, rows = self.layers[index], self.mapped.rows
        if corrections is None:
            corrections = torch.ones(len(conversions), layer.tiles(rows), len(layer.weight), dtype=torch.float64)
        signed = self._signed(index, conversions)
        columns = [
            Columns(share, factor * correction, signed, self.ranges[index])
            for (share, factor), correction in zip(conversions, corrections, strict=True)
        ]
        return ChipLayer(layer, columns, converters, rows, reads)

    def _signed(self, index: int, conversions: list[Conversion]) -> bool:
        """Whether the ADCs of a layer take both signs."""
        return self.layers[index].signed and not any(factor < 0 for _, factor in conversions)

    def _converters(self, index: int, conversions: list[Conversion], chip: int) -> Converters:
        stream, layer = generator(self.seed, "adc", chip, index), self.layers[index]
        shape = (len(conversions), layer.tiles(self.mapped.rows), len(layer.weight))
        gain, offset = (
            torch.empty(shape, dtype=torch.float64).normal_(generator=stream) * sigma if sigma > 0 else None
            for sigma in (self.variant.adc_gain, self.variant.adc_offset)
        )
        signed, curve, edges = self._signed(index, conversions), self.variant.adc_curve, None
        bits = self.variant.adc_bits or layer.hardware.adc_bits
        if MAPPINGS[self.mapped.mapping].is_offset and not signed:
            bits += 1  # sums with an offset have the bit that prices give them; codes of both signs have it already
        if not is_ideal(curve):
            edges = thresholds(curve, shape, bits, signed=signed, generator=stream)
        return Converters(bits, gain, offset, edges)

    @torch.no_grad()
    def layer_errors(self, chip: Chip) -> list[dict[str, Any]]:
        """Errors (see `errors.layer_errors`) of the digitised sums of a chip against those of the trained network.

        Sums are less their common mode in layers that subtract it, because nothing behind the layer sees it.
        """
        self._need_inputs("layer errors")
        cases = zip(self.layers, chip, self.wanted, self.watch(chip), strict=True)
        sums = ((layer, (wanted, part(taken), behind)) for layer, part, (taken, wanted), (_, behind) in cases)
        return layer_errors(self.layers, (Compared(*map(layer.less_mean, of_layer)) for layer, of_layer in sums))


def _joined(calls: Sequence[Tensor]) -> Tensor:
    """The inputs or sums of a layer over its calls. Calls of another size than the first are left out."""
    return torch.cat([call for call in calls if call.shape[1:] == calls[0].shape[1:]])


def _changed(part: Slice, change: Callable[[Tensor], Tensor]) -> Slice:
    return part._replace(arrays=[array._replace(g_uS=change(array.g_uS)) for array in part.arrays])
