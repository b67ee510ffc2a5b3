"""Signs of sub-matrices: fixed, or learned by letting the sign that dominates a group drive out the other."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from xbar.config.networks import ArchitectureSpec
from xbar.config.polarity import SignSpec


def columns_of(architecture: ArchitectureSpec) -> list[int]:
    """Outputs of each layer that stands on crossbars."""
    return [layer.conv or layer.linear for layer in architecture.layers if layer.average is None]


def sub_matrix_counts(group: str | int, columns: Sequence[int]) -> list[int]:
    """Signs to choose for each layer of so many columns; a single number where the network has one sign."""
    if group == "network":
        return [1]
    return [int(places[-1]) + 1 for places in sub_matrices(group, columns)]


def sub_matrices(group: str | int, columns: Sequence[int]) -> list[Int[Tensor, " columns"]]:
    """For each layer of so many columns: the number of the sub-matrix, counted within the layer, of each column."""
    return [torch.arange(size) // (size if isinstance(group, str) else group) for size in columns]


def fixed_signs(signs: SignSpec, columns: Sequence[int]) -> list[Float[Tensor, " columns"]]:
    """Sign (+1, -1) of each column of each layer; learned signs start as +1."""
    if signs.assignment in ("positive", "learned"):
        return [torch.ones(size) for size in columns]
    return [
        torch.tensor([1.0 if _counts_up(signs, layer, int(place)) else -1.0 for place in places])
        for layer, places in enumerate(sub_matrices(signs.group, columns))
    ]


def _counts_up(signs: SignSpec, layer: int, place: int) -> bool:
    if signs.assignment == "alternate":
        return (layer if signs.group == "layer" else place) % 2 == 0
    return signs.assignment[0 if signs.group == "network" else layer][place] == "+"


def dominant_signs(group: str | int, weights: Sequence[Tensor]) -> list[Float[Tensor, " columns"]]:
    """Sign of the sum of the weights of each column's sub-matrix; +1 where they cancel. `weights`: one per layer."""
    columns = [weight.shape[0] for weight in weights]
    sums = [weight.flatten(1).sum(1) for weight in weights]
    if group == "network":
        whole = torch.stack([total.sum() for total in sums]).sum()
        sums = [whole.expand(size) for size in columns]
    else:
        sums = [
            torch.zeros(int(places[-1]) + 1, device=total.device).index_add_(0, places.to(total.device), total)[places]
            for places, total in zip(sub_matrices(group, columns), sums, strict=True)
        ]
    return [torch.where(total < 0, -1.0, 1.0) for total in sums]


def floor_at(anneal: float, progress: float) -> float:
    """How far weights may reach below zero, share of full scale, at `progress` in [0, 1] of the training."""
    return max(0.0, 1.0 - progress / anneal) if anneal > 0 else 0.0
