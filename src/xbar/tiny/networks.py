"""The four reference networks of MLPerf Tiny, as torch modules with the paddings of TensorFlow.

After `benchmark/training/*/keras_model.py` and `vww_model.py` of github.com/mlcommons/tiny at commit 1afd2c9; weights
and biases stand where Keras has them, and batch-norm has Keras' epsilon. Inputs have the channels first.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

EPSILON = 1e-3  # Keras' default of batch-norm
Size = tuple[int, int]


class TinyNetwork(NamedTuple):
    """A reference network. `make`: the module; its `replaced` puts full convolutions in the place of depthwise ones.

    `shape`: of one input. `signed`: whether inputs have both signs. Those of ResNet-8 are bytes, those of the MobileNet
    shares of 255; cepstral coefficients and logarithms of spectra have both signs. `depthwise`: whether the network has
    depthwise layers.
    """

    title: str
    make: Callable[..., nn.Module]
    shape: tuple[int, ...]
    signed: bool
    depthwise: bool


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after an axis by TensorFlow's rule "same": where their number is odd, one more behind."""
    outputs = -(-size // stride)
    zeros = max((outputs - 1) * stride + kernel - size, 0)
    return zeros // 2, zeros - zeros // 2


def _conv(
    channels: int, outputs: int, kernel: Size, *, size: Size, stride: int = 1, groups: int = 1
) -> nn.Sequential:  # fmt: skip
    """A convolution on maps of `size` (height, width), with a bias and the padding "same"."""
    height, width = (same_padding(*axis, stride) for axis in zip(size, kernel, strict=True))
    pad = nn.ZeroPad2d((*width, *height))
    return nn.Sequential(pad, nn.Conv2d(channels, outputs, kernel, stride, groups=groups))


def _normed(channels: int, outputs: int, kernel: Size, **of_conv: int | Size) -> nn.Sequential:
    """The layers of `_conv` with batch-norm and ReLU behind them."""
    conv = _conv(channels, outputs, kernel, **of_conv)  # type: ignore[arg-type] # by name
    return nn.Sequential(*conv, nn.BatchNorm2d(outputs, eps=EPSILON), nn.ReLU())


class Residual(nn.Module):
    """relu(shortcut + two convolutions); the shortcut is a convolution without batch-norm where the size changes."""

    def __init__(self, channels: int, outputs: int, size: Size) -> None:
        super().__init__()
        stride = 1 if outputs == channels else 2
        inner = (size[0] // stride, size[1] // stride)
        self.first = _normed(channels, outputs, (3, 3), size=size, stride=stride)
        self.second = _conv(outputs, outputs, (3, 3), size=inner)
        self.norm = nn.BatchNorm2d(outputs, eps=EPSILON)
        self.shortcut = nn.Identity() if stride == 1 else nn.Conv2d(channels, outputs, 1, stride)

    def forward(
        self, values: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch outputs height_out width_out"]:
        inner = self.norm(self.second(self.first(values)))
        return torch.relu(inner + self.shortcut(values))


def resnet_8(filters: int = 16, *, replaced: bool = False) -> nn.Module:
    """Image classification: inputs (3, 32, 32), channels red, green, blue, bytes 0 to 255; ten scores.

    It has no depthwise layer, so that `replaced` changes nothing.
    """
    return nn.Sequential(
        _normed(3, filters, (3, 3), size=(32, 32)),
        Residual(filters, filters, (32, 32)),
        Residual(filters, 2 * filters, (32, 32)),
        Residual(2 * filters, 4 * filters, (16, 16)),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * filters, 10),
    )  # fmt: skip


def _separable(channels: int, outputs: int, size: Size, stride: int = 1, *, replaced: bool) -> nn.Sequential:
    """A depthwise convolution of 3 x 3 and a pointwise one; or one full convolution, `replaced`, which has both."""
    if replaced:
        return _normed(channels, outputs, (3, 3), size=size, stride=stride)
    inner = (-(-size[0] // stride), -(-size[1] // stride))
    depthwise = _normed(channels, channels, (3, 3), size=size, stride=stride, groups=channels)
    return nn.Sequential(depthwise, _normed(channels, outputs, (1, 1), size=inner))


def ds_cnn(filters: int = 64, *, replaced: bool = False) -> nn.Module:
    """Keyword spotting: inputs (1, 49, 10), cepstral coefficients of 49 windows; twelve scores."""
    blocks = [_separable(filters, filters, (25, 5), replaced=replaced) for _ in range(4)]
    return nn.Sequential(
        _normed(1, filters, (10, 4), size=(49, 10), stride=2), nn.Dropout(0.2), *blocks, nn.Dropout(0.4),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(filters, 12),
    )  # fmt: skip


def mobilenet(filters: int = 8, *, replaced: bool = False) -> nn.Module:
    """Visual wake words, MobileNetV1-0.25: inputs (3, 96, 96), shares of 255; two scores."""
    layers: list[nn.Module] = [_normed(3, filters, (3, 3), size=(96, 96), stride=2)]
    channels, side = filters, 48
    for factor, stride in [(2, 1), (4, 2), (4, 1), (8, 2), (8, 1), (16, 2), *[(16, 1)] * 5, (32, 2), (32, 1)]:
        layers.append(_separable(channels, factor * filters, (side, side), stride, replaced=replaced))
        channels, side = factor * filters, side // stride
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 2))


def autoencoder(width: int = 128, *, replaced: bool = False) -> nn.Module:
    """Anomaly detection: inputs (640), five frames of 128 mel bands in decibel; as many outputs.

    It has no depthwise layer, so that `replaced` changes nothing.
    """
    sizes = [640, *[width] * 4, 8, *[width] * 4]
    layers = [
        nn.Sequential(nn.Linear(*pair), nn.BatchNorm1d(pair[1], eps=EPSILON), nn.ReLU()) for pair in pairwise(sizes)
    ]
    return nn.Sequential(*layers, nn.Linear(width, 640))


TINY: Mapping[str, TinyNetwork] = {
    "resnet-8": TinyNetwork("image classification", resnet_8, (3, 32, 32), signed=False, depthwise=False),
    "ds-cnn": TinyNetwork("keyword spotting", ds_cnn, (1, 49, 10), signed=True, depthwise=True),
    "mobilenet": TinyNetwork("visual wake words", mobilenet, (3, 96, 96), signed=False, depthwise=True),
    "autoencoder": TinyNetwork("anomaly detection", autoencoder, (640,), signed=True, depthwise=False),
}
