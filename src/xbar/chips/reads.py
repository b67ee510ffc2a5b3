"""Arrays read one by one: rows driven by their own DACs, cells of any law, noise drawn for every read.

A variant uses these reads only for what a product of matrices cannot describe. They are slower, because rows are copied
for every product, and far slower where the circuit is solved for every product.
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from xbar.chips.mapped import Mapped, Slice
from xbar.config.crossbars import DeviceSpec
from xbar.config.variants import VariantSpec, check_sinh
from xbar.hardware.cells import OHMIC, CellLaw, column_currents
from xbar.hardware.converters import is_ideal, levels
from xbar.hardware.mapping import Array, seen_by_adcs
from xbar.hardware.wires import conductance_behind
from xbar.network.layers import CrossbarLayer

TOLERANCE = 1e-6  # of voltages, relative to the largest: a two-hundredth of a step of 12 bits


def is_read_by_read(variant: VariantSpec, device: DeviceSpec) -> bool:
    """Whether a variant needs reads one by one on this device."""
    noisy = variant.redraw_read_noise and device.read_noise > 0
    return noisy or variant.sinh_V is not None or not is_ideal(variant.dac_curve)


def cell_law(variant: VariantSpec, read_voltage_V: float | None) -> CellLaw:
    """The law of the cells of a variant; ValueError where it needs a read voltage and has none, or too high a one."""
    if variant.sinh_V is None:
        return OHMIC
    if read_voltage_V is None:
        raise ValueError(f"sinh_V: {variant.sinh_V:g} needs read_voltage_V, that of the rows at full scale")
    check_sinh("sinh_V", variant.sinh_V, read_voltage_V)
    return CellLaw(read_voltage_V, variant.sinh_V)


class ArrayReads:
    """What the ADCs of one layer of one chip see, for `ChipLayer.reads`.

    `slices`: the layer's arrays as the chip holds them. `device`: its read noise is drawn for every read, on every
    column; wires do not change this noise. `law`: of its cells. `dacs`, `noise`: generators of DAC
    curves and of read noise.
    """

    def __init__(
        self, layer: CrossbarLayer, slices: list[Slice], mapped: Mapped, device: DeviceSpec, variant: VariantSpec,
        law: CellLaw, *, dacs: Generator, noise: Generator,
    ) -> None:  # fmt: skip
        self.layer, self.mapped, self.device, self.variant = layer, mapped, device, variant
        self.law, self.noise = law, noise
        self.is_solved = variant.solver == "exact" and variant.sinh_V is not None
        place = layer.scales.log_x_max.device
        self.arrays = [[array._replace(g_uS=self._wired(array.g_uS).to(place)) for array in s.arrays] for s in slices]
        self.levels: Tensor | None = None
        if not is_ideal(variant.dac_curve):
            rows, bits = layer.weight[0].numel(), layer.hardware.dac_bits
            self.levels = levels(variant.dac_curve, rows, bits, generator=dacs).to(place)

    def _wired(self, g_uS: Tensor) -> Tensor:
        """Conductances behind the wires, unless every read is solved with them."""
        return g_uS if self.is_solved else conductance_behind(g_uS, self.variant.wire_ohm, self.variant.solver)

    def __call__(self, driven: Float[Tensor, "batch channels *place"]) -> Iterator[tuple[Tensor, ...]]:
        """For each row tile, what the ADCs see in each conversion, in the units of the layer."""
        rows = self._rows(driven)
        volts = self._volts(rows.movedim(1, -1).flatten(0, -2).double())
        found: list[list[Tensor]] = [[] for _ in range(self.layer.tiles(self.mapped.rows))]
        for arrays in self.arrays:
            read = [array._replace(g_uS=self._currents_uA(array, volts)) for array in arrays]
            first = [len(conversions) for conversions in found]
            for tile, seen in seen_by_adcs(read, self.mapped.mapping, self.device):
                conversions = found[tile.row_block]
                for number, values in enumerate(seen.values(), first[tile.row_block]):
                    if number == len(conversions):
                        conversions.append(volts.new_zeros(len(volts), len(self.layer.weight)))
                    conversions[number][:, tile.outputs] = values
        window = self.device.g_max_uS - self.device.g_min_uS
        scales = self.layer.scales
        unit = float(scales.x_max.detach() * scales.w_max.detach()) / (self.law.read_voltage_V * window)
        places = (len(rows), *rows.shape[2:])
        for conversions in found:
            yield tuple((unit * values).float().view(*places, -1).movedim(-1, 1) for values in conversions)

    def _rows(self, driven: Tensor) -> Float[Tensor, "batch rows *places"]:
        """The value on every row for every product, by the layer's own product with the unit matrix as its weight."""
        shape = self.layer.weight.shape
        unit = torch.eye(shape[1:].numel(), dtype=driven.dtype, device=driven.device)
        return self.layer.currents(driven, unit.view(-1, *shape[1:]))

    def _volts(self, rows: Float[Tensor, "products rows"]) -> Float[Tensor, "products rows"]:
        shares = rows / float(self.layer.scales.x_max.detach())
        if self.levels is not None:
            codes = (shares * (self.levels.shape[1] - 1)).round().long()
            shares = self.levels.gather(1, codes.T).T
        return shares * self.law.read_voltage_V

    def _currents_uA(self, array: Array, volts: Tensor) -> Float[Tensor, "products columns"]:
        driven = volts[:, array.tile.rows]
        ohmic = self.law.ohmic_V(driven)
        if self.is_solved:
            positive = array.g_uS.clamp_min(0)
            current = column_currents(positive, driven, self.variant.wire_ohm, self.law, tolerance=TOLERANCE)
            current += ohmic @ array.g_uS.clamp_max(0)  # errors of the read-out, see `conductance_behind`
        else:
            current = ohmic @ array.g_uS
        if self.device.read_noise == 0:
            return current
        draw = torch.empty(current.shape, dtype=current.dtype).normal_(generator=self.noise).to(current)
        sigma_uS = self.device.read_noise * (self.device.g_max_uS - self.device.g_min_uS)
        return current + sigma_uS * ohmic.square().sum(1, keepdim=True).sqrt() * draw
