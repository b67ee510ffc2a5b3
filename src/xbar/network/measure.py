"""The layer table: sizes of each crossbar layer, and ranges and activity measured on a trained network."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from xbar.network.contexts import hooked, matrix_layers
from xbar.network.geometry import LayerSize
from xbar.network.layers import CrossbarLayer

QUANTILE = 0.999
MEASURED = 256  # training inputs on which chips are measured


@torch.no_grad()
def layer_table(network: nn.Module, sizes: Sequence[LayerSize], inputs: Tensor) -> list[dict[str, Any]]:
    """One row of `tables.LAYERS` per conv or linear layer, measured on `inputs` (N, C, H, W). `sizes`: one per layer.

    Ranges are in absolute units: 99.9 % quantiles of inputs and of |column sum| over all row tiles, and max |weight|.
    `weight_mean`: mean |quantised weight|. `activity`: mean DAC output over the rows of all products, with the zeros of
    padding. Both are shares of full scale. Floating-point networks have no hardware columns.
    """
    layers = matrix_layers(network)
    size_of = dict(zip(layers, sizes, strict=True))
    rows: list[dict[str, Any]] = []

    def watch(name: str, taken: Tensor, outputs: Tensor) -> None:
        layer = layers[name]
        if isinstance(layer, CrossbarLayer):
            row = crossbar_ranges(layer, [layer.batched(taken)])
        else:
            row = _float_ranges(layer, taken, outputs)
        rows.append(size_of[name]._asdict() | {column: _short(value) for column, value in row.items()})

    with hooked(layers, watch):
        network.eval()(inputs)
    return rows


def _float_ranges(layer: nn.Linear | nn.Conv1d | nn.Conv2d, values: Tensor, outputs: Tensor) -> dict[str, Any]:
    return {
        "input_range": upper_quantile(values.abs()),
        "weight_range": layer.weight.abs().max(),
        "current_range": upper_quantile(outputs.abs()),
    }


@torch.no_grad()
def crossbar_ranges(layer: CrossbarLayer, calls: Sequence[Tensor]) -> dict[str, Any]:
    """Ranges and means of a crossbar layer over all its calls, each of `batched` inputs, as in `layer_table`."""
    scales, weight = layer.scales, layer.quantized_weight()
    values = [layer.on_rows(inputs) for inputs in calls]
    driven = [layer.drive(of_call) for of_call in values]
    currents = _joined(current.abs() for of_call in driven for current in layer.tile_currents(of_call, weight))
    ones = torch.ones_like(weight)
    sums = _joined(torch.stack([*layer.tile_currents(of_call, ones)]).sum(0) for of_call in driven)
    return {
        "x_max": scales.x_max,
        "w_max": scales.w_max,
        "i_max": scales.log_i_max.exp(),
        "input_range": upper_quantile(_joined(of_call.clamp_min(0) for of_call in values)),
        "weight_range": layer.weight.abs().max(),
        "current_range": upper_quantile(currents),
        "weight_mean": (weight.abs().mean() / scales.w_max).clamp(max=1.0),  # above 1 by rounding alone, as below
        "activity": (sums.mean() / (weight[0].numel() * scales.x_max)).clamp(max=1.0),
    }


def _joined(parts: Iterable[Tensor]) -> Tensor:
    return torch.cat([part.flatten() for part in parts])


def upper_quantile(values: Tensor, share: float = QUANTILE) -> Tensor:
    """The value at rank `share` of all values, without interpolation, for any number of values above zero."""
    flat = values.flatten()
    return flat.kthvalue(max(1, int(share * flat.numel()))).values


def _short(value: Any) -> Any:
    """Six digits, because measured ranges are estimates from a few hundred inputs."""
    return float(f"{float(value):.6g}") if isinstance(value, Tensor) else value
