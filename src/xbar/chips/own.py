"""A network trained elsewhere on simulated chips: accuracy of each, and errors by layer against the network itself."""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

from xbar.chips.chip import Chip, on_chip
from xbar.chips.deployment import Condition, Deployment
from xbar.chips.errors import Compared, layer_errors
from xbar.chips.evaluate import Examples, Rows, accuracies, check_classes
from xbar.network.contexts import crossbar_layers
from xbar.network.plain import Seen, watching
from xbar.network.predict import accuracy

QUANTISED, IDEAL, NOISY = "quantised", "ideal", "noisy"


@torch.no_grad()
def evaluate_own(
    deployment: Deployment, examples: Examples, plain: nn.Module | None = None
) -> tuple[Rows, Rows]:  # fmt: skip
    """Rows of accuracy (condition, chip, time_s, compensation, accuracy), and of errors by layer against `plain`.

    `quantised`: the prepared network without arrays. `ideal`: on its arrays, without noise. `noisy`: simulated chips,
    for all times and compensations of the variant. `plain`: the network before it was prepared and perhaps trained
    further. Errors (layer, module, own_error, accumulated_error) are measured on the inputs of the deployment.
    """
    network, inputs = deployment.network, deployment.inputs
    check_classes(network, examples)
    seen = None if plain is None or inputs is None else reference(plain, inputs)
    rows, errors = [], []
    for told, chip in _cases(deployment):
        share = accuracies(network, [chip], examples)[0] if chip is not None else accuracy(network, examples)
        rows.append({**told, "accuracy": share})
        if seen is not None and inputs is not None:
            errors += [{**told, **error} for error in own_errors(network, inputs, seen, chip)]
    return rows, errors


def _cases(deployment: Deployment) -> Iterator[tuple[dict[str, Any], Chip | None]]:
    variant = deployment.variant
    yield {"condition": QUANTISED}, None
    yield {"condition": IDEAL}, deployment.make_chip(Condition(noise=0.0))
    for case in product(range(variant.chips), variant.times_s, variant.compensations):
        named = dict(zip(("chip", "time_s", "compensation"), case, strict=True))
        yield {"condition": NOISY, **named}, deployment.make_chip(Condition(*case))


@torch.no_grad()
def reference(plain: nn.Module, inputs: Tensor) -> Seen:
    """Inputs and outputs of every linear and convolution layer of the network itself for `inputs`, call by call."""
    with watching(plain.eval()) as seen:
        plain(inputs.clone())
    return seen


@torch.no_grad()
def own_errors(network: nn.Module, inputs: Tensor, seen: Seen, chip: Chip | None = None) -> Rows:
    """Errors (see `errors.layer_errors`) of the outputs of a prepared network, on a chip or without one.

    `seen`: the `reference` of the network before it was prepared. `module`: the name of each layer in the rows.
    """
    layers = crossbar_layers(network)
    with on_chip(chip) if chip is not None else nullcontext():
        with watching(network) as behind:
            network(inputs.clone())
        compared = [
            Compared(
                _flat(given for _, given in seen[name]),
                _flat(layer(taken) for taken, _ in seen[name]),
                _flat(given for _, given in behind[name]),
            )
            for name, layer in layers.items()
        ]
    rows = layer_errors(layers.values(), compared)
    return [{"module": name} | row for name, row in zip(layers, rows, strict=True)]


def _flat(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([tensor.flatten() for tensor in tensors])
