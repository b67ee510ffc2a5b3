"""Weights on arrays of devices and back: conductances with their place, whatever the mapping."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.hardware.device import conductance
from xbar.hardware.tiling import Tile, tiles

MAPPING_OF_POLARITY = {"bipolar": "differential-columns", "positive": "unipolar", "mixed": "unipolar"}


class Array(NamedTuple):
    """One array: its part of the layer and its devices' conductances (used rows, used columns), uS."""

    tile: Tile
    g_uS: Float[Tensor, "rows columns"]


def map_weights(
    share: Float[Tensor, "outputs channels *kernel"], mapping: str, device: DeviceSpec, crossbar: CrossbarSpec
) -> list[Array]:
    """Arrays that hold a layer's quantised weights, given as shares of full scale.

    `differential-columns`: output j in columns 2j (positive part) and 2j + 1 (negative part). `unipolar`: output
    j in column j; where g_min_uS > 0 a last column at g_min_uS lets the off-current be subtracted (Arm patent
    US 11,886,972). Matrix rows are ordered by channel, then kernel position.
    ValueError: negative weights in a unipolar mapping, weights that are not finite, arrays too small.
    """
    if share.numel() == 0:
        raise ValueError(f"a weight tensor of shape {tuple(share.shape)} holds nothing to map")
    spare, pair = _spare_columns(mapping, device), 2 if mapping == "differential-columns" else 1
    matrix = share.double().flatten(1).T
    arrays = []
    for tile in tiles(share.shape, crossbar.rows, crossbar.columns, columns_per_output=pair, spare=spare):
        part = matrix[tile.rows, tile.outputs]
        if mapping == "differential-columns":
            part = torch.stack([part.clamp_min(0), (-part).clamp_min(0)], 2).flatten(1)
        g_uS = conductance(part, device)
        if spare:
            g_uS = torch.cat([g_uS, torch.full_like(g_uS[:, :1], device.g_min_uS)], 1)
        arrays.append(Array(tile, g_uS))
    return arrays


def read_weights(
    arrays: list[Array], shape: torch.Size, mapping: str, device: DeviceSpec
) -> Float[Tensor, "outputs channels *kernel"]:
    """Weights, shares of full scale (float64), that the conductances stand for: the inverse of `map_weights`."""
    matrix = torch.zeros(shape[1:].numel(), shape[0], dtype=torch.float64)
    window = device.g_max_uS - device.g_min_uS
    for tile, g_uS in arrays:
        if mapping == "differential-columns":
            signal = g_uS[:, 0::2] - g_uS[:, 1::2]
        elif _spare_columns(mapping, device):
            signal = g_uS[:, :-1] - g_uS[:, -1:]
        else:
            signal = g_uS - device.g_min_uS
        matrix[tile.rows, tile.outputs] = signal.to(matrix) / window
    return matrix.T.reshape(shape)


def _spare_columns(mapping: str, device: DeviceSpec) -> int:
    """Columns of each array that hold no output."""
    if mapping not in ("differential-columns", "unipolar"):
        raise ValueError(f"mapping '{mapping}' is not one of differential-columns, unipolar")
    return 1 if mapping == "unipolar" and device.g_min_uS > 0 else 0
