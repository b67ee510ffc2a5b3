"""The products of a prepared network: those of its arrays, layer by layer, and those that stay digital."""

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from xbar.network.contexts import crossbar_layers, recording
from xbar.network.geometry import LayerSize
from xbar.network.layers import CrossbarLayer
from xbar.network.prepare import where

# Words in the names of operations for which torch's counter has no formula: fused cells, attention, bilinear forms.
UNCOUNTED = {"rnn", "lstm", "gru", "attention", "transformer", "trilinear", "linear"}


@cache
def _formulas() -> Mapping[Any, Any]:
    """torch's counts of products by operation, imported without triton, its compiler of kernels.

    The import of triton takes half a second, and at the end of a process triton writes lines about its memory.
    """
    compiler, log = sys.modules.get("triton"), logging.getLogger("torch.utils.flop_counter")
    if compiler is None:
        sys.modules["triton"] = None  # type: ignore[assignment] # how Python marks what cannot be imported
        log.disabled = True  # it says that triton is not there
    try:
        from torch.utils.flop_counter import flop_registry
    finally:
        log.disabled = False
        if compiler is None:
            del sys.modules["triton"]
    return flop_registry


class DigitalProducts(NamedTuple):
    """Products that no array computes.

    `where`: the module. `products`: number for one input, None where it is not known.
    """

    where: str
    operation: str
    products: int | None

    def __str__(self) -> str:
        counted = "" if self.products is None else f", {self.products:,} MACs an input"
        return f"{self.where} stays digital: {self.operation}{counted}"


@torch.no_grad()
def digital_products(network: nn.Module, inputs: Tensor) -> list[DigitalProducts]:
    """Matrix products of `network` outside of its crossbar layers, in the order of their first use on `inputs`.

    They are counted where torch computes them, whatever the class of the module. Layers that were not exchanged, fused
    cells, attention's own products and calls such as functional.linear therefore all count.
    """
    found: dict[tuple[str, str], int | None] = {}
    with _modules_in_use(network) as stack, _Products(stack, found):
        network(inputs.clone())
    return [
        DigitalProducts(place, operation, None if count is None else round(count / len(inputs)))
        for (place, operation), count in found.items()
    ]


class _Products(TorchDispatchMode):
    """Adds up the products of the operations that torch computes outside of crossbar layers."""

    def __init__(self, stack: list[tuple[str, nn.Module]], found: dict[tuple[str, str], int | None]) -> None:
        super().__init__()
        self.stack, self.found = stack, found

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = func(*args, **(kwargs or {}))
        if not any(isinstance(part, CrossbarLayer) for _, part in self.stack):
            self._add(func._overloadpacket, given, args, kwargs or {})
        return given

    def _add(self, operation: Any, given: Any, args: Any, kwargs: Any) -> None:
        name = operation.__name__.strip("_")
        formula = _formulas().get(operation)
        if formula is None and UNCOUNTED.isdisjoint(name.split("_")):
            return
        module, part = self.stack[-1]
        place = where(module, part) if module else "the network's own forward"
        count = None if formula is None else formula(*args, **kwargs, out_val=given) // 2
        before = self.found.get((place, name), 0)
        self.found[place, name] = None if count is None or before is None else before + count


@contextmanager
def _modules_in_use(network: nn.Module) -> Iterator[list[tuple[str, nn.Module]]]:
    """The modules whose forward runs at the moment, the innermost last."""
    stack: list[tuple[str, nn.Module]] = [("", network)]
    handles = []
    for name, part in network.named_modules():
        if name:
            enter = part.register_forward_pre_hook(lambda part, _, name=name: stack.append((name, part)))
            leave = part.register_forward_hook(lambda *_: stack.pop() and None, always_call=True)
            handles += [enter, leave]
    try:
        yield stack
    finally:
        for handle in handles:
            handle.remove()


@torch.no_grad()
def crossbar_sizes(network: nn.Module, inputs: Tensor) -> list[LayerSize]:
    """Sizes of the crossbar layers of any prepared network, in its order, with the products that `inputs` need.

    `rows`: rows of the weight on the arrays, twice the fan-in where inputs are halved. Products are matrix-vector
    products for one input, summed over all calls of the layer. ValueError where their total is no multiple of the
    number of inputs.
    """
    layers = crossbar_layers(network)
    with recording(network) as seen:
        network(inputs.clone())
    sizes = []
    for index, (name, layer) in enumerate(layers.items()):
        columns, area = len(layer.weight), prod(layer.weight.shape[2:])
        products, rest = divmod(sum(sums.numel() for _, sums in seen[name]) // columns, len(inputs))
        if rest:
            raise ValueError(f"{layer.name}: the number of its products differs from input to input")
        kind = "linear" if isinstance(layer, nn.Linear) else "conv"
        sizes.append(LayerSize(index, kind, layer.weight[0].numel(), columns, area, products))
    return sizes
