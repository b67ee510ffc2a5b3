"""Starting values of weights and full scales, so that training begins inside every range."""

from math import log
from pathlib import Path

import torch
from torch import Generator, Tensor, nn

from xbar.files import read_tensors
from xbar.network.architecture import Network
from xbar.network.inputs import moments
from xbar.network.layers import CrossbarLayer
from xbar.network.measure import upper_quantile
from xbar.seeds import generator

CALIBRATION_INPUTS = 512  # training inputs from which full scales start

# Full scale of a device in standard deviations of a layer's weights. The least-squares uniform quantizer of a
# normal variable with 7 levels ends at 1.8 (Max, IRE Trans. Inf. Theory 6, 1960); a little more leaves room.
CLIP_STD = 2.0
ONE_SIDED_CLIP_STD = 1.5  # the same with 4 levels: weights of both signs that devices of one sign are to hold
OPEN_RANGE = 64.0  # ADC full scale of the first calibration pass: wide enough that little clips


def start_network(network: Network, inputs: Tensor, *, seed: int, warm_start: Path | None) -> None:
    """Give `network` the values with which its training begins; `inputs`: training inputs (N, C, H, W).

    `warm_start`: weights file of a float network of the same architecture, or None.
    """
    set_normalisation(network, inputs)
    network.loosen()
    start_weights(network, generator(seed, "weights"))
    if warm_start is not None:
        start_from_float(network, read_tensors(warm_start)[0])
    network.settle(0.0)
    if network.hardware is not None:
        chosen = torch.randperm(len(inputs), generator=generator(seed, "calibration"))[:CALIBRATION_INPUTS]
        start_scales(network, inputs[chosen])


@torch.no_grad()
def set_normalisation(network: Network, inputs: Tensor) -> None:
    """Mean and standard deviation per channel of the training inputs (N, C, H, W) into the network's buffers."""
    mean, std = moments(inputs, network.architecture.brightness)
    network.mean.copy_(mean)
    network.std.copy_(std)


def start_weights(network: Network, stream: Generator) -> None:
    """Random weights: Kaiming-normal in float networks, in crossbar layers spread over the devices' range.

    Unipolar magnitudes start uniform in [-0.5, 0.5] of full scale, of which the devices hold the positive half.
    """
    for layer in network.layers:
        if not isinstance(layer, CrossbarLayer):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=stream)
        elif layer.signed:
            layer.weight.data.normal_(0, 1 / CLIP_STD, generator=stream)
        else:
            layer.weight.data.uniform_(-0.5, 0.5, generator=stream)


@torch.no_grad()
def start_from_float(network: Network, state: dict[str, Tensor]) -> None:
    """Take over a float network of the same architecture.

    Batch-norm absorbs the magnitude of a layer's weights, so every layer is scaled to fill the devices' range.
    Where the crossbars see [x, -x] instead of x, the second half of the weights is the negative of the first.
    Layers of one sign whose common mode is subtracted hold the weights shifted into their range.
    """
    for index, (layer, norm) in enumerate(zip(network.layers, network.norms, strict=True)):
        weight = state[f"layers.{index}.weight"]
        affine = {name.split(".")[-1]: value for name, value in state.items() if name.startswith(f"norms.{index}.")}
        weight = weight / (CLIP_STD * weight.std())
        if layer.weight.shape[1] == 2 * weight.shape[1]:
            weight = torch.cat([weight, -weight], 1)
        if not layer.signed:
            weight = _one_sided(network, index, weight * CLIP_STD)
        layer.weight.copy_(weight)
        norm.load_state_dict({name: affine[name] for name in norm.state_dict()})
        if network.gain == "positive":
            _turn_columns(layer, norm)


def _one_sided(network: Network, index: int, weight: Tensor) -> Tensor:
    """Weights in standard deviations, moved into the devices' range: zero becomes half of full scale.

    What that adds is the same in every column, so that it goes with the common mode, which the network subtracts.
    """
    sign = network.get_buffer(f"sign{index}").view(-1, *[1] * (weight.dim() - 1))
    return (1 + sign * weight / ONE_SIDED_CLIP_STD) / 2


def _turn_columns(layer: CrossbarLayer, norm: nn.Module) -> None:
    """Move negative gains into the signed weights: what the layer and its batch-norm compute stays."""
    turn = torch.where(norm.weight < 0, -1.0, 1.0)
    layer.weight.mul_(turn.view(-1, *[1] * (layer.weight.dim() - 1)))
    norm.weight.mul_(turn)
    norm.running_mean.mul_(turn)


@torch.no_grad()
def start_scales(network: Network, inputs: Tensor) -> None:
    """Full scales from `inputs` (N, C, H, W): DAC at the 99.9 % quantile of a layer's inputs, ADC of its sums.

    A network-wide ADC takes the largest over layers, so that none clips; a network-wide DAC the median layer,
    because inputs have long tails. Batch-norm statistics follow from the same passes.
    """
    for scales in network.scales:
        scales.log_w_max.fill_(0.0)
        scales.log_i_max.fill_(log(OPEN_RANGE))
    was_training = network.training
    network.train()
    for _ in range(3):  # every pass sees what the converters of the one before leave
        ranges = _ranges(network, inputs)
        if len(network.scales) == 1:
            _set(network, 0, ranges[:, 0].median(), (ranges[:, 1] / ranges[:, 0]).max())
        else:
            for index, (x_max, current) in enumerate(ranges):
                _set(network, index, x_max, current / x_max)
    network.train(was_training)


def _set(network: Network, index: int, x_max: Tensor, gain: Tensor) -> None:
    """`gain`: ADC full scale in units of the DAC's, w_max * i_max."""
    network.scales[index].log_x_max.copy_(x_max.log())
    network.scales[index].log_i_max.copy_(gain.log() - network.scales[index].log_w_max)


def _ranges(network: Network, inputs: Tensor) -> Tensor:
    """Quantiles (layers, 2) of the inputs and of the undigitised tile currents of each layer."""
    ranges = torch.zeros(len(network.layers), 2)

    def watch(index: int, values: Tensor, _: Tensor) -> None:
        layer, scales = network.layers[index], network.scales_of(index)
        values = values.clamp_min(0)
        currents = layer.tile_currents(values, layer.quantized_weight(scales))
        ranges[index, 0] = upper_quantile(values)
        ranges[index, 1] = max(upper_quantile(current.abs()) for current in currents)

    network(inputs, watch=watch)
    return ranges.clamp_min(1e-6)
