"""Weights read back from arrays."""

import torch
from torch import Tensor

from xbar.config.crossbars import DeviceSpec
from xbar.hardware.mapping import Array, read_conversions
from xbar.mappings import MappingName


def weights_on(arrays: list[Array], shape: torch.Size, mapping: MappingName, device: DeviceSpec) -> Tensor:
    """Shares of full scale (float64) that the conductances stand for: the inverse of `map_weights`."""
    parts = read_conversions(arrays, shape, mapping, device)
    return torch.stack([part.share * part.factor for part in parts]).sum(0)
