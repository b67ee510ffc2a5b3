"""A network built from its description: crossbar layers with batch-norm as digital affine, pooling, activations."""

from collections.abc import Callable
from math import prod
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn import functional

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, LayerSpec, NetworkSpec
from xbar.config.polarity import SignSpec, check_signs
from xbar.network.inputs import darkened, rows_of
from xbar.network.layers import CrossbarConv2d, CrossbarLayer, CrossbarLinear, Hardware, Scales
from xbar.network.norms import in_use
from xbar.network.polarity import columns_of, dominant_signs, fixed_signs, floor_at
from xbar.network.quantizer import as_factor


class Position(NamedTuple):
    """Where a crossbar layer stands: sizes of its output before pooling, and what feeds it."""

    height: int
    width: int


class Network(nn.Module):
    """A float network (`hardware` None) or one whose layers compute as crossbars do.

    `input_shape`: (channels, height, width). Inputs are raw; `mean` and `std` (per channel, from training
    data) normalise them. `sign<i>`: digital sign of each column of layer i, all +1 unless the polarity is mixed.
    `gain`: whether batch-norm's gains are free or kept positive. `common_mode`: whether the mean over a layer's
    columns stays in its outputs: with weights of one sign all columns follow the sum of the inputs, and little else.
    Crossbar inputs are never negative: the network's own input (see `inputs.rows_of`) and CReLU hand over [y, -y], of
    which the DAC keeps the positive halves.
    """

    def __init__(
        self, architecture: ArchitectureSpec, input_shape: tuple[int, int, int], hardware: Hardware | None = None,
        *, scale: str | None = None, signs: SignSpec | None = None, gain: str = "free",
        common_mode: str = "kept",
    ) -> None:  # fmt: skip
        super().__init__()
        self.architecture, self.hardware, self.input_size = architecture, hardware, input_shape[1:]
        self.signs, self.gain, self.common_mode = signs, gain, common_mode
        self.register_buffer("mean", torch.zeros(input_shape[0], 1, 1))
        self.register_buffer("std", torch.ones(input_shape[0], 1, 1))
        self.layers, self.norms = nn.ModuleList(), nn.ModuleList()
        self.positions: list[Position] = []
        split = hardware is not None and architecture.input == "split"
        shape = (2 * input_shape[0], *input_shape[1:]) if split else input_shape
        for spec in architecture.layers:
            shape = self._append(spec, shape)
        shared = {None: 0, "network": 1, "layer": len(self.layers)}[scale]
        self.scales = nn.ModuleList(Scales() for _ in range(shared))
        if signs is not None:
            self._set_signs(fixed_signs(signs, columns_of(architecture)))

    def _append(self, spec: LayerSpec, shape: tuple[int, int, int]) -> tuple[int, int, int]:
        channels, height, width = shape
        if spec.average is not None:
            return channels, min(height, spec.average), min(width, spec.average)
        if spec.linear is not None:
            self._add(_linear(self.hardware, prod(shape), spec.linear), nn.BatchNorm1d(spec.linear))
            self.positions.append(Position(1, 1))
            return spec.linear * self._fan_out, 1, 1
        layer = _conv(self.hardware, spec, shape)
        self._add(layer, nn.BatchNorm2d(spec.conv))
        height, width = (-(-size // stride) for size, stride in zip((height, width), layer.stride, strict=True))
        self.positions.append(Position(height, width))
        height, width = (max(1, size // spec.pool) for size in (height, width))
        return spec.conv * self._fan_out, height, width

    def _add(self, layer: nn.Module, norm: nn.Module) -> None:
        if self.hardware is not None:
            layer.set_hardware(self.hardware)
            self.register_buffer(f"sign{len(self.layers)}", torch.ones(layer.weight.shape[0]))
        self.layers.append(layer)
        self.norms.append(norm)

    @property
    def _fan_out(self) -> int:
        return 2 if self.architecture.activation == "crelu" else 1

    def scales_of(self, index: int) -> Scales:
        """The full scales that layer `index` uses: its own, or the one triple of the network."""
        return self.scales[index if len(self.scales) > 1 else 0]

    def forward(
        self,
        inputs: Tensor,
        generator: Generator | None = None,
        watch: Callable[[int, Tensor, Tensor], None] | None = None,
    ) -> Float[Tensor, "batch classes"]:
        """Class scores. Noise is drawn where a generator is given.

        `watch` is called for each crossbar layer with its index, its input and what its ADCs hand over.
        """
        return self.scores(self.rows(inputs), generator, watch)

    def rows(self, inputs: Tensor) -> Tensor:
        """Normalised inputs, for crossbars with their negatives beside them; ValueError for another shape."""
        wanted = (len(self.mean), *self.input_size)
        if tuple(inputs.shape[1:]) != wanted:
            raise ValueError(f"inputs of shape {tuple(inputs.shape[1:])} do not fit a network for {wanted}")
        values = (darkened(inputs.to(self.mean.dtype), self.architecture.brightness) - self.mean) / self.std
        values = values.contiguous(memory_format=torch.channels_last)
        return values if self.hardware is None else rows_of(values, self.architecture)

    def scores(
        self,
        rows: Tensor,
        generator: Generator | None = None,
        watch: Callable[[int, Tensor, Tensor], None] | None = None,
    ) -> Float[Tensor, "batch classes"]:
        """As `forward`, behind `rows`."""
        values, index = rows, 0
        for place, spec in enumerate(self.architecture.layers):
            if spec.average is not None:
                values = _averaged(values, spec.average)
                continue
            values = self._layer(index, spec, values, generator, watch)
            index += 1
            if index < len(self.layers):
                values = self._activation(values, self.architecture.layers[place + 1])
        return values

    def _layer(self, index: int, spec: LayerSpec, inputs: Tensor, generator: Generator | None, watch) -> Tensor:
        if spec.linear is not None:
            inputs = inputs.flatten(1)
        layer = self.layers[index]
        outputs = layer(inputs) if self.hardware is None else layer(inputs, self.scales_of(index), generator)
        if watch is not None:
            watch(index, inputs, outputs)
        if self.common_mode == "subtracted":  # digital, so that a chip does the same; behind the signs half would stay
            outputs = outputs - outputs.mean(1, keepdim=True)
        if self.hardware is not None and self.hardware.polarity == "mixed":
            outputs = outputs * self.get_buffer(f"sign{index}").view(1, -1, *[1] * (outputs.dim() - 2))
        values = in_use(self.norms[index], outputs)
        if spec.pool > 1:
            values = functional.max_pool2d(values, [min(size, spec.pool) for size in values.shape[2:]])
        return values

    def _activation(self, values: Tensor, following: LayerSpec) -> Tensor:
        if self.architecture.activation == "crelu":
            values = torch.cat([values, -values], 1)
        if self.hardware is not None and following.average is None:
            return values  # the next DAC starts at zero: it is the rectifier
        return functional.relu_(values)

    @torch.no_grad()
    def _set_signs(self, signs: list[Tensor]) -> None:
        for index, of_columns in enumerate(signs):
            self.get_buffer(f"sign{index}").copy_(of_columns)

    @property
    def learns_signs(self) -> bool:
        return self.signs is not None and self.signs.assignment == "learned"

    def loosen(self) -> None:
        """Allow weights of both signs where signs are learned: the state before the first call of `settle`."""
        for layer in self.layers if self.learns_signs else []:
            layer.floor = 1.0

    @torch.no_grad()
    def settle(self, progress: float) -> None:
        """Learned signs at `progress` in [0, 1]: each group takes its dominant sign, the other's range narrows.

        A group changes its sign and that of its weights together, so that what the network computes stays. Does
        nothing where signs are not learned.
        """
        if not self.learns_signs:
            return
        turns = dominant_signs(self.signs.group, [layer.weight for layer in self.layers])
        for index, (layer, turn) in enumerate(zip(self.layers, turns, strict=True)):
            layer.weight.mul_(turn.view(-1, *[1] * (layer.weight.dim() - 1)))
            self.get_buffer(f"sign{index}").mul_(turn)
            layer.floor = floor_at(self.signs.anneal, progress)
        self.clip_weights()

    @torch.no_grad()
    def clip_weights(self) -> None:
        """Bring weights (and positive gains) that training pushed past their range back to its edge."""
        for index, layer in enumerate(self.layers):
            if isinstance(layer, CrossbarLayer):
                w_max = as_factor(self.scales_of(index).w_max)
                layer.weight.clamp_(-layer.floor * w_max, w_max)
        if self.gain == "positive":
            for norm in self.norms:
                norm.weight.clamp_(min=0)


def build_network(
    spec: NetworkSpec,
    architecture: ArchitectureSpec,
    crossbar: CrossbarSpec,
    input_shape: tuple[int, int, int],
    noise: tuple[float, ...] = (),
) -> Network:
    """The untrained network of a config entry; ValueError where kernels or signs do not fit the layers.

    `noise`: the law of a network whose noise is that of its device (see Hardware), needed for training only.
    """
    if spec.polarity == "float":
        return Network(architecture, input_shape, gain=spec.gain)
    if spec.signs is not None:
        check_signs(spec.architecture, spec.signs, columns_of(architecture))
    hardware = Hardware(
        spec.polarity,
        spec.weight_bits,
        spec.dac_bits,
        spec.adc_bits,
        crossbar.rows,
        noise or (0.0 if spec.noise == "device" else float(spec.noise),),
    )
    return Network(
        architecture, input_shape, hardware,
        scale=spec.scale, signs=spec.signs, gain=spec.gain, common_mode=spec.common_mode,
    )  # fmt: skip


def _averaged(values: Tensor, parts: int) -> Tensor:
    """Means over `parts` parts of each axis, over single values of an axis that is shorter."""
    wanted = [min(size, parts) for size in values.shape[2:]]
    if any(size % count for size, count in zip(values.shape[2:], wanted, strict=True)):
        return functional.adaptive_avg_pool2d(values, wanted)
    window = [size // count for size, count in zip(values.shape[2:], wanted, strict=True)]
    return functional.avg_pool2d(values, window)  # the same numbers; on a GPU its gradient is deterministic


def _linear(hardware: Hardware | None, fan_in: int, outputs: int) -> nn.Linear:
    return (nn.Linear if hardware is None else CrossbarLinear)(fan_in, outputs, bias=False)


def _conv(hardware: Hardware | None, spec: LayerSpec, shape: tuple[int, int, int]) -> nn.Conv2d:
    """A convolution that keeps the size (before its stride) of every axis longer than 1."""
    kernel, stride = (tuple(value if size > 1 else 1 for size in shape[1:]) for value in (spec.kernel, spec.stride))
    make = nn.Conv2d if hardware is None else CrossbarConv2d
    padding = tuple(size // 2 for size in kernel)
    layer = make(shape[0], spec.conv, kernel, stride, padding, bias=False)
    return layer.to(memory_format=torch.channels_last)
