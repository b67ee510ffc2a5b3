"""The kinds of layers that stand on crossbars, and the crossbar layer that replaces a plain one."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import skip_init

from xbar.network.hardware import Hardware, Scales
from xbar.network.layers import CrossbarLayer, Edges, Inputs, block_diagonal


class CrossbarLinear(CrossbarLayer, nn.Linear):  # type: ignore[misc] # torch declares its bias in another way
    """nn.Linear on crossbars; inputs of shape (..., features)."""

    def currents(
        self, driven: Float[Tensor, "batch rows"], weight: Float[Tensor, "columns rows"]
    ) -> Float[Tensor, "batch columns"]:
        return functional.linear(driven, weight)


class CrossbarConv1d(CrossbarLayer, nn.Conv1d):
    """nn.Conv1d on crossbars; inputs of shape (batch, channels, length)."""

    def currents(
        self, driven: Float[Tensor, "batch channels length"], weight: Float[Tensor, "columns channels kernel"]
    ) -> Float[Tensor, "batch columns places"]:
        return functional.conv1d(driven, weight, None, self.stride, self.padding, self.dilation)


class CrossbarConv2d(CrossbarLayer, nn.Conv2d):
    """nn.Conv2d on crossbars; inputs of shape (batch, channels, height, width)."""

    def currents(
        self,
        driven: Float[Tensor, "batch channels height width"],
        weight: Float[Tensor, "columns channels kernel_height kernel_width"],
    ) -> Float[Tensor, "batch columns rows_out columns_out"]:
        return functional.conv2d(driven, weight, None, self.stride, self.padding, self.dilation)


Plain = nn.Linear | nn.Conv1d | nn.Conv2d
CROSSBAR_KINDS: Mapping[type[nn.Module], type[CrossbarLayer]] = {
    nn.Linear: CrossbarLinear, nn.Conv1d: CrossbarConv1d, nn.Conv2d: CrossbarConv2d,
}  # fmt: skip


@torch.no_grad()
def crossbar_layer(
    plain: Plain, hardware: Hardware, scales: Scales | None = None, *, takes: Inputs = "positive",
    centred: bool = False, name: str = "",
) -> CrossbarLayer:  # fmt: skip
    """The crossbar layer that replaces a plain one, with its weights and its bias.

    Where inputs are halved, the weights are [W, -W]. The groups of a convolution stand along the diagonal of a dense
    matrix. `scales`: full scales shared with other layers; None gives the layer its own. ValueError where a kernel does
    not fit into an array.
    """
    blocks = 1 if isinstance(plain, nn.Linear) else plain.groups
    weight, halves = block_diagonal(plain.weight, blocks), 2 if takes == "halved" else 1
    sizes: tuple[Any, ...] = (halves * weight.shape[1], weight.shape[0])
    edges = None
    if isinstance(plain, (nn.Conv1d, nn.Conv2d)):
        edges = _edges(plain)
        sizes += (plain.kernel_size, plain.stride, plain.padding if edges is None else 0, plain.dilation)
    factory = {"bias": plain.bias is not None, "device": weight.device, "dtype": weight.dtype}
    layer: CrossbarLayer = skip_init(CROSSBAR_KINDS[type(plain)], *sizes, **factory)
    layer.to(memory_format=torch.channels_last)
    for size in ("in_features", "in_channels"):  # because the user's own forward may read them
        if hasattr(plain, size):
            setattr(layer, size, getattr(plain, size))
    layer.weight.copy_(torch.cat([weight, -weight], 1) if halves == 2 else weight)
    if layer.bias is not None and plain.bias is not None:
        layer.bias.copy_(plain.bias)
    layer.register_buffer("sign", torch.ones(len(weight), device=weight.device, dtype=weight.dtype))
    layer.register_buffer("input_factor", None)
    layer.register_buffer("output_factor", None)
    layer.scales = (scales or Scales()).to(weight.device, weight.dtype)
    layer.hardware, layer.takes, layer.centred = hardware, takes, centred
    layer.blocks, layer.edges = blocks, edges
    layer.floor, layer.name = 1.0 if hardware.polarity == "signed" else 0.0, name or type(layer).__name__
    try:
        layer.tiles()
    except ValueError as error:
        raise ValueError(f"{layer.name}: {error}") from None
    return layer.train(plain.training)


def _edges(plain: nn.Conv1d | nn.Conv2d) -> Edges | None:
    """Padding that functional.conv1d and conv2d do not offer.

    None where the padding consists of zeros, as many at both ends, and where there is no padding.
    """
    widths = tuple(plain._reversed_padding_repeated_twice)
    if plain.padding_mode == "zeros":
        return Edges(widths, "constant") if widths[::2] != widths[1::2] else None
    return Edges(widths, plain.padding_mode) if any(widths) else None
