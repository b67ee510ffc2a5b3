"""Starting values of weights and full scales, so that training begins within the range of all converters."""

from collections.abc import Mapping
from itertools import repeat
from math import log
from pathlib import Path

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from xbar.config.networks import NetworkSpec
from xbar.config.polarity import SignSpec
from xbar.files import read_tensors
from xbar.network.contexts import batch_norms, crossbar_layers, hooked, matrix_layers, scales_of
from xbar.network.hardware import Scales
from xbar.network.inputs import normalisation_of
from xbar.network.layers import CrossbarLayer
from xbar.network.measure import upper_quantile
from xbar.network.signs import allow_both_signs, freeze_signs
from xbar.seeds import generator

CALIBRATION_INPUTS = 512  # training inputs from which full scales start
PATCHED_INPUTS = 1000  # training inputs whose patches a first layer may start from; ours

# Full scale of a device in standard deviations of a layer's weights. The outer levels of the least-squares uniform
# quantizer of a normal variable with 7 levels are at 1.95 (Max, IRE Trans. Inf. Theory 6, 1960).
CLIP_STD = 2.0
ONE_SIDED_CLIP_STD = 1.5  # the same with 4 levels (1.49): signed weights that become unipolar ones
OPEN_RANGE = 64.0  # ADC full scale of the first calibration pass, so wide that little is clipped


def start_network(
    network: nn.Module, entry: NetworkSpec, inputs: Tensor, *, seed: int, warm_start: Path | None
) -> None:
    """Give the network of a config entry its starting values.

    `inputs`: training inputs (N, C, H, W). `warm_start`: weights file of a floating-point network of the same
    architecture, or None.
    """
    signs = entry.signs if isinstance(entry.signs, SignSpec) else None
    normalisation_of(network).measure(inputs)
    allow_both_signs(network, signs)
    start_weights(network, generator(seed, "weights"))
    if entry.first_layer == "patches":
        chosen = torch.randperm(len(inputs), generator=generator(seed, "patches"))[:PATCHED_INPUTS]
        start_first_layer(network, inputs[chosen])
    if warm_start is not None:
        start_from_float(network, read_tensors(warm_start)[0], positive_gains=entry.gain == "positive")
    freeze_signs(network, signs, 0.0)
    if entry.polarity != "float":
        chosen = torch.randperm(len(inputs), generator=generator(seed, "calibration"))[:CALIBRATION_INPUTS]
        start_scales(network, inputs[chosen])


def start_weights(network: nn.Module, stream: Generator) -> None:
    """Random weights: Kaiming-normal in floating-point networks, spread over the devices' range in crossbar layers.

    Unipolar magnitudes start uniform in [-0.5, 0.5] of full scale. Devices hold the positive half; the others are zero.
    """
    for layer in matrix_layers(network).values():
        if not isinstance(layer, CrossbarLayer):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=stream)
        elif layer.signed:
            layer.weight.data.normal_(0, 1 / CLIP_STD, generator=stream)
        else:
            layer.weight.data.uniform_(-0.5, 0.5, generator=stream)


@torch.no_grad()
def start_first_layer(network: nn.Module, inputs: Tensor) -> None:
    """Kernels of the first layer along the main directions of its patches, each with both signs. Other kernels stay.

    `inputs`: (N, C, H, W). The directions are the eigenvectors with the largest eigenvalues of the covariance of
    patches of normalised inputs, as in Jordan, arXiv:2404.00498. Batch-norm replaces his division by their deviations.
    The kernels have the length of Kaiming's random ones.
    """
    layer, values = next(iter(matrix_layers(network).values())), normalisation_of(network)(inputs)
    kernel = getattr(layer, "kernel_size", values.shape[2:])  # of a linear layer: the whole input
    patches = functional.unfold(values, kernel).transpose(1, 2).flatten(0, 1)
    main = torch.linalg.eigh(patches.double().T.cov()).eigenvectors.T.flip(0)[: len(layer.weight) // 2]
    both = torch.cat([main, -main]) * 2**0.5
    layer.weight[: len(both)] = both.view(-1, *layer.weight.shape[1:]).to(layer.weight.dtype)


@torch.no_grad()
def start_from_float(network: nn.Module, state: Mapping[str, Tensor], *, positive_gains: bool = False) -> None:
    """Take over the state dict of a floating-point network of the same architecture.

    Batch-norm absorbs the magnitude of a layer's weights, so that every layer is scaled to fill the devices' range.
    Where inputs are halved, the weights are [W, -W]. Unipolar layers hold the weights shifted into their range;
    `_one_sided` says why that is allowed. `positive_gains`: negative gains of batch-norms move into the weights.
    """
    layers, norms = crossbar_layers(network), batch_norms(network)
    for name, norm in network.named_modules():
        if norm in norms:
            norm.load_state_dict({key: state[f"{name}.{key}"] for key in norm.state_dict()})
    turns = map(_turned, norms) if positive_gains else repeat(torch.ones(()))
    for (name, layer), turn in zip(layers.items(), turns, strict=positive_gains):
        weight = state[f"{name}.weight"]
        weight = weight / (CLIP_STD * weight.std()) * turn.view(-1, *[1] * (weight.dim() - 1))
        if layer.takes == "halved":
            weight = torch.cat([weight, -weight], 1)
        layer.weight.copy_(weight if layer.signed else _one_sided(layer, weight * CLIP_STD))


def _one_sided(layer: CrossbarLayer, weight: Tensor) -> Tensor:
    """Weights in standard deviations, moved into the devices' range: zero becomes half of the full scale.

    This adds the same to every column. The network subtracts the common mode, and with it what was added.
    """
    sign = layer.sign.view(-1, *[1] * (weight.dim() - 1))
    return (1 + sign * weight / ONE_SIDED_CLIP_STD) / 2


def _turned(norm: nn.BatchNorm1d | nn.BatchNorm2d) -> Tensor:
    """Make all gains positive. With the weights of each column times the result (+1, -1) the outputs are the same."""
    assert norm.running_mean is not None
    turn = torch.where(norm.weight < 0, -1.0, 1.0)
    norm.weight.mul_(turn)
    norm.running_mean.mul_(turn)
    return turn


@torch.no_grad()
def start_scales(network: nn.Module, inputs: Tensor) -> None:
    """Full scales from `inputs` (N, C, H, W): DAC at the 99.9 % quantile of a layer's inputs, ADC at that of its sums.

    A shared ADC takes the largest ratio of sums to inputs over its layers. A shared DAC takes the median over its
    layers, because inputs have long tails. The same passes move the batch-norm statistics towards those of these
    inputs by three steps of their momentum; training measures them on.
    """
    for scales in scales_of(network):
        scales.log_w_max.fill_(0.0)
        scales.log_i_max.fill_(log(OPEN_RANGE))
    was_training = network.training
    network.train()
    for _ in range(3):  # every pass measures behind the converters that the pass before has set
        for scales, ranges in _ranges(network, inputs):
            x_max, gain = ranges[:, 0].median(), (ranges[:, 1] / ranges[:, 0]).max()
            scales.log_x_max.copy_(x_max.log())
            scales.log_i_max.copy_(gain.log() - scales.log_w_max)  # full scale in units of the DAC's: w_max * i_max
    network.train(was_training)


def _ranges(network: nn.Module, inputs: Tensor) -> list[tuple[Scales, Tensor]]:
    """For each triple of full scales: quantiles (layers, 2) of inputs and of undigitised tile currents of its layers.

    The quantile of currents is that of the row tile where it is largest.
    """
    layers = crossbar_layers(network)
    found: dict[str, Tensor] = {}

    def watch(name: str, taken: Tensor, _: Tensor) -> None:
        layer = layers[name]
        values = layer.on_rows(taken).clamp_min(0)
        currents = layer.tile_currents(values, layer.quantized_weight())
        largest = max(upper_quantile(current.abs()) for current in currents)
        found[name] = torch.stack([upper_quantile(values), largest]).clamp_min(1e-6)

    with hooked(layers, watch):
        network(inputs)
    return [
        (scales, torch.stack([found[name] for name, layer in layers.items() if layer.scales is scales]))
        for scales in scales_of(network)
    ]
