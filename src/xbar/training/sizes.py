"""Images of another size in the first epochs of a training, because coarse images need fewer products."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from xbar.config.networks import ArchitectureSpec, SizeSpec
from xbar.network.geometry import Place, Shape, places
from xbar.network.inputs import normalisation_of


def pixels_in(epoch: int, sizes: list[SizeSpec]) -> int | None:
    """The side of the images in an epoch, counted from 0. None: their own size."""
    sides = chain.from_iterable(repeat(size.pixels, size.epochs) for size in sizes)
    return next((pixels for place, pixels in enumerate(sides) if place == epoch), None)


def check_sizes(sizes: list[SizeSpec], architecture: ArchitectureSpec, shape: Shape) -> None:
    """Raise ValueError, one line, where inputs of `shape` are no square images, or a size would change the layers.

    A conv layer stays the same with its kernel, stride and pooling, a linear layer with its number of inputs. The map
    before an average must shrink in proportion to the image.
    """
    if sizes and not shape[1] == shape[2] > 1:
        raise ValueError(f"sizes are for square images; inputs of shape {shape} are none")
    for pixels in sorted({size.pixels for size in sizes}):
        if pixels > shape[1]:
            raise ValueError(f"sizes: {pixels} pixels a side; allowed are 1 to {shape[1]} for inputs of shape {shape}")
        resized = places(architecture, (shape[0], pixels, pixels))
        own = places(architecture, shape)
        differing = [
            layer
            for layer, (place, whole) in enumerate(zip(resized, own, strict=True))
            if _kept(place, pixels) != _kept(whole, shape[1]) or (_in_equal_parts(whole) and not _in_equal_parts(place))
        ]
        if differing:
            raise ValueError(
                f"sizes: images of {pixels} x {pixels} pixels do not fit entry {differing[0]} of the layers; allowed "
                "are sizes with the same kernels and pools, and with an average whose map shrinks as the image does"
            )


def _in_equal_parts(place: Place) -> bool:
    """Whether an average takes the mean over windows of one size; else it adapts to any map."""
    return place.spec.average is not None and place.inputs[1] % place.positions[0] == 0


def _kept(place: Place, side: int) -> tuple[Any, ...]:
    """What of a layer must be the same for images of every size. `side`: side of the images."""
    if place.spec.average is not None:
        return (place.positions, place.inputs[1] / side)
    return (place.inputs,) if place.spec.linear is not None else (place.kernel, place.stride, place.pool)


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
