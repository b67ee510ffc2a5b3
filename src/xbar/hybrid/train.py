"""Networks whose weights are pairs of cells: forward and backward through them, updates by pulses."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from math import ceil
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from xbar.chips.chip import Chip, ChipLayer, Columns, Converters
from xbar.hybrid.cells import Pairs
from xbar.hybrid.rules import Rounding
from xbar.network.contexts import batch_norms, standing_in
from xbar.network.layers import CrossbarLayer
from xbar.seeds import generator
from xbar.training.folds import Examples

STATISTICS = 1000  # most training examples in one batch from which batch-norm statistics are taken


class Pulsed:
    """The weights of one layer on cells, and the rule of their updates. `idle`: updates that made no pulse."""

    def __init__(self, layer: CrossbarLayer, pairs: Pairs, rule: Rounding | None = None) -> None:
        self.layer, self.pairs, self.rule = layer, pairs, rule
        self.updates = self.idle = 0

    def weights(self) -> Tensor:
        """A leaf of the next backward pass (shares of full scale), in the memory layout of the layer."""
        layout = torch.channels_last if self.layer.weight.dim() == 4 else torch.contiguous_format
        return self.pairs.weights().to(self.layer.weight).contiguous(memory_format=layout).requires_grad_()

    def update(self, change: Tensor) -> None:
        """Send the pulses that the rule makes of a change of weights (shares of full scale), and refresh."""
        assert self.rule is not None
        number = self.rule.pulses(change.contiguous())
        self.updates, self.idle = self.updates + 1, self.idle + (not number.any())
        self.pairs.pulse(number)
        self.pairs.refresh()


@contextmanager
def on_pairs(layers: Sequence[Pulsed]) -> Iterator[list[Tensor]]:
    """Within this context the layers compute with their cells; what it gives are the weights they compute with.

    DACs and ADCs are those of the layers. The backward pass goes through the same cells, and through converters as if
    they did not round.
    """
    weights = [part.weights() for part in layers]
    acts = [(part.layer, partial(_sums, part.layer, weight)) for part, weight in zip(layers, weights, strict=True)]
    with standing_in(acts):
        yield weights


def _sums(layer: CrossbarLayer, weight: Tensor, inputs: Tensor) -> Tensor:
    return layer.convert(layer.drive(layer.on_rows(inputs)), weight * layer.scales.w_max.detach())


def step(network: nn.Module, layers: Sequence[Pulsed], examples: Examples, rate: float) -> None:
    """One step of gradient descent on the weights; gradients of the digital parameters are left on them."""
    with on_pairs(layers) as weights:
        functional.cross_entropy(network(examples.x), examples.y).backward()
    for part, weight in zip(layers, weights, strict=True):
        assert weight.grad is not None
        part.update(-rate * weight.grad)


def batches(train: Examples, size: int, steps: int, seed: int) -> Iterator[tuple[float, Examples]]:
    """`steps` batches of shuffled examples, and the share of the learning rate at each, evenly from 1 towards 0.

    Raises ValueError, one line, before the first batch where there are too few examples.
    """
    if size > len(train.y):
        raise ValueError(f"batch: {size} is more than the {len(train.y)} training examples")
    epoch, order = 0, torch.empty(0, dtype=torch.int64)
    for number in range(steps):
        if len(order) < size:
            order, epoch = torch.randperm(len(train.y), generator=generator(seed, "order", epoch)), epoch + 1
        chosen, order = order[:size], order[size:]
        yield 1 - number / steps, Examples(train.x[chosen], train.y[chosen])


@torch.no_grad()
def measure_statistics(network: nn.Module, layers: Sequence[Pulsed], train: Examples, seed: int) -> None:
    """Measure batch-norm statistics with the layers as their cells are, on training examples; evaluation mode after.

    They are means over shuffled batches of equal size, because files hold the examples of one subject one after the
    other. Without `layers`, with the weights of the network itself.
    """
    order = torch.randperm(len(train.x), generator=generator(seed, "statistics"))
    for norm in batch_norms(network):
        norm.reset_running_stats()
        norm.momentum = None  # mean over the batches
    network.train()
    with on_pairs(layers):
        for chosen in order.tensor_split(ceil(len(order) / STATISTICS)):
            network(train.x[chosen])
    network.eval()


@torch.no_grad()
def correct_statistics(network: nn.Module, layers: Sequence[Pulsed], train: Examples, seed: int) -> None:
    """Move batch-norm statistics by what the cells change of them on training examples.

    Statistics taken anew would lose more than the cells do: training saw its inputs augmented.
    """
    trained = _statistics(network)
    measure_statistics(network, [], train, seed)
    ideal = _statistics(network)
    measure_statistics(network, layers, train, seed)
    for norm, (mean, variance), (ideal_mean, ideal_variance) in zip(batch_norms(network), trained, ideal, strict=True):
        assert norm.running_mean is not None and norm.running_var is not None
        norm.running_mean.add_(mean - ideal_mean)
        moved = norm.running_var * (variance / ideal_variance)
        norm.running_var.copy_(torch.where(ideal_variance > 0, moved, variance))  # as it was where there is no signal


def _statistics(network: nn.Module) -> list[tuple[Tensor, Tensor]]:
    """Copies of mean and variance of every batch-norm."""
    found = []
    for norm in batch_norms(network):
        assert norm.running_mean is not None and norm.running_var is not None
        found.append((norm.running_mean.clone(), norm.running_var.clone()))
    return found


def chip_of(layers: Sequence[Pulsed]) -> Chip:
    """The chip whose cells these are, with the converters of its network."""
    chip = []
    for part in layers:
        one = torch.ones(part.layer.tiles(), len(part.layer.weight), dtype=torch.float64)
        columns = [Columns(part.pairs.weights().double(), one, part.layer.signed)]
        chip.append(ChipLayer(part.layer, columns, Converters(part.layer.hardware.adc_bits)))
    return chip


def wear(layers: Sequence[Pulsed]) -> dict[str, Any]:
    """Numbers of cells, of their pulses and of their RESETs, and the share of layer updates that made no pulse."""
    updates = sum(part.updates for part in layers)
    return {
        "cells": sum(part.pairs.pulses.numel() for part in layers),
        "pulses": sum(int(part.pairs.pulses.sum()) for part in layers),
        "resets": sum(int(part.pairs.resets.sum()) for part in layers),
        "idle": sum(part.idle for part in layers) / updates if updates else "",
    }
