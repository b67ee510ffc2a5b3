"""A plain network as torch computes it: inputs and outputs of its layers, and whether crossbars compute the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from xbar.files import is_finite
from xbar.network.contexts import crossbar_layers, hooked, matrix_layers, standing_in
from xbar.network.layers import CrossbarLayer, check_axes
from xbar.network.prepare import where

COMPARED = 64  # inputs on which sums of crossbars are compared with torch's
STEADY = 1e-3  # share of the largest output; in single precision
TOLERANCE = 1e-4  # share of the largest output; in double precision sums deviate by less than 1e-9
FORWARD_ERRORS = (RuntimeError, TypeError, AttributeError, AssertionError, LookupError)  # at another type or layer
Seen = dict[str, list[tuple[Tensor, Tensor]]]  # input and output of layers at each of their calls


def run_plain(module: nn.Module, inputs: Tensor) -> Seen:
    """Inputs and outputs of each linear and convolution layer of a plain network, call by call.

    ValueError names the module that refuses the inputs or gives NaN or infinity. ValueError also for outputs other than
    one tensor whose first axis is the batch, and for outputs that change with the size of the batch.
    """
    entered: list[tuple[str, nn.Module, Any]] = []
    parts = {name: part for name, part in module.named_modules() if not list(part.children())}
    handles = [part.register_forward_pre_hook(partial(_enter, name, entered)) for name, part in parts.items()]

    def leave(name: str, _: Any, given: Any) -> None:
        entered.clear()
        if name in matrix and not is_finite(given):
            raise ValueError(f"{where(name, parts[name])} gives NaN or infinity for finite inputs")

    matrix = matrix_layers(module)
    try:
        with hooked(parts, leave), watching(module) as seen:
            outputs = module(inputs.clone())
    except Exception as error:  # which a forward of the user's own raised, whatever it is
        raise ValueError(f"inputs of shape {tuple(inputs.shape[1:])} do not fit: {_told(error, entered)}") from None
    finally:
        for handle in handles:
            handle.remove()
    if not isinstance(outputs, Tensor):
        raise ValueError(f"the network gives a {type(outputs).__name__}; needed is one tensor")
    if not outputs.dim() or len(outputs) != len(inputs):
        found = f"outputs of shape {tuple(outputs.shape)} for {len(inputs)} inputs"
        raise ValueError(f"the network gives {found}; the batch must stay first")
    if not is_finite(outputs):
        raise ValueError("the network gives NaN or infinity for finite inputs")
    _check_steady(module, inputs, outputs)
    return seen


def _check_steady(module: nn.Module, inputs: Tensor, outputs: Tensor) -> None:
    """ValueError where a smaller batch gives other outputs, because such a network has no result to compare with."""
    fewer = max(1, min(COMPARED, len(inputs) // 2))
    for part in (slice(fewer), slice(-fewer, None), slice(1)):  # the first, the last, and one alone
        before = outputs[part]
        try:
            again = module(inputs[part].clone())
        except Exception as error:
            raise ValueError(f"the network does not run for a batch of {len(before)}: {_line(error)}") from None
        if again.shape != before.shape:
            shapes = f"outputs of shape {tuple(again.shape)}; needed is {tuple(before.shape)}"
            raise ValueError(f"the network gives {shapes} for a batch of {len(before)}: flatten(1) keeps the batch")
        largest = before if len(before) > 1 else outputs  # one input alone may have outputs near zero
        if not (again - before).abs().max() <= STEADY * largest.abs().max():
            told = "it draws at random or mixes its inputs"
            raise ValueError(f"the network gives other outputs in a smaller batch: {told}")


def _enter(name: str, entered: list, part: nn.Module, taken: tuple[Any, ...]) -> None:
    given = taken[0] if taken else None
    entered.append((name, part, given))
    if isinstance(part, (nn.Linear, nn.Conv1d, nn.Conv2d)) and isinstance(given, Tensor):
        groups = getattr(part, "groups", 1)
        outputs, channels, *kernel = part.weight.shape
        if not part.weight.numel():
            raise ValueError(f"{where(name, part)} has no weights: {tuple(part.weight.shape)}")
        check_axes(where(name, part), given, (outputs, channels * groups, *kernel))


def _told(error: Exception, entered: list[tuple[str, nn.Module, Any]]) -> str:
    """The module that refuses its inputs, and why. Errors of the checks above name the module themselves."""
    line = _line(error)
    if not entered or line.startswith("module "):
        return line
    name, part, taken = entered[-1]
    shape = tuple(taken.shape) if isinstance(taken, Tensor) else type(taken).__name__
    return f"{where(name, part)} refuses {shape}: {line}"


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


@contextmanager
def watching(module: nn.Module) -> Iterator[Seen]:
    """Inputs and outputs of the linear and convolution layers of a network, on crossbars or not, at each call."""
    seen: Seen = {}

    def watch(name: str, taken: Tensor, given: Tensor) -> None:
        seen.setdefault(name, []).append((taken.clone(), given.clone()))  # what follows may write over both

    with hooked(matrix_layers(module), watch):
        yield seen


def check_computes(network: nn.Module, module: nn.Module, inputs: Tensor) -> None:
    """ValueError unless crossbars without converters compute what torch does; a safeguard against any cause.

    The comparison is in double precision where the network runs in it. A forward that makes tensors of its own may need
    single precision.
    """
    try:
        doubled = inputs.double() if inputs.is_floating_point() else inputs
        _compare(deepcopy(network).double(), deepcopy(module).double(), doubled)
    except FORWARD_ERRORS:
        try:
            _compare(deepcopy(network), deepcopy(module), inputs)
        except FORWARD_ERRORS as error:
            raise ValueError(f"the network does not run once its layers are exchanged: {_line(error)}") from None


def _compare(network: nn.Module, module: nn.Module, inputs: Tensor) -> None:
    with torch.random.fork_rng(devices=[]), watching(module) as seen:
        wanted = module(inputs.clone())
    called: set[str] = set()
    layers = crossbar_layers(network)
    with standing_in((layer, _without_converters(layer, called)) for layer in layers.values()):
        with torch.random.fork_rng(devices=[]):
            found = network(inputs)
        if left := [layer.name for layer in layers.values() if layer.name not in called]:
            raise ValueError(f"{left[0]}: the network computes with its weight and does not call it; keep it digital")
        for name, layer in layers.items():
            for taken, given in seen[name]:
                _check_equal(layer.name, layer(taken), given)
        _check_equal("the network", found, wanted)


def _without_converters(layer: CrossbarLayer, called: set[str]) -> Callable[[Tensor], Tensor]:
    """The sums of a layer without quantisation and noise. Rows still take no negative values."""

    def sums(inputs: Tensor) -> Tensor:
        called.add(layer.name)
        currents = list(layer.tile_currents(layer.on_rows(inputs).clamp_min(0), layer.weight))
        return torch.stack(currents).sum(0)

    return sums


def _check_equal(name: str, found: Tensor, wanted: Tensor) -> None:
    if found.shape != wanted.shape or not (found - wanted).abs().max() <= TOLERANCE * wanted.abs().max():
        raise ValueError(f"{name} computes something else on crossbars than in torch, so that it does not map")
