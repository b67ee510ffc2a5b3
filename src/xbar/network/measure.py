"""The layer table: sizes of each crossbar layer, and ranges and activity measured on a trained network."""

from typing import Any

import torch
from torch import Tensor

from xbar.network.architecture import Network

COLUMNS = (
    "layer", "kind", "rows", "columns", "kernel_area", "mvms_per_inference", "x_max", "w_max", "i_max",
    "input_range", "weight_range", "current_range", "weight_mean", "activity",
)  # fmt: skip
QUANTILE = 0.999


@torch.no_grad()
def layer_table(network: Network, inputs: Tensor) -> list[dict[str, Any]]:
    """One row of `COLUMNS` per conv or linear layer, measured on `inputs` (N, C, H, W).

    Ranges in absolute units: 99.9 % quantile of inputs and of |column sum| (largest row tile), max |weight|.
    `weight_mean`, `activity`: mean |quantised weight| and mean DAC output, shares of full scale.
    Float networks leave hardware columns empty.
    """
    rows: list[dict[str, Any]] = []

    def watch(index: int, values: Tensor, outputs: Tensor) -> None:
        row = sizes(network, index)
        if network.hardware is None:
            row |= _float_ranges(network, index, values, outputs)
        else:
            row |= _crossbar_ranges(network, index, values)
        rows.append({name: _short(row.get(name, "")) for name in COLUMNS})

    network.eval()
    network(inputs, watch=watch)
    return rows


def sizes(network: Network, index: int) -> dict[str, Any]:
    """The columns of the layer table that need no measurement."""
    weight, position = network.layers[index].weight, network.positions[index]
    return {
        "layer": index,
        "kind": "linear" if weight.dim() == 2 else "conv",
        "rows": weight[0].numel(),
        "columns": weight.shape[0],
        "kernel_area": weight[0, 0].numel(),
        "mvms_per_inference": position.height * position.width,
    }


def _float_ranges(network: Network, index: int, values: Tensor, outputs: Tensor) -> dict[str, Any]:
    return {
        "input_range": upper_quantile(values.abs()),
        "weight_range": network.layers[index].weight.abs().max(),
        "current_range": upper_quantile(outputs.abs()),
    }


def _crossbar_ranges(network: Network, index: int, values: Tensor) -> dict[str, Any]:
    layer, scales = network.layers[index], network.scales_of(index)
    driven, weight = layer.drive(values, scales), layer.quantized_weight(scales)
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
    """The `share` quantile of all values; exact, also for more values than torch.quantile takes."""
    flat = values.flatten()
    return flat.kthvalue(max(1, int(share * flat.numel()))).values


def _short(value: Any) -> Any:
    """Six digits: the measured ranges are estimates from a few hundred inputs."""
    return float(f"{float(value):.6g}") if isinstance(value, Tensor) else value
