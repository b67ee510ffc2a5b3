"""A network trained from random weights, by pulses on its cells or in floating point."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from xbar.chips.evaluate import accuracies
from xbar.config.crossbars import CrossbarSpec
from xbar.config.hybrid import Rule, ScratchSpec, WritingSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.hybrid.cells import Pairs
from xbar.hybrid.law import PulseLaw
from xbar.hybrid.rules import rounding
from xbar.hybrid.train import Pulsed, batches, chip_of, measure_statistics, step, wear
from xbar.network.architecture import build_network
from xbar.network.contexts import crossbar_layers, matrix_layers
from xbar.network.predict import accuracy
from xbar.seeds import generator
from xbar.training.folds import Examples, split_fold, validation_fold
from xbar.training.start import start_network

ANALOG_BITS = 16  # of weights that are written to no cell: so fine that it makes no difference


class Blank(NamedTuple):
    """An untrained network on pulsed cells: what it is made of."""

    architecture: ArchitectureSpec
    crossbar: CrossbarSpec
    pulses: PulseLaw
    writing: WritingSpec


def train_scratch(
    data: Mapping[str, Tensor], rule: Rule, spec: ScratchSpec, blank: Blank, *, seed: int
) -> dict[str, Any]:
    """Accuracies after training without the seed's validation fold, and what the cells took.

    The rule `float` makes the same steps in floating point, without cells and converters. FloatingPointError, one line,
    where the training diverges. ValueError for too few training examples.
    """
    train, validation = split_fold(data, validation_fold(data, seed))
    test = Examples(data["test_x"], data["test_y"])
    network = _untrained(rule, spec, blank, train.x, seed)
    layers = [] if rule == "float" else on_cells(network, rule, spec, blank, seed)
    try:
        _train(network, layers, train, rule, spec, seed)
    except ZeroDivisionError:
        raise FloatingPointError(
            f"training diverged: a full scale is zero; try a digital_rate below {spec.digital_rate:g}"
        ) from None
    chosen = spec.rules[rule].model_dump()
    if not layers:
        found = [accuracy(network, examples) for examples in (validation, test)]
        return chosen | {"granularity": "", "validation_accuracy": found[0], "accuracy": found[1]}
    measure_statistics(network, layers, train, seed)
    chips = [chip_of(layers)]
    found = [accuracies(network, chips, examples)[0] for examples in (validation, test)]
    return chosen | {"validation_accuracy": found[0], "accuracy": found[1]} | wear(layers)


def _train(network: nn.Module, layers: list[Pulsed], train: Examples, rule: Rule, spec: ScratchSpec, seed: int) -> None:
    """All steps of one rule, and of AdamW for what is digital."""
    weights = {id(layer.weight) for layer in matrix_layers(network).values()}
    rest = [parameter for parameter in network.parameters() if id(parameter) not in weights]
    digital = torch.optim.AdamW(rest, lr=spec.digital_rate, weight_decay=0.0)
    network.train()
    for share, batch in batches(train, spec.batch, spec.epochs * (len(train.y) // spec.batch), seed):
        digital.param_groups[0]["lr"] = share * spec.digital_rate
        digital.zero_grad()
        rate = share * spec.rules[rule].learning_rate
        step(network, layers, batch, rate) if layers else _float_step(network, batch, rate)
        digital.step()


def _untrained(rule: Rule, spec: ScratchSpec, blank: Blank, inputs: Tensor, seed: int) -> nn.Module:
    """A network whose full scales are measured with weights of half the range, more than are written to the cells.

    So they leave room for weights to grow. Measured with the written weights, accuracy on validation folds was 2.9
    points lower with the rule accumulate and 2.4 with every-step (digits, three seeds).
    """
    cells = {"polarity": "signed", "weight_bits": ANALOG_BITS, "scale": "layer", "noise": 0.0}
    entry = NetworkSpec.model_validate(
        {"dataset": spec.dataset, "architecture": spec.architecture, "training": ""}
        | {"dac_bits": spec.dac_bits, "adc_bits": spec.adc_bits}
        | ({"polarity": "float"} if rule == "float" else cells)
    )
    shape = (inputs.shape[1], inputs.shape[2], inputs.shape[3])
    network = build_network(entry, blank.architecture, blank.crossbar, shape)
    start_network(network, entry, inputs, seed=seed, warm_start=None)
    return network


def on_cells(network: nn.Module, rule: Rule, spec: ScratchSpec, blank: Blank, seed: int) -> list[Pulsed]:
    """The layers of a network on new cells, to which random weights are written."""
    layers = []
    for index, layer in enumerate(crossbar_layers(network).values()):
        shape = layer.weight.shape
        pairs = Pairs(blank.pulses, blank.writing, shape, generator(seed, "cells", index))
        target = spec.start * torch.empty(shape).normal_(generator=generator(seed, "start", index))
        pairs.write(target.clamp(-1, 1), torch.ones(shape, dtype=torch.bool))
        granularity = spec.rules[rule].granularity
        layers.append(Pulsed(layer, pairs, rounding(rule, granularity, generator(seed, "rounding", index))))
    return layers


def _float_step(network: nn.Module, examples: Examples, rate: float) -> None:
    loss = functional.cross_entropy(network(examples.x), examples.y)
    if not loss.isfinite():
        raise FloatingPointError(f"training diverged: the loss is {float(loss.detach())}; try a lower learning_rate")
    loss.backward()
    with torch.no_grad():
        for layer in matrix_layers(network).values():
            assert layer.weight.grad is not None
            layer.weight -= rate * layer.weight.grad
            layer.weight.grad = None
