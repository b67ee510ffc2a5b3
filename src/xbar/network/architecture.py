"""Networks built from their description: plain torch modules in sequence, or the same prepared for crossbars."""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor, nn

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.config.polarity import SignSpec
from xbar.network.averages import AvgPool2d
from xbar.network.geometry import Place, Shape, check_signs, columns_of, places
from xbar.network.hardware import Hardware
from xbar.network.inputs import Normalisation
from xbar.network.norms import BatchNorm1d, BatchNorm2d
from xbar.network.prepare import prepare
from xbar.network.signs import set_signs


class BothSigns(nn.Module):
    """Concatenates y and -y along the channels. A ReLU behind it makes CReLU (Shang et al., ICML 2016)."""

    def forward(self, values: Float[Tensor, "batch channels *place"]) -> Float[Tensor, "batch both *place"]:
        return torch.cat([values, -values], 1)


def float_network(architecture: ArchitectureSpec, input_shape: Shape) -> nn.Sequential:
    """The untrained network that computes in floating point, for raw inputs of `input_shape`.

    The modules have names with the number i of their layer. `inputs` normalises. Each layer has `layer<i>` and
    `norm<i>`, and may have `pool<i>`, `both<i>` and `relu<i>` behind them. `average<i>` and `flatten<i>` stand before
    layer i.
    """
    network = nn.Sequential()
    network.add_module("inputs", Normalisation(input_shape, architecture.brightness))
    index, standing = 0, places(architecture, input_shape)
    for place, following in zip(standing, [*standing[1:], None], strict=True):
        if place.spec.average is not None:
            network.add_module(f"average{index}", _average(place))
            continue
        for name, part in _layer(place):
            network.add_module(f"{name}{index}", part)
        if following is not None:
            if architecture.activation == "crelu":
                network.add_module(f"both{index}", BothSigns())
            network.add_module(f"relu{index}", nn.ReLU(inplace=True))
        index += 1
    return network


def _layer(place: Place) -> Iterator[tuple[str, nn.Module]]:
    channels, height, width = place.inputs
    if place.spec.conv is None:
        assert place.spec.linear is not None
        yield "flatten", nn.Flatten()
        yield "layer", nn.Linear(channels * height * width, place.spec.linear, bias=False)
        yield "norm", BatchNorm1d(place.spec.linear)
        return
    padding = (place.kernel[0] // 2, place.kernel[1] // 2)  # at stride 1 the output has the size of the input
    layer = nn.Conv2d(channels, place.spec.conv, place.kernel, place.stride, padding, bias=False)
    yield "layer", layer.to(memory_format=torch.channels_last)
    yield "norm", BatchNorm2d(place.spec.conv)
    if place.spec.pool > 1:
        yield "pool", nn.MaxPool2d(place.pool)


def _average(place: Place) -> nn.Module:
    """Means over equal parts of each axis. An axis that is shorter than the number of parts keeps its values."""
    sizes, parts = place.inputs[1:], place.positions
    if any(size % count for size, count in zip(sizes, parts, strict=True)):
        return nn.AdaptiveAvgPool2d(parts)
    window = (sizes[0] // parts[0], sizes[1] // parts[1])
    return AvgPool2d(window)  # the same numbers; on a GPU its gradient is deterministic


def build_network(
    spec: NetworkSpec,
    architecture: ArchitectureSpec,
    crossbar: CrossbarSpec,
    input_shape: Shape,
    noise: tuple[float, ...] = (),
) -> nn.Module:
    """The untrained network of a config entry.

    `noise`: the law of the programming noise where it is that of the network's device (see Hardware). Only training
    needs it. ValueError where a kernel does not fit into an array, or where listed signs do not fit the layers.
    """
    plain = float_network(architecture, input_shape)
    if spec.polarity == "float":
        return plain
    if isinstance(spec.signs, SignSpec):
        check_signs(spec.architecture, spec.signs, columns_of(architecture))
    assert spec.weight_bits is not None and spec.scale is not None
    hardware = Hardware(
        polarity=spec.polarity,
        weight_bits=spec.weight_bits,
        dac_bits=spec.dac_bits,
        adc_bits=spec.adc_bits,
        rows=crossbar.rows,
        noise=0.0 if spec.noise == "device" else spec.noise,
        noise_law=noise,
    )
    network = prepare(
        plain,
        hardware,
        scale=spec.scale,
        signed_inputs="halved" if architecture.input == "split" else "shifted",
        common_mode=spec.common_mode,
    )
    if isinstance(spec.signs, SignSpec):
        set_signs(network, spec.signs)
    return network
