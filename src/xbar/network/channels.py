"""Digital factors of the channels of a network of one's own, so that channels of any size use all codes."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from xbar.network.contexts import crossbar_layers
from xbar.network.full_scales import SMALLEST, reach
from xbar.network.layers import CrossbarLayer
from xbar.network.plain import Seen
from xbar.network.quantizer import along_outputs

POWERS = (0.0, 0.5, 1.0)  # of the factors of inputs; ours
LEAST_FACTOR = 2.0**-16  # of a channel over the largest; ours: digital factors of 16 bits


def choose_factors(network: nn.Module, seen: Seen, share: float) -> None:
    """Choose the factors of every signed layer by its measured inputs, of which `share` is within full scale."""
    for name, layer in crossbar_layers(network).items():
        _choose(layer, [taken for taken, _ in seen[name]], share)


def copy_factors(signed: nn.Module, network: nn.Module) -> None:
    """Give `network`, of the same layers and weights, the factors that were chosen for `signed`."""
    of_signed = crossbar_layers(signed)
    for name, layer in crossbar_layers(network).items():
        factor = of_signed[name].input_factor
        assert factor is not None
        _set_factors(layer, layer.weight.clone(), 1 / factor)


def _choose(layer: CrossbarLayer, inputs: list[Tensor], share: float) -> None:
    """Give every output of a layer a digital factor, and every input channel one where this helps.

    Inputs are divided by a power of what their channel reaches, and weights are multiplied by it. Of POWERS the one
    counts whose quantised sums are nearest to the exact ones, by the median over inputs: full factors cost codes of
    weights where channels differ little.
    """
    taken, weight = [layer.batched(each) for each in inputs], layer.weight.clone()
    exact = [_total(layer, layer.on_rows(each).clamp_min(0), weight) for each in taken]
    by_channel = torch.cat([each.transpose(0, 1).flatten(1) for each in taken], 1).abs()
    reached = over_largest(torch.stack([reach(channel, share) for channel in by_channel]))
    tried = {}
    for power in POWERS:
        _set_factors(layer, weight, reached**power)
        tried[power] = _error(layer, taken, exact, share)
    _set_factors(layer, weight, reached ** min(POWERS, key=lambda power: tried[power]))


def _set_factors(
    layer: CrossbarLayer, weight: Float[Tensor, "outputs rows *kernel"], channels: Float[Tensor, " channels"]
) -> None:
    """Divide the inputs of each channel by its number, and give each output its largest weight at full scale."""
    axes = [1] * (weight.dim() - 2)
    layer.weight.copy_(weight * channels.repeat(weight.shape[1] // len(channels)).view(1, -1, *axes))
    layer.input_factor, layer.output_factor = 1 / channels, over_largest(layer.weight.abs().flatten(1).amax(1))
    layer.weight.div_(layer.output_factor.view(-1, 1, *axes))


def _error(layer: CrossbarLayer, taken: list[Tensor], exact: Sequence[Tensor], share: float) -> float:
    """Median over inputs of the squared error by DACs and weights, with full scales that are set here for now."""
    rows = [layer.on_rows(each).clamp_min(0) for each in taken]
    for full_scale, values in (
        (layer.scales.log_x_max, torch.cat([each[each > 0] for each in rows])),
        (layer.scales.log_w_max, layer.weight.abs().flatten()),
    ):
        largest = reach(values, share if full_scale is layer.scales.log_x_max else 1.0)
        full_scale.copy_(largest.log() if largest > 0 else largest)
    assert layer.output_factor is not None
    errors = []
    for each, wanted in zip(rows, exact, strict=True):
        found = _total(layer, layer.drive(each), layer.quantized_weight())
        errors.append(((found * along_outputs(layer.output_factor, found)) - wanted).flatten(1).square().sum(1))
    return float(torch.cat(errors).median())


def _total(layer: CrossbarLayer, rows: Tensor, weight: Tensor) -> Tensor:
    """Exact sums over all row tiles."""
    return torch.stack(list(layer.tile_currents(rows, weight))).sum(0)


def over_largest(reached: Float[Tensor, " lines"]) -> Float[Tensor, " lines"]:
    """What each channel or output reaches over the largest; one that reaches nothing counts as the least of the others.

    So the weights of a channel that carries nothing do not set the full scale of all weights.
    """
    carries = reached >= SMALLEST
    if not carries.any():
        return torch.ones_like(reached)
    return (torch.where(carries, reached, reached[carries].min()) / reached.max()).clamp_min(LEAST_FACTOR)
