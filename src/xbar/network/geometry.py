"""Sizes of the layers of a network, from its description alone: plain numbers, no tensors."""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from xbar.config.networks import ArchitectureSpec, LayerSpec, SizeSpec
from xbar.config.polarity import Group, SignSpec

Shape = tuple[int, int, int]  # channels, height, width


def shape_of(examples: Sequence[int]) -> Shape:
    """The shape of one example, from the shape (N, channels, height, width) of several."""
    _, channels, height, width = examples
    return channels, height, width


class Place(NamedTuple):
    """One entry of a layer list, with its sizes at its place in a network.

    `inputs`: the shape of its inputs. `kernel`, `stride`, `pool`: sizes along height and width, 1 along an axis of
    length 1. `positions`: height and width of its outputs, before pooling.
    """

    spec: LayerSpec
    inputs: Shape
    kernel: tuple[int, int]
    stride: tuple[int, int]
    positions: tuple[int, int]
    pool: tuple[int, int]


class LayerSize(NamedTuple):
    """Size of one crossbar layer, with the names of the layer table.

    `rows`: rows of its weight matrix, channels times `kernel_area`. `columns`: its outputs. `mvms_per_inference`:
    positions of its kernel. At each of them the matrix is multiplied with a vector.
    """

    layer: int
    kind: str
    rows: int
    columns: int
    kernel_area: int
    mvms_per_inference: int


def layer_sizes(architecture: ArchitectureSpec, input_shape: Shape, *, polarity: str) -> list[LayerSize]:
    """Sizes of all crossbar layers.

    Crossbars get the two halves of split inputs, so that their first layer has twice the rows of a floating-point one.
    """
    halved = polarity != "float" and architecture.input == "split"
    standing = [place for place in places(architecture, input_shape) if place.spec.average is None]
    return [_size(index, place, 2 if halved and index == 0 else 1) for index, place in enumerate(standing)]


def _size(index: int, place: Place, halves: int) -> LayerSize:
    area, channels = prod(place.kernel), halves * place.inputs[0]
    if place.spec.conv is None:
        return LayerSize(index, "linear", channels * prod(place.inputs[1:]), columns_in(place.spec), 1, 1)
    return LayerSize(index, "conv", channels * area, columns_in(place.spec), area, prod(place.positions))


def places(architecture: ArchitectureSpec, input_shape: Shape) -> list[Place]:
    """Every entry of the layer list with its sizes. CReLU doubles the channels that a layer hands on."""
    found, shape = [], input_shape
    for spec in architecture.layers:
        place = _place(spec, shape)
        found.append(place)
        fan_out = 1 if spec.average is not None or architecture.activation == "relu" else 2
        height, width = (max(1, size // spec.pool) for size in place.positions)
        shape = (columns_in(spec) * fan_out if spec.average is None else shape[0], height, width)
    return found


def _place(spec: LayerSpec, shape: Shape) -> Place:
    _, height, width = shape
    ones = (1, 1)
    if spec.average is not None:
        return Place(spec, shape, ones, ones, (min(height, spec.average), min(width, spec.average)), ones)
    if spec.linear is not None:
        return Place(spec, shape, ones, ones, ones, ones)
    (kernel_height, stride_height), (kernel_width, stride_width) = (
        (spec.kernel, spec.stride) if size > 1 else ones for size in (height, width)
    )
    positions = (-(-height // stride_height), -(-width // stride_width))
    pool = (min(positions[0], spec.pool), min(positions[1], spec.pool))
    return Place(spec, shape, (kernel_height, kernel_width), (stride_height, stride_width), positions, pool)


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


def columns_in(spec: LayerSpec) -> int:
    """Outputs of a conv or linear layer; zero for an average."""
    return spec.conv or spec.linear or 0


def columns_of(architecture: ArchitectureSpec) -> list[int]:
    """Outputs of each conv or linear layer."""
    return [columns_in(layer) for layer in architecture.layers if layer.average is None]


def sub_matrix_counts(group: Group, columns: Sequence[int]) -> list[int]:
    """Number of signs for each layer, whose outputs `columns` counts; a single 1 where the network has one sign."""
    if group == "network":
        return [1]
    return [1 if isinstance(group, str) else -(-size // group) for size in columns]


def check_signs(where: str, signs: SignSpec, columns: Sequence[int]) -> None:
    """Raise ValueError, one line, unless listed signs are one per sub-matrix. `columns`: outputs of each layer."""
    if isinstance(signs.assignment, str):
        return
    found, wanted = [len(text) for text in signs.assignment], sub_matrix_counts(signs.group, columns)
    if found != wanted:
        raise ValueError(f"{where}.signs.assignment: {found} signs per layer; group {signs.group} takes {wanted}")
