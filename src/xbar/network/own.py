"""A network trained elsewhere on crossbars: checked, prepared, and its full scales measured; no further training."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from typing import Literal

import torch
from torch import Tensor, nn

from xbar.files import is_finite
from xbar.network.contexts import crossbar_layers, hooked, matrix_layers, scales_of, standing_in
from xbar.network.hardware import Hardware
from xbar.network.layers import CrossbarLayer, check_axes
from xbar.network.measure import upper_quantile
from xbar.network.modules import copy_of
from xbar.network.prepare import prepare, where

SMALLEST = 1e-30  # values below it count as zero: divided by so small a full scale, codes would overflow
COMPARED = 64  # inputs on which the crossbars' sums are held to torch's
TOLERANCE = 1e-4  # share of the largest output; in double precision sums deviate by less than 1e-9
Seen = dict[str, tuple[Tensor, Tensor]]  # input and output of layers, over all their calls


@torch.no_grad()
def prepare_trained(
    module: nn.Module, inputs: Tensor, hardware: Hardware, *, scale: Literal["network", "layer"] = "layer",
    share: float = 0.9995,
) -> nn.Module:  # fmt: skip
    """A trained network as crossbars compute it, quantised without further training.

    `inputs` (N, ...): a few hundred training inputs; full scales are the `share` quantile of what they put on rows
    and columns. `hardware`: polarity must be signed. `scale`: one triple of full scales per layer, or one for the
    network. `module` stays as it is. ValueError, one line, for a module that is none of torch.nn's own `MODULES` or
    has hooks, and for grouped, dilated or oddly padded convolutions. Also for weights or inputs that are not finite,
    inputs that do not fit, no layer at all, and a kernel larger than an array.
    """
    if hardware.polarity != "signed":
        raise ValueError(f"polarity {hardware.polarity}: a network of one's own has weights of both signs, signed")
    if not len(inputs) or not is_finite(inputs):
        raise ValueError(f"{len(inputs)} inputs to measure full scales on; some are needed, without NaN or infinity")
    plain, inputs = copy_of(module), inputs.detach().to("cpu", torch.float32)
    seen = _inputs_of_layers(plain, inputs)
    network = prepare(plain, hardware, scale=scale, inputs=inputs).eval()
    _compare(network, plain, inputs[:COMPARED])
    _set_scales(network, seen, share)
    return network


def _inputs_of_layers(module: nn.Module, inputs: Tensor) -> Seen:
    """What the plain network puts into each linear and convolution layer; ValueError names the module that refuses."""
    entered: list[tuple[str, nn.Module, Tensor]] = []
    parts = {name: part for name, part in module.named_modules() if not list(part.children())}
    handles = [
        part.register_forward_pre_hook(partial(_enter, name, entered, len(inputs))) for name, part in parts.items()
    ]
    in_order = type(module) is nn.Sequential

    def leave(name: str, _: Tensor, given: Tensor) -> None:
        entered.clear()
        if in_order and (not given.dim() or len(given) != len(inputs)):
            found = f"{where(name, parts[name])} gives {tuple(given.shape)}"
            raise ValueError(f"{found} for {len(inputs)} inputs; the batch must stay first")
        if not is_finite(given):
            raise ValueError(f"{where(name, parts[name])} gives NaN or infinity for finite inputs")

    try:
        with hooked(parts, leave), _watching(module) as seen:
            module(inputs)
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        raise ValueError(f"inputs of shape {tuple(inputs.shape[1:])} do not fit: {_told(error, entered)}") from None
    finally:
        for handle in handles:
            handle.remove()
    if unused := sorted(matrix_layers(module).keys() - seen.keys()):
        raise ValueError(f"module {unused[0]} takes no part in the network's forward, so that it does not map")
    return seen


def _enter(name: str, entered: list, examples: int, part: nn.Module, taken: tuple[Tensor, ...]) -> None:
    if isinstance(part, (nn.Linear, nn.Conv1d, nn.Conv2d)):
        check_axes(where(name, part), taken[0], part.weight.shape)
    entered.append((name, part, taken[0]))


def _told(error: Exception, entered: list[tuple[str, nn.Module, Tensor]]) -> str:
    """Which module refuses what; errors of the checks above name it themselves."""
    line = str(error).splitlines()[0]
    if not entered:
        return line
    name, part, taken = entered[-1]
    return f"{where(name, part)} refuses {tuple(taken.shape)}: {line}"


@contextmanager
def _watching(module: nn.Module) -> Iterator[Seen]:
    """Inputs and outputs of the linear and convolution layers of a plain network; those of several calls joined."""
    seen: Seen = {}

    def watch(name: str, taken: Tensor, given: Tensor) -> None:
        before = seen.get(name)
        seen[name] = (
            (taken, given) if before is None else (torch.cat([before[0], taken]), torch.cat([before[1], given]))
        )

    with hooked(matrix_layers(module), watch):
        yield seen


def _compare(network: nn.Module, module: nn.Module, inputs: Tensor) -> None:
    """ValueError unless the crossbars, without converters, compute what torch does: a safeguard, whatever the cause."""
    network, module, inputs = deepcopy(network).double(), deepcopy(module).double(), inputs.double()
    with _watching(module) as seen:
        wanted = module(inputs)
    layers = crossbar_layers(network)
    with standing_in((layer, _without_converters(layer)) for layer in layers.values()):
        for name, layer in layers.items():
            taken, given = seen[name]
            _check_equal(layer.name, layer(taken), given)
        _check_equal("the network", network(inputs), wanted)


def _without_converters(layer: CrossbarLayer) -> Callable[[Tensor], Tensor]:
    """The sums of a layer without quantisation and noise; rows still take no negative values."""

    def sums(inputs: Tensor) -> Tensor:
        currents = list(layer.tile_currents(layer.on_rows(inputs).clamp_min(0), layer.weight))
        return torch.stack(currents).sum(0)

    return sums


def _check_equal(name: str, found: Tensor, wanted: Tensor) -> None:
    if found.shape != wanted.shape or not (found - wanted).abs().max() <= TOLERANCE * wanted.abs().max():
        raise ValueError(f"{name} computes something else on crossbars than in torch, so that it does not map")


def _set_scales(network: nn.Module, seen: Seen, share: float) -> None:
    """Full scales that cover inputs, weights and column sums of all layers that have them in common."""
    layers = crossbar_layers(network)
    reaches = {name: _reaches(layer, seen[name][0], share) for name, layer in layers.items()}
    for scales in scales_of(network):
        together = torch.stack([reaches[name] for name, layer in layers.items() if layer.scales is scales])
        x_max, w_max, current_max = (value.log() if value > 0 else value for value in together.amax(0))
        scales.log_x_max.copy_(x_max)
        scales.log_w_max.copy_(w_max)
        scales.log_i_max.copy_(current_max - x_max - w_max)


def _reaches(layer: CrossbarLayer, inputs: Tensor, share: float) -> Tensor:
    """How far inputs, weights and tile currents of a layer reach (3)."""
    if 0 < (largest := float(layer.weight.abs().max())) < SMALLEST:
        raise ValueError(f"{layer.name}: its largest weight is {largest:g}; allowed are 0 and {SMALLEST:g} or more")
    positive = layer.on_rows(inputs).clamp_min(0)
    sums = torch.cat([current.abs().flatten() for current in layer.tile_currents(positive, layer.weight)])
    parts = ((positive[positive > 0], share), (layer.weight.abs(), 1.0), (sums, share))
    return torch.stack([_reach(values, of) for values, of in parts])


def _reach(values: Tensor, share: float) -> Tensor:
    """The `share` quantile, the largest where that is zero, and zero for a dead layer, whose full scale is 1."""
    if not values.numel() or values.max() < SMALLEST:
        return torch.zeros(())
    quantile = upper_quantile(values, share)
    return quantile if quantile >= SMALLEST else values.max()
