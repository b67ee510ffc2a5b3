"""Images of another size in the first epochs of a training, because coarse images need fewer products."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from xbar.config.networks import SizeSpec
from xbar.network.inputs import normalisation_of


def pixels_in(epoch: int, sizes: list[SizeSpec]) -> int | None:
    """The side of the images in an epoch, counted from 0. None: their own size."""
    sides = chain.from_iterable(repeat(size.pixels, size.epochs) for size in sizes)
    return next((pixels for place, pixels in enumerate(sides) if place == epoch), None)


@contextmanager
def resized(network: nn.Module, pixels: int | None) -> Iterator[None]:
    """Within this context layers see the normalised images at `pixels` a side. None: at their own size.

    The windows of averages shrink with the images.
    """
    inputs = normalisation_of(network)
    side = inputs.shape[1]
    if pixels is None or pixels == side:
        yield
        return
    averages = [module for module in network.modules() if isinstance(module, nn.AvgPool2d)]
    windows = [average.kernel_size for average in averages]
    handle = inputs.register_forward_hook(lambda module, taken, values: resize(values, pixels))
    try:
        for average in averages:
            _set_window(average, tuple(size * pixels // side for size in _pair(average.kernel_size)))
        yield
    finally:
        handle.remove()
        for average, window in zip(averages, windows, strict=True):
            _set_window(average, window)


def _pair(window: int | tuple[int, ...]) -> tuple[int, ...]:
    return window if isinstance(window, tuple) else (window, window)


def _set_window(average: nn.AvgPool2d, window: Any) -> None:
    average.kernel_size = average.stride = window


def resize(
    images: Float[Tensor, "batch channels height width"], pixels: int
) -> Float[Tensor, "batch channels pixels pixels"]:
    """Bilinear interpolation with antialias: every pixel of the result is a mean over the pixels that it covers."""
    return functional.interpolate(images, size=(pixels, pixels), mode="bilinear", antialias=True)
