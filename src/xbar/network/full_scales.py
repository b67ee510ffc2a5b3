"""Full scales of a network trained elsewhere, measured on its inputs, with warnings of what they clip or lose."""

import logging

import torch
from torch import Tensor, nn

from xbar.network.contexts import crossbar_layers, scales_of
from xbar.network.layers import CrossbarLayer
from xbar.network.measure import upper_quantile
from xbar.network.plain import Seen

logger = logging.getLogger(__name__)

SMALLEST = 1e-30  # values below it count as zero: a division by so small a full scale would overflow
WAYS = "scale channel (of networks of your own), or more weight_bits, keeps them"
TYPICAL = 0.95  # quantile of the non-zero weights that stands for most of them; ours


def set_scales(network: nn.Module, seen: Seen, shares: tuple[float, float]) -> None:
    """Set full scales that cover inputs, weights and column sums of all layers that share them.

    `seen`: inputs and outputs of the layers. `shares`: quantiles, of inputs and sums, and of weights. Logs what full
    scales lose. ValueError for a layer whose largest weight is above zero and below SMALLEST.
    """
    layers = crossbar_layers(network)
    reaches = {name: _reaches_of(layer, [taken for taken, _ in seen[name]], *shares) for name, layer in layers.items()}
    gains: dict[nn.Parameter, Tensor] = {}
    for scales in scales_of(network):
        together = torch.stack([reaches[name] for name, layer in layers.items() if layer.scales is scales])
        x_max, w_max, current_max = (value.log() if value > 0 else value for value in together.amax(0))
        scales.log_x_max.copy_(x_max)
        scales.log_w_max.copy_(w_max)
        scales.log_i_max.zero_()
        if together[:, 2].any():  # layers without sums say nothing of a gain that others share
            reached = current_max - x_max - w_max
            gains[scales.log_i_max] = torch.maximum(reached, gains.get(scales.log_i_max, reached))
    for gain, reached in gains.items():
        gain.copy_(reached)
    for layer in layers.values():
        if layer.signed:
            _warn_of_lost_outputs(layer)


def _reaches_of(layer: CrossbarLayer, inputs: list[Tensor], share: float, weight_share: float) -> Tensor:
    """Quantiles of inputs, weights and tile currents of a layer (3,), over all its calls."""
    if 0 < (largest := float(layer.weight.abs().max())) < SMALLEST:
        raise ValueError(f"{layer.name}: its largest weight is {largest:g}; allowed are 0 and {SMALLEST:g} or more")
    rows = [layer.on_rows(layer.batched(taken)).clamp_min(0) for taken in inputs]
    sums = torch.cat([each.abs().flatten() for taken in rows for each in layer.tile_currents(taken, layer.weight)])
    positive = torch.cat([taken[taken > 0] for taken in rows])
    held = layer.weight[layer.within_blocks().expand_as(layer.weight) > 0]  # zeros between groups are no weights
    parts = ((positive, share), (held.abs(), weight_share), (sums, share))
    reaches = torch.stack([reach(values, of) for values, of in parts])
    warn_of_outliers(layer, float(reaches[1]))
    return reaches


def warn_of_outliers(layer: CrossbarLayer, w_max: float) -> None:
    """Log a warning where the codes of most weights would be zero, because a few weights are far larger."""
    held = layer.weight.abs()
    typical = float(upper_quantile(held[held > 0], TYPICAL)) if held.any() else 0.0
    if 0 < typical < w_max / (2**layer.hardware.weight_bits - 1) / 2:
        told = f"{layer.name}: {TYPICAL:.0%} of its weights are below {typical:.3g}, half a code of full scale"
        logger.warning("%s %.3g; a weight_share below 1 clips the few larger ones", told, w_max)


def _warn_of_lost_outputs(layer: CrossbarLayer) -> None:
    """Log how many outputs have all weights below half a code, because weights of other outputs are far larger."""
    largest, w_max = layer.weight.abs().flatten(1).amax(1), float(layer.scales.w_max)
    lost = int(((largest > 0) & (largest < w_max / (2**layer.hardware.weight_bits - 1) / 2)).sum())
    if lost:
        told = f"{layer.name}: the weights of {lost} of {len(largest)} outputs are below half a code of full scale"
        ways = "more weight_bits keep them" if layer.output_factor is not None else WAYS
        logger.warning("%s %.3g and become zero; %s", told, w_max, ways)


def reach(values: Tensor, share: float) -> Tensor:
    """The `share` quantile of non-negative values, or the largest value where the quantile is zero.

    Zero where all values are. The full scale of such a layer is 1.
    """
    if not values.numel() or values.max() < SMALLEST:
        return torch.zeros(())
    quantile = upper_quantile(values, share)
    return quantile if quantile >= SMALLEST else values.max()
