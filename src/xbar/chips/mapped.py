"""A prepared network on arrays: the conductances that hold the weights of each of its crossbar layers."""

from pathlib import Path
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.hardware.arrays import read_arrays
from xbar.hardware.mapping import Array, map_weights
from xbar.hardware.slicing import slice_weights
from xbar.mappings import MAPPING_OF_POLARITY, MappingName
from xbar.network.contexts import crossbar_layers, hardware_of
from xbar.network.layers import CrossbarLayer


class Slice(NamedTuple):
    """The arrays that hold one slice of a layer's weights (all of it, unless bits are sliced), and its factor."""

    arrays: list[Array]
    factor: float = 1.0


class Mapped(NamedTuple):
    """All arrays of a network. `layers`: the slices of each layer. `rows`: rows of one array."""

    mapping: MappingName
    rows: int
    layers: list[list[Slice]]

    @property
    def arrays(self) -> list[list[Array]]:
        """The arrays of every layer, one slice after the other."""
        return [[array for part in slices for array in part.arrays] for slices in self.layers]


@torch.no_grad()
def map_network(
    network: nn.Module, device: DeviceSpec, crossbar: CrossbarSpec, *, mapping: MappingName | None = None,
    slice_bits: int | None = None,
) -> Mapped:  # fmt: skip
    """The arrays of every crossbar layer of a trained network, in the order of `crossbar_layers`.

    `mapping`: None takes that of the network's polarity. `slice_bits`: bits of one device, where each weight is sliced
    over several devices. ValueError where arrays or devices cannot hold the weights.
    """
    hardware = hardware_of(network)
    mapping = mapping or MAPPING_OF_POLARITY[hardware.polarity]
    layers = []
    for layer in crossbar_layers(network).values():
        share = weight_share(layer)
        try:
            parts = [(share, 1.0)] if slice_bits is None else slice_weights(share, hardware.weight_bits, slice_bits)
            layers.append([Slice(map_weights(part, mapping, device, crossbar), factor) for part, factor in parts])
        except ValueError as error:
            raise ValueError(f"{layer.name}: {error}") from None
    return Mapped(mapping, crossbar.rows, layers)


def read_mapped(path: str | Path) -> Mapped:
    """What the stage `map_network` wrote. Every device holds a whole weight there. ValueError for another file."""
    arrays, about = read_arrays(path)
    if missing := {"mapping", "crossbar"} - about.keys():
        raise ValueError(f"{path} holds no mapped network: {', '.join(sorted(missing))} missing from its header")
    return Mapped(about["mapping"], about["crossbar"]["rows"], [[Slice(of_layer)] for of_layer in arrays])


@torch.no_grad()
def weight_share(layer: CrossbarLayer) -> Float[Tensor, "outputs channels *kernel"]:
    """Quantised weights of one layer as exact shares of full scale (float64, CPU): code / (2^bits - 1)."""
    codes = 2**layer.hardware.weight_bits - 1
    return (layer.quantized_weight().double() / layer.scales.w_max.double() * codes).round().cpu() / codes
