"""A network of one's own on crossbars: a trained nn.Sequential, its linear and convolution layers on arrays."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn

from xbar.files import read_tensors
from xbar.network.chip import along_outputs
from xbar.network.layers import CrossbarConv1d, CrossbarConv2d, CrossbarLayer, CrossbarLinear, Hardware, Scales
from xbar.network.measure import upper_quantile

ANALOG = (nn.Linear, nn.Conv1d, nn.Conv2d)
POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
KEEP_SIGN = (*POOLS, nn.Flatten, nn.Dropout, nn.Identity)
DIGITAL = (nn.ReLU, nn.BatchNorm1d, nn.BatchNorm2d, *KEEP_SIGN)
MODULES = {kind.__name__: kind for kind in (*ANALOG, *DIGITAL)}


class CrossbarSequential(nn.Module):
    """What `map_sequential` makes. It has the `layers`, `scales` and `hardware` of a Network, so that everything that
    maps, ages and evaluates networks takes it too.

    Biases, batch-norm, ReLU and pooling are digital. A layer whose inputs may be negative gets them as two halves.
    """

    def __init__(self, modules: nn.Sequential, hardware: Hardware, scale: str) -> None:
        super().__init__()
        self.hardware = hardware
        self.layers, self.digital = nn.ModuleList(), nn.ModuleList()
        self.places: list[tuple[str, int]] = []  # (analog or digital, index), in order
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
            self.halved.append(not positive)
            layer, bias = _on_crossbar(position, module, halved=not positive)
            layer.set_hardware(self.hardware)
            self.register_buffer(f"bias{len(self.layers)}", bias)
            self.layers.append(layer)
            return False
        if type(module) not in DIGITAL:
            allowed = ", ".join(MODULES)
            raise ValueError(f"module {position}: {type(module).__name__} is not one of {allowed}")
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
            values = torch.cat([values, -values], 1) if self.halved[index] else values
            values = self.layers[index](values, self.scales_of(index), generator)
            values = values + along_outputs(self.get_buffer(f"bias{index}"), values)
        return values


def map_sequential(
    modules: nn.Sequential, inputs: Tensor, hardware: Hardware, *, scale: str = "layer", share: float = 0.9995
) -> CrossbarSequential:
    """A trained network as crossbars compute it, quantised without further training.

    `inputs` (N, ...): a few hundred training inputs; full scales are the `share` quantile of what they put on rows
    and columns. `hardware`: polarity must be bipolar. `scale`: one triple of full scales per layer, or one for the
    network. ValueError, one line: a module that is no Linear, Conv1d, Conv2d, ReLU, pooling, batch-norm, flatten or
    dropout; grouped, dilated or oddly padded convolutions; weights that are not finite; no layer at all; a kernel
    larger than an array.
    """
    if hardware.polarity != "bipolar":
        raise ValueError(f"polarity {hardware.polarity}: a network of one's own has weights of both signs, bipolar")
    if scale not in ("layer", "network"):
        raise ValueError(f"scale '{scale}' is not one of layer, network")
    network = CrossbarSequential(modules.eval(), hardware, scale).eval()
    with torch.no_grad():
        _set_scales(network, _layer_inputs(modules, inputs), share)
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
        except TypeError as error:
            raise ValueError(f"layer {position}: {name}: {str(error).splitlines()[0]}") from None
    return nn.Sequential(*modules)


def _on_crossbar(position: int, module: nn.Module, *, halved: bool) -> tuple[CrossbarLayer, Tensor]:
    """The layer with weights for both halves of its input where it needs them, and its bias."""
    weight = module.weight.detach()
    if not torch.isfinite(weight).all():
        raise ValueError(f"module {position}: weights hold NaN or infinity")
    weight = torch.cat([weight, -weight], 1) if halved else weight
    if isinstance(module, nn.Linear):
        layer: CrossbarLayer = CrossbarLinear(weight.shape[1], weight.shape[0], bias=False)
    else:
        if module.groups != 1 or set(module.dilation) != {1} or module.padding_mode != "zeros":
            raise ValueError(f"module {position}: only convolutions with groups 1, dilation 1 and zero padding map")
        make = CrossbarConv1d if isinstance(module, nn.Conv1d) else CrossbarConv2d
        layer = make(weight.shape[1], weight.shape[0], module.kernel_size, module.stride, module.padding, bias=False)
    layer.weight.data.copy_(weight)
    bias = torch.zeros(weight.shape[0]) if module.bias is None else module.bias.detach().clone()
    return layer, bias


def _layer_inputs(modules: nn.Sequential, inputs: Tensor) -> list[Tensor]:
    """What the float network puts into each of its linear and convolution layers."""
    found, values = [], inputs.to(torch.float32)
    for module in modules:
        if isinstance(module, ANALOG):
            found.append(values)
        values = module(values)
    return found


def _set_scales(network: CrossbarSequential, inputs: list[Tensor], share: float) -> None:
    """Full scales that cover inputs, weights and column sums; with one triple for the network, those of all layers."""
    reach = {"x": [], "w": [], "i": []}
    driven = [torch.cat([x, -x], 1) if halved else x for x, halved in zip(inputs, network.halved, strict=True)]
    for layer, values in zip(network.layers, driven, strict=True):
        positive = values.clamp_min(0)
        reach["x"].append(upper_quantile(positive[positive > 0], share) if (positive > 0).any() else torch.ones(()))
        reach["w"].append(layer.weight.abs().max().clamp_min(torch.finfo(torch.float32).tiny))
        sums = torch.cat([current.abs().flatten() for current in layer.tile_currents(positive, layer.weight)])
        reach["i"].append(upper_quantile(sums, share).clamp_min(torch.finfo(torch.float32).tiny))
    if len(network.scales) == 1:
        reach = {name: [torch.stack(values).max()] for name, values in reach.items()}
    for scales, x_max, w_max, current_max in zip(network.scales, *reach.values(), strict=True):
        scales.log_x_max.copy_(x_max.log())
        scales.log_w_max.copy_(w_max.log())
        scales.log_i_max.copy_((current_max / (x_max * w_max)).log())


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
