"""Weights on arrays of devices, and back: conductances with their places, for every mapping."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.hardware.device import conductance
from xbar.hardware.tiling import Tile, tiles
from xbar.mappings import MappingName, MappingRules, rules_of


class Array(NamedTuple):
    """One array: its part of the layer and the conductances (used rows, used columns) of its devices, uS.

    `crossbar`: 1 for the negative parts on two crossbars, otherwise 0.
    """

    tile: Tile
    g_uS: Float[Tensor, "rows columns"]
    crossbar: int = 0


class Conversion(NamedTuple):
    """One ADC conversion per output: the column that it sees, as shares of full scale, and its digital factor."""

    share: Float[Tensor, "outputs channels *kernel"]
    factor: float


def _parts(matrix: Tensor) -> list[Tensor]:
    return [matrix.clamp_min(0), (-matrix).clamp_min(0)]


def _split(matrix: Tensor, rules: MappingRules) -> list[Tensor]:
    """The matrix of one array (rows, outputs) as one matrix of device shares for each crossbar."""
    if rules.crossbars == 2:
        return _parts(matrix)
    if rules.columns_per_output == 2:
        return [torch.stack(_parts(matrix), 2).flatten(1)]
    return [matrix * rules.swing + (rules.reference or 0.0)]


def _rules(mapping: MappingName, device: DeviceSpec) -> MappingRules:
    return rules_of(mapping, off_current=device.g_min_uS > 0)


def map_weights(
    share: Float[Tensor, "outputs channels *kernel"], mapping: MappingName, device: DeviceSpec, crossbar: CrossbarSpec
) -> list[Array]:
    """Arrays that hold a layer's quantised weights, given as shares of full scale.

    Paired columns: output j in columns 2j (positive part) and 2j + 1 (negative part). Two crossbars: positive parts in
    one, negative parts in a second beside it. Offset column: (1 + weight) / 2 in column j, and a reference column of
    halves. A device then needs 2^(bits + 1) - 1 levels. Unipolar: output j in column j. Where g_min_uS > 0, a last
    column at g_min_uS allows the off-current to be subtracted (Arm patent US 11,886,972). Matrix rows are ordered by
    channel, then by kernel position. ValueError for no weights, negative weights in a unipolar mapping, values not
    finite, and arrays too small.
    """
    if share.numel() == 0:
        raise ValueError(f"weights of shape {tuple(share.shape)} do not map; needed are (outputs, channels, *kernel)")
    rules = _rules(mapping, device)
    width, spare = rules.columns_per_output, rules.reference_columns
    matrix = share.double().flatten(1).T
    arrays = []
    for tile in tiles(share.shape, crossbar.rows, crossbar.columns, columns_per_output=width, spare=spare):
        for index, part in enumerate(_split(matrix[tile.rows, tile.outputs], rules)):
            if rules.reference is not None:
                part = torch.cat([part, torch.full_like(part[:, :1], rules.reference)], 1)
            arrays.append(Array(tile, conductance(part, device), index))
    return arrays


def read_conversions(
    arrays: list[Array], shape: torch.Size, mapping: MappingName, device: DeviceSpec
) -> list[Conversion]:
    """What each ADC conversion of a layer's outputs sees (float64, shares of full scale).

    Shares times factors add up to the weights that `map_weights` was given.

    Where columns are subtracted before the ADC, their difference is converted once. The mapped layer then equals the
    trained one code by code. An offset halves the signal, and its ADC has half the range. Where columns are subtracted
    behind the ADC, both are converted, rounded and clipped apart. Their difference equals the trained output only
    without converters.
    """
    window = device.g_max_uS - device.g_min_uS
    found: dict[float, Tensor] = {}
    for tile, seen in seen_by_adcs(arrays, mapping, device):
        for factor, column_uS in seen.items():
            matrix = found.setdefault(factor, torch.zeros(shape[1:].numel(), shape[0], dtype=torch.float64))
            matrix[tile.rows, tile.outputs] = column_uS.to(matrix) / window
    return [Conversion(matrix.T.reshape(shape), factor) for factor, matrix in found.items()]


def seen_by_adcs(
    arrays: list[Array], mapping: MappingName, device: DeviceSpec
) -> Iterator[tuple[Tile, dict[float, Tensor]]]:
    """What the ADCs see of the columns of every tile (rows, outputs), in the units of `g_uS`, by digital factor.

    It is linear in the columns. They may therefore also be currents of several reads (reads, columns).
    """
    rules = _rules(mapping, device)
    full = 1 / rules.swing
    for tile, plus_uS, minus_uS in _pairs(arrays, rules):
        if rules.is_simulated_apart:
            yield tile, {full: plus_uS, -full: minus_uS.expand_as(plus_uS)}
        else:
            yield tile, {1.0: full * (plus_uS - (minus_uS if minus_uS.numel() else device.g_min_uS))}


def _pairs(arrays: list[Array], rules: MappingRules) -> list[tuple[Tile, Tensor, Tensor]]:
    """Every tile with the columns that are added and those that are subtracted (one for all, one each, or none)."""
    if rules.crossbars == 2:
        second = {array.tile[:2]: array.g_uS for array in arrays if array.crossbar == 1}
        return [(array.tile, array.g_uS, second[array.tile[:2]]) for array in arrays if array.crossbar == 0]
    if rules.columns_per_output == 2:
        return [(tile, g_uS[:, 0::2], g_uS[:, 1::2]) for tile, g_uS, _ in arrays]
    if rules.reference is None:
        return [(tile, g_uS, g_uS[:, :0]) for tile, g_uS, _ in arrays]
    return [(tile, g_uS[:, :-1], g_uS[:, -1:]) for tile, g_uS, _ in arrays]
