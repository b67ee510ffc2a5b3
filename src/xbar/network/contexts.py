"""The crossbar layers of a module, and contexts that change what they compute with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.utils.hooks import RemovableHandle

from xbar.network.hardware import Hardware, Scales
from xbar.network.layers import CrossbarLayer

Recorded = dict[str, list[tuple[Tensor, Tensor]]]


def crossbar_layers(module: nn.Module) -> dict[str, CrossbarLayer]:
    """Every crossbar layer by its name in `module`, in the order of the module."""
    return {name: layer for name, layer in module.named_modules() if isinstance(layer, CrossbarLayer)}


def matrix_layers(module: nn.Module) -> dict[str, nn.Linear | nn.Conv1d | nn.Conv2d]:
    """Every Linear, Conv1d and Conv2d layer by its name, whether it stands on crossbars or not."""
    kinds = (nn.Linear, nn.Conv1d, nn.Conv2d)
    return {name: layer for name, layer in module.named_modules() if isinstance(layer, kinds)}


def scales_of(module: nn.Module) -> list[Scales]:
    """Every triple of full scales. A triple that several layers share is listed once."""
    return [part for part in module.modules() if isinstance(part, Scales)]


def batch_norms(module: nn.Module) -> list[nn.BatchNorm1d | nn.BatchNorm2d]:
    """The batch-norms of one or two dimensions, in the order of the module."""
    return [part for part in module.modules() if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d))]


def hardware_of(network: nn.Module) -> Hardware:
    """The hardware of a prepared network; ValueError where it has no crossbar layer."""
    for layer in crossbar_layers(network).values():
        return layer.hardware
    raise ValueError("the network has no crossbar layer; xbar.own.prepare makes one of your network")


def device_of(module: nn.Module) -> torch.device:
    """The device on which a module computes, which is that of its first parameter."""
    return next(module.parameters()).device


@contextmanager
def noisy(module: nn.Module, generator: Generator | None) -> Iterator[None]:
    """Within this context every forward pass of `module` draws noise anew from `generator`. None: no noise."""
    with _set("generator", [(layer, generator) for layer in crossbar_layers(module).values()]):
        yield


@contextmanager
def standing_in(stand_ins: Iterable[tuple[CrossbarLayer, Callable[[Tensor], Tensor]]]) -> Iterator[None]:
    """Within this context each function gives the digitised sums of its layer, in place of the layer's devices."""
    with _set("stand_in", list(stand_ins)):
        yield


@contextmanager
def recording(module: nn.Module) -> Iterator[Recorded]:
    """The inputs (`batched`) and digitised sums of every crossbar layer, by its name, for each call in this context."""
    layers = crossbar_layers(module)
    seen: Recorded = {name: [] for name in layers}

    def recorder(name: str, act: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        def recorded(inputs: Tensor) -> Tensor:
            sums = act(inputs)
            seen[name].append((inputs.clone(), sums.clone()))  # what follows may write over both
            return sums

        return recorded

    with standing_in((layer, recorder(name, layer.stand_in or layer.sums)) for name, layer in layers.items()):
        yield seen


@contextmanager
def hooked(layers: Mapping[str, nn.Module], act: Callable[[str, Any, Any], None]) -> Iterator[None]:
    """Within this context `act` gets name, first argument and output of each layer after each of its calls."""
    handles: list[RemovableHandle] = []

    def watch(name: str, _: nn.Module, taken: tuple[Any, ...], named: dict[str, Any], given: Any) -> None:
        act(name, next(iter([*taken, *named.values()]), None), given)

    try:
        for name, layer in layers.items():
            handles.append(layer.register_forward_hook(partial(watch, name), with_kwargs=True))
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _set(attribute: str, values: list[tuple[CrossbarLayer, Any]]) -> Iterator[None]:
    """Sets attributes of layers within a context and restores them afterwards, also after an error."""
    before = [getattr(layer, attribute) for layer, _ in values]
    try:
        for layer, value in values:
            setattr(layer, attribute, value)
        yield
    finally:
        for (layer, _), value in zip(values, before, strict=True):
            setattr(layer, attribute, value)
