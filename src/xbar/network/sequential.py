"""A network of one's own on crossbars: a trained nn.Sequential, its linear and convolution layers on arrays."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn

from xbar.files import is_finite, read_tensors
from xbar.network.chip import along_outputs
from xbar.network.layers import (
    CrossbarConv1d,
    CrossbarConv2d,
    CrossbarLayer,
    CrossbarLinear,
    Hardware,
    Scales,
    check_axes,
)  # fmt: skip
from xbar.network.measure import upper_quantile
from xbar.network.modules import ANALOG, KEEP_SIGN, MODULES, copy_of, where

SMALLEST = 1e-30  # what never exceeds it counts as dead: the codes of a converter over it would overflow
COMPARED = 64  # inputs on which the crossbars' sums are held to torch's
TOLERANCE = 1e-4  # share of the largest output; in double precision sums deviate by less than 1e-9


class CrossbarSequential(nn.Module):
    """What `map_sequential` makes. It has the `layers`, `scales` and `hardware` of a Network, so that everything that
    maps, ages and evaluates networks takes it too.

    Biases, batch-norm, ReLU and pooling are digital. A layer whose inputs may be negative gets them as two halves.
    `modules`: what `copy_of` gives.
    """

    def __init__(self, modules: nn.Sequential, hardware: Hardware, scale: str) -> None:
        super().__init__()
        self.hardware = hardware
        self.layers, self.digital = nn.ModuleList(), nn.ModuleList()
        self.places: list[tuple[str, int]] = []  # (analog or digital, index), in order
        self.names: list[str] = []  # of the analog ones, for messages
        self.halved: list[bool] = []
        positive = False
        for position, module in enumerate(modules):
            positive = self._append(position, module, positive)
        if not self.layers:
            raise ValueError("the network has no Linear, Conv1d or Conv2d layer to map")
        self.scales = nn.ModuleList(Scales() for _ in range(1 if scale == "network" else len(self.layers)))

    def _append(self, position: int, module: nn.Module, positive: bool) -> bool:
        """Add one module; whether its outputs are known to be zero or more."""
        if isinstance(module, ANALOG):
            self.places.append(("analog", len(self.layers)))
            self.names.append(where(position, module))
            self.halved.append(not positive)
            layer, bias = _on_crossbar(module, halved=not positive)
            layer.set_hardware(self.hardware)
            self.register_buffer(f"bias{len(self.layers)}", bias)
            self.layers.append(layer)
            return False
        self.places.append(("digital", len(self.digital)))
        self.digital.append(module)
        return isinstance(module, nn.ReLU) or (positive and isinstance(module, KEEP_SIGN))

    def scales_of(self, index: int) -> Scales:
        """The full scales of layer `index`: its own, or the one triple of the network."""
        return self.scales[index if len(self.scales) > 1 else 0]

    def forward(self, inputs: Tensor, generator: Generator | None = None) -> Tensor:
        """Outputs for `inputs` (batch first); programming noise is drawn where a generator is given."""
        return self.scores(self.rows(inputs), generator)

    def rows(self, inputs: Tensor) -> Tensor:
        """What does not depend on the hardware; the first crossbar layer halves its inputs itself."""
        return inputs.to(torch.float32)

    def scores(self, rows: Tensor, generator: Generator | None = None) -> Tensor:
        """As `forward`, behind `rows`."""
        values = rows
        for kind, index in self.places:
            if kind == "digital":
                values = self.digital[index](values)
                continue
            outputs, rows_used, *kernel = self.layers[index].weight.shape
            channels = rows_used // 2 if self.halved[index] else rows_used
            check_axes(self.names[index], values, (outputs, channels, *kernel))
            values = self.layers[index](self.halves(index, values), self.scales_of(index), generator)
            values = values + along_outputs(self.get_buffer(f"bias{index}"), values)
        return values

    def halves(self, index: int, values: Tensor) -> Tensor:
        """Inputs of layer `index`, beside their negatives where it needs them: the DACs keep what is positive."""
        return torch.cat([values, -values], 1) if self.halved[index] else values

    def without_converters(self, index: int, values: Tensor) -> Tensor:
        """What layer `index` makes of `values` without quantisation and noise, in their precision."""
        layer = self.layers[index]
        rows = self.halves(index, values).clamp_min(0)
        outputs = sum(layer.tile_currents(rows, layer.weight.to(values)))
        return outputs + along_outputs(self.get_buffer(f"bias{index}"), outputs)


def map_sequential(
    modules: nn.Module, inputs: Tensor, hardware: Hardware, *, scale: str = "layer", share: float = 0.9995
) -> CrossbarSequential:
    """A trained nn.Sequential as crossbars compute it, quantised without further training.

    `inputs` (N, ...): a few hundred training inputs; full scales are the `share` quantile of what they put on rows
    and columns. `hardware`: polarity must be signed. `scale`: one triple of full scales per layer, or one for the
    network. `modules` stays as it is. ValueError, one line: a module that is none of torch.nn's own `MODULES`, or has
    hooks; grouped, dilated or oddly padded convolutions; weights or inputs that are not finite; inputs that do not fit;
    no layer at all; a kernel larger than an array.
    """
    if hardware.polarity != "signed":
        raise ValueError(f"polarity {hardware.polarity}: a network of one's own has weights of both signs, signed")
    if scale not in ("layer", "network"):
        raise ValueError(f"scale '{scale}' is not one of layer, network")
    if not len(inputs) or not is_finite(inputs):
        raise ValueError(f"{len(inputs)} inputs to measure full scales on; some are needed, without NaN or infinity")
    modules, inputs = copy_of(modules), inputs.detach().to("cpu", torch.float32)
    network = CrossbarSequential(modules, hardware, scale).eval()
    with torch.no_grad():
        try:
            found = _layer_inputs(modules, inputs)
        except ValueError as error:
            raise ValueError(f"inputs of shape {tuple(inputs.shape[1:])} do not fit: {error}") from None
        _compare(network, modules, inputs[:COMPARED])
        _set_scales(network, found, share)
    return network


def build_sequential(layers: Sequence[Mapping[str, Mapping[str, Any] | None]]) -> nn.Sequential:
    """An untrained nn.Sequential from a list such as [{Linear: {in_features: 4, out_features: 2}}, {ReLU: {}}].

    Names and arguments are those of torch.nn. ValueError names the entry that torch refuses or that is not known.
    """
    modules = []
    for position, entry in enumerate(layers):
        if len(entry) != 1 or next(iter(entry)) not in MODULES:
            raise ValueError(f"layer {position}: {', '.join(entry) or 'nothing'} is not one of {', '.join(MODULES)}")
        ((name, arguments),) = entry.items()
        try:
            modules.append(MODULES[name](**(arguments or {})))
        except (TypeError, ValueError, RuntimeError) as error:  # torch has all three for arguments
            raise ValueError(f"layer {position}: {name}: {str(error).splitlines()[0]}") from None
    return nn.Sequential(*modules)


def _on_crossbar(module: nn.Module, *, halved: bool) -> tuple[CrossbarLayer, Tensor]:
    """The layer with weights for both halves of its input where it needs them, and its bias."""
    weight = module.weight.detach()
    weight = torch.cat([weight, -weight], 1) if halved else weight
    if isinstance(module, nn.Linear):
        layer: CrossbarLayer = CrossbarLinear(weight.shape[1], weight.shape[0], bias=False)
    else:
        make = CrossbarConv1d if isinstance(module, nn.Conv1d) else CrossbarConv2d
        kernel = tuple(weight.shape[2:])
        layer = make(weight.shape[1], weight.shape[0], kernel, module.stride, module.padding, bias=False)
    layer.weight.data.copy_(weight)
    bias = torch.zeros(weight.shape[0]) if module.bias is None else module.bias.detach().clone()
    return layer, bias


def _layer_inputs(modules: nn.Sequential, inputs: Tensor) -> list[Tensor]:
    """What the float network puts into each of its linear and convolution layers; ValueError names who refuses."""
    found, values = [], inputs
    for position, module in enumerate(modules):
        name = where(position, module)
        if isinstance(module, ANALOG):
            check_axes(name, values, module.weight.shape)
            found.append(values)
        try:
            values = module(values)
        except (RuntimeError, ValueError, IndexError) as error:
            raise ValueError(f"{name} refuses {tuple(values.shape)}: {str(error).splitlines()[0]}") from None
        if not values.dim() or len(values) != len(inputs):
            raise ValueError(f"{name} gives {tuple(values.shape)} for {len(inputs)} inputs; the batch must stay first")
        if not is_finite(values):
            raise ValueError(f"{name} gives NaN or infinity for finite inputs")
    return found


def _compare(network: CrossbarSequential, modules: nn.Sequential, inputs: Tensor) -> None:
    """ValueError unless the crossbars, without converters, compute what torch does: a safeguard, whatever the cause."""
    modules, inputs = deepcopy(modules).double(), inputs.double()
    values = inputs
    for module, (kind, index) in zip(modules, network.places, strict=True):
        wanted = module(values)
        if kind == "analog":
            _check_equal(network.names[index], network.without_converters(index, values), wanted)
        values = wanted
    _check_equal("the network", values, modules(inputs))


def _check_equal(name: str, found: Tensor, wanted: Tensor) -> None:
    if found.shape != wanted.shape or not (found - wanted).abs().max() <= TOLERANCE * wanted.abs().max():
        raise ValueError(f"{name} computes something else on crossbars than in torch, so that it does not map")


def _set_scales(network: CrossbarSequential, inputs: list[Tensor], share: float) -> None:
    """Full scales that cover inputs, weights and column sums; with one triple for the network, those of all layers."""
    reach = {"x": [], "w": [], "i": []}
    for index, (layer, values) in enumerate(zip(network.layers, inputs, strict=True)):
        if 0 < (largest := float(layer.weight.abs().max())) < SMALLEST:
            raise ValueError(
                f"layer {index}: its largest weight is {largest:g}; allowed are 0 and {SMALLEST:g} or more"
            )
        positive = network.halves(index, values).clamp_min(0)
        reach["x"].append(_reach(positive[positive > 0], share))
        reach["w"].append(_reach(layer.weight.abs(), 1.0))
        sums = torch.cat([current.abs().flatten() for current in layer.tile_currents(positive, layer.weight)])
        reach["i"].append(_reach(sums, share))
    if len(network.scales) == 1:
        reach = {name: [torch.stack(values).max()] for name, values in reach.items()}
    logs = ([value.log() if value > 0 else torch.zeros(()) for value in values] for values in reach.values())
    for scales, x_max, w_max, current_max in zip(network.scales, *logs, strict=True):
        scales.log_x_max.copy_(x_max)
        scales.log_w_max.copy_(w_max)
        scales.log_i_max.copy_(current_max - x_max - w_max)


def _reach(values: Tensor, share: float) -> Tensor:
    """The `share` quantile, the largest where that is zero, and zero for a dead layer, whose full scale is 1."""
    if not values.numel() or values.max() < SMALLEST:
        return torch.zeros(())
    quantile = upper_quantile(values, share)
    return quantile if quantile >= SMALLEST else values.max()


def read_sequential(layers: Sequence[Mapping[str, Mapping[str, Any] | None]], path: str | Path) -> nn.Sequential:
    """The nn.Sequential of a description with the state dict in a safetensors file; ValueError where they differ."""
    modules = build_sequential(layers)
    state, _ = read_tensors(path)
    wanted = {name: tuple(tensor.shape) for name, tensor in modules.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in state.items()}
    differing = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if differing:
        name = differing[0]
        raise ValueError(f"{path}: {name} is {found.get(name, 'absent')}; the layers need {wanted.get(name, 'none')}")
    modules.load_state_dict(state)
    return modules
