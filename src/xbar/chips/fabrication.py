"""What fabrication and time make of the conductances of an array, and the digital factors that follow drift."""

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from xbar.config.crossbars import DeviceSpec
from xbar.hardware.device import NONIDEALITIES
from xbar.hardware.laws import Laws
from xbar.hardware.mapping import Conversion
from xbar.hardware.tiling import Tile
from xbar.seeds import generator


def chip_streams(seed: int, chip: int, index: int) -> dict[str, Generator]:
    """The random streams of one layer of one chip, one for each non-ideality of its cells."""
    purposes = {name: "chip" if name == "programming" else name for name in NONIDEALITIES}
    return {name: generator(seed, purpose, chip, index) for name, purpose in purposes.items()}


def fabricate(
    g_uS: Float[Tensor, "rows columns"], device: DeviceSpec, laws: Laws, streams: dict[str, Generator], *,
    time_s: float = 0.0,
) -> Float[Tensor, "rows columns"]:  # fmt: skip
    """Conductances (uS) of an array's cells `time_s` after they were programmed to `g_uS`."""
    for name, nonideality in NONIDEALITIES.items():
        g_uS = nonideality(g_uS, device, laws, generator=streams[name], time_s=time_s)
    return g_uS


def drift_factors(programmed: Conversion, now: Conversion, tiles: list[Tile]) -> Float[Tensor, "blocks outputs"]:
    """Digital factor of each array, for all its outputs (row blocks, outputs): mean |signal| as programmed over now.

    As GlobalDriftCompensation of aihwkit, which reads each array with one-hot inputs.
    """
    blocks = 1 + max(tile.row_block for tile in tiles)
    factors = torch.ones(blocks, programmed.share.shape[0], dtype=torch.float64)
    for tile in tiles:
        before, after = (found.share.flatten(1)[tile.outputs, tile.rows].abs().mean() for found in (programmed, now))
        if after > 0:
            factors[tile.row_block, tile.outputs] = before / after
    return factors
