"""The layer table: sizes of each crossbar layer, and ranges and activity measured on a trained network."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from xbar.network.contexts import hooked, matrix_layers
from xbar.network.geometry import LayerSize
from xbar.network.layers import CrossbarLayer

QUANTILE = 0.999


@torch.no_grad()
def layer_table(network: nn.Module, sizes: Sequence[LayerSize], inputs: Tensor) -> list[dict[str, Any]]:
    """One row of `tables.LAYERS` per conv or linear layer, measured on `inputs` (N, C, H, W). `sizes`: one per layer.

    Ranges are in absolute units: 99.9 % quantiles of inputs and of |column sum| over all row tiles, and max |weight|.
    `weight_mean` and `activity`: mean |quantised weight| and mean DAC output, shares of full scale. Floating-point
    networks have no hardware columns.
    """
    layers = matrix_layers(network)
    size_of = dict(zip(layers, sizes, strict=True))
    rows: list[dict[str, Any]] = []

    def watch(name: str, taken: Tensor, outputs: Tensor) -> None:
        layer = layers[name]
        if isinstance(layer, CrossbarLayer):
            row = crossbar_ranges(layer, layer.batched(taken))
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


def crossbar_ranges(layer: CrossbarLayer, inputs: Tensor) -> dict[str, Any]:
    """Ranges and means of a crossbar layer for `batched` inputs, as in `layer_table`."""
    scales, values, weight = layer.scales, layer.on_rows(inputs), layer.quantized_weight()
    driven = layer.drive(values)
    currents = torch.cat([current.abs().flatten() for current in layer.tile_currents(driven, weight)])
    return {
        "x_max": scales.x_max,
        "w_max": scales.w_max,
        "i_max": scales.log_i_max.exp(),
        "input_range": upper_quantile(values.clamp_min(0)),
        "weight_range": layer.weight.abs().max(),
        "current_range": upper_quantile(currents),
        "weight_mean": weight.abs().mean() / scales.w_max,
        "activity": driven.mean() / scales.x_max,
    }


def upper_quantile(values: Tensor, share: float = QUANTILE) -> Tensor:
    """The value at rank `share` of all values, without interpolation, for any number of values above zero."""
    flat = values.flatten()
    return flat.kthvalue(max(1, int(share * flat.numel()))).values


def _short(value: Any) -> Any:
    """Six digits, because measured ranges are estimates from a few hundred inputs."""
    return float(f"{float(value):.6g}") if isinstance(value, Tensor) else value
