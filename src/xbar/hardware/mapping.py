"""Weights on arrays of devices and back: conductances with their place, whatever the mapping."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.hardware.device import conductance
from xbar.hardware.tiling import Tile, tiles

MAPPING_OF_POLARITY = {"signed": "differential-columns", "unipolar": "unipolar", "mixed": "unipolar"}


class Array(NamedTuple):
    """One array: its part of the layer and its devices' conductances (used rows, used columns), uS.

    `crossbar`: 1 for the negative parts in `differential-crossbars`, otherwise 0.
    """

    tile: Tile
    g_uS: Float[Tensor, "rows columns"]
    crossbar: int = 0


class Mapping(NamedTuple):
    """How a matrix of shares of full scale becomes columns of devices.

    `split`: the matrix -> one matrix of device shares per crossbar. `columns_per_output`: in one array.
    `reference`: what every device of one further column of each array holds, share of full scale, or None.
    `subtraction`: where the columns are subtracted unless told otherwise.
    """

    split: Callable[[Tensor], list[Tensor]]
    columns_per_output: int
    reference: float | None
    subtraction: str


class Conversion(NamedTuple):
    """One ADC conversion per output: the column it sees, as shares of full scale, and its factor in the digital sum."""

    share: Float[Tensor, "outputs channels *kernel"]
    factor: float


def _parts(matrix: Tensor) -> list[Tensor]:
    return [matrix.clamp_min(0), (-matrix).clamp_min(0)]


MAPPINGS: dict[str, Mapping] = {
    "differential-columns": Mapping(lambda matrix: [torch.stack(_parts(matrix), 2).flatten(1)], 2, None, "analog"),
    "differential-crossbars": Mapping(_parts, 1, None, "digital"),
    "offset": Mapping(lambda matrix: [(1 + matrix) / 2], 1, 0.5, "analog"),
    "unipolar": Mapping(lambda matrix: [matrix], 1, 0.0, "analog"),
}


def mapping_named(name: str, device: DeviceSpec) -> Mapping:
    """The mapping for a device; ValueError for an unknown name. Only a finite off-conductance needs a correction."""
    if name not in MAPPINGS:
        raise ValueError(f"mapping '{name}' is not one of {', '.join(MAPPINGS)}")
    mapping = MAPPINGS[name]
    return mapping._replace(reference=None) if name == "unipolar" and device.g_min_uS == 0 else mapping


def map_weights(
    share: Float[Tensor, "outputs channels *kernel"], mapping: str, device: DeviceSpec, crossbar: CrossbarSpec
) -> list[Array]:
    """Arrays that hold a layer's quantised weights, given as shares of full scale.

    `differential-columns`: output j in columns 2j (positive part) and 2j + 1 (negative part).
    `differential-crossbars`: positive parts in one crossbar, negative parts in a second beside it.
    `offset`: (1 + weight) / 2 in column j, and a reference column of halves; a device needs twice the levels.
    `unipolar`: output j in column j; where g_min_uS > 0 a last column at g_min_uS lets the off-current be
    subtracted (Arm patent US 11,886,972). Matrix rows are ordered by channel, then kernel position.
    ValueError: negative weights in a unipolar mapping, weights that are not finite, arrays too small.
    """
    if share.numel() == 0:
        raise ValueError(f"weights of shape {tuple(share.shape)} do not map; needed are (outputs, channels, *kernel)")
    split, columns, reference, _ = mapping_named(mapping, device)
    spare = 0 if reference is None else 1
    matrix = share.double().flatten(1).T
    arrays = []
    for tile in tiles(share.shape, crossbar.rows, crossbar.columns, columns_per_output=columns, spare=spare):
        for index, part in enumerate(split(matrix[tile.rows, tile.outputs])):
            if reference is not None:
                part = torch.cat([part, torch.full_like(part[:, :1], reference)], 1)
            arrays.append(Array(tile, conductance(part, device), index))
    return arrays


def read_weights(
    arrays: list[Array], shape: torch.Size, mapping: str, device: DeviceSpec
) -> Float[Tensor, "outputs channels *kernel"]:
    """Weights, shares of full scale (float64), that the conductances stand for: the inverse of `map_weights`."""
    return read_conversions(arrays, shape, mapping, device, "analog")[0].share


def read_conversions(
    arrays: list[Array], shape: torch.Size, mapping: str, device: DeviceSpec, subtraction: str | None = None
) -> list[Conversion]:
    """What each ADC conversion of a layer's outputs sees (float64, shares of full scale).

    `analog` subtraction: one conversion of the difference, so that the mapped layer equals the trained one code by
    code (`offset`: its half-size signal meets an ADC of half the range). `digital`: both columns are converted and
    then subtracted; rounded and clipped apart, their difference equals the trained output only without converters.
    ValueError for an unknown mapping or subtraction.
    """
    subtraction = subtraction or mapping_named(mapping, device).subtraction
    if subtraction not in ("analog", "digital"):
        raise ValueError(f"subtraction '{subtraction}' is not one of analog, digital")
    window = device.g_max_uS - device.g_min_uS
    found: dict[float, Tensor] = {}
    for tile, plus_uS, minus_uS in _pairs(arrays, mapping, device):
        half = 2.0 if mapping == "offset" else 1.0
        if subtraction == "analog" or minus_uS.numel() == 0:
            seen = {1.0: half * (plus_uS - (minus_uS if minus_uS.numel() else device.g_min_uS))}
        else:
            seen = {half: plus_uS, -half: minus_uS.expand_as(plus_uS)}
        for factor, column_uS in seen.items():
            matrix = found.setdefault(factor, torch.zeros(shape[1:].numel(), shape[0], dtype=torch.float64))
            matrix[tile.rows, tile.outputs] = column_uS.to(matrix) / window
    return [Conversion(matrix.T.reshape(shape), factor) for factor, matrix in found.items()]


def _pairs(arrays: list[Array], mapping: str, device: DeviceSpec) -> list[tuple[Tile, Tensor, Tensor]]:
    """Every tile with the columns that count up and those that count down (one for all, each its own, or none)."""
    if mapping == "differential-crossbars":
        second = {array.tile[:2]: array.g_uS for array in arrays if array.crossbar == 1}
        return [(array.tile, array.g_uS, second[array.tile[:2]]) for array in arrays if array.crossbar == 0]
    if mapping == "differential-columns":
        return [(tile, g_uS[:, 0::2], g_uS[:, 1::2]) for tile, g_uS, _ in arrays]
    if mapping_named(mapping, device).reference is None:
        return [(tile, g_uS, g_uS[:, :0]) for tile, g_uS, _ in arrays]
    return [(tile, g_uS[:, :-1], g_uS[:, -1:]) for tile, g_uS, _ in arrays]
