"""Devices, arrays and conditions as they are named in Python: looked up in a config.yaml and checked as that is."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError
from torch import nn

from xbar.checks.hardware import check_ageing, check_cells
from xbar.checks.reading import load_config
from xbar.config.base import check_name, line_of
from xbar.config.config import Config
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.variants import VariantSpec
from xbar.mappings import MAPPING_OF_POLARITY, check_mapping
from xbar.network.contexts import crossbar_layers, hardware_of

LISTS = ("times_s", "compensations")


def config_of(project: Path) -> Config:
    """The configuration of a checkout, read once. ValueError where the folder holds none."""
    path = Path(project) / "config.yaml"
    if not path.is_file():
        raise ValueError(f"{project} holds no config.yaml; give the folder of a checkout as project")
    return _read_once(path, path.stat().st_mtime_ns)


@cache
def _read_once(path: Path, _: int) -> Config:
    return load_config(path)


def hardware_named(
    network: nn.Module, device: str | DeviceSpec, crossbar: str | CrossbarSpec, project: Path
) -> tuple[DeviceSpec, CrossbarSpec]:  # fmt: skip
    """Specs by their names. ValueError for arrays on which an ADC would see more rows than it is scaled for."""
    if isinstance(device, str):
        devices = config_of(project).devices
        check_name(device, devices, "device")
        device = devices[device]
    if isinstance(crossbar, str):
        crossbars = config_of(project).crossbars
        check_name(crossbar, crossbars, "crossbar")
        crossbar = crossbars[crossbar]
    prepared = hardware_of(network).rows
    if any(layer.tiles(crossbar.rows) < layer.tiles() for layer in crossbar_layers(network).values()):
        told = f"arrays of {crossbar.rows} rows; the network's ADCs are scaled for {prepared}"
        raise ValueError(f"{told}; give a crossbar of at most {prepared} rows, or prepare the network for more")
    return device, crossbar


def variant_of(
    network: nn.Module, asked: Mapping[str, Any], device: DeviceSpec, crossbar: CrossbarSpec
) -> VariantSpec:  # fmt: skip
    """The conditions of an evaluation, whose lists may be single values.

    ValueError, one line, for values that are not allowed, for a mapping that does not fit the weights, and for a device
    that does not age as asked or has too few levels.
    """
    lists = {name: np.ravel(asked[name]).tolist() for name in LISTS}
    try:
        variant = VariantSpec.model_validate({**asked, **lists})
    except ValidationError as error:
        raise ValueError(line_of(error.errors()[0])) from None
    hardware, signed = hardware_of(network), hardware_of(network).polarity == "signed"
    check_mapping("on_chips", hardware.polarity, variant.mapping)
    check_ageing("on_chips", variant, device)
    mapping = variant.mapping or MAPPING_OF_POLARITY[hardware.polarity]
    check_cells("on_chips", hardware.weight_bits, mapping, device, crossbar, signed=signed)
    return variant
