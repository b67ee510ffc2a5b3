"""Signs of sub-matrices: fixed, or learned by letting the dominant sign of a group replace the other one."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from xbar.config.polarity import SignSpec
from xbar.network.contexts import crossbar_layers


def sub_matrices(group: str | int, columns: Sequence[int]) -> list[Int[Tensor, " columns"]]:
    """The number of the sub-matrix of each column, counted within its layer. `columns`: columns of each layer."""
    return [torch.arange(size) // (size if isinstance(group, str) else group) for size in columns]


def fixed_signs(signs: SignSpec, columns: Sequence[int]) -> list[Float[Tensor, " columns"]]:
    """Sign (+1, -1) of each column of each layer. Learned signs start at +1."""
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


@torch.no_grad()
def set_signs(network: nn.Module, signs: SignSpec) -> None:
    """Give the columns of all crossbar layers their fixed signs."""
    layers = list(crossbar_layers(network).values())
    for layer, of_columns in zip(layers, fixed_signs(signs, [len(layer.weight) for layer in layers]), strict=True):
        layer.sign.copy_(of_columns)


def dominant_signs(group: str | int, weights: Sequence[Tensor]) -> list[Float[Tensor, " columns"]]:
    """Sign of the summed weights of each column's sub-matrix, +1 where the sum is zero. `weights`: one per layer."""
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
    """How far weights may reach below zero, share of full scale, at `progress` (0 to 1) of the training."""
    return max(0.0, 1.0 - progress / anneal) if anneal > 0 else 0.0


def are_learned(signs: SignSpec | None) -> bool:
    """Whether training chooses the signs."""
    return signs is not None and signs.assignment == "learned"


def allow_both_signs(network: nn.Module, signs: SignSpec | None) -> None:
    """Let weights have both signs where signs are learned. `freeze_signs` narrows their range afterwards."""
    if are_learned(signs):
        for layer in crossbar_layers(network).values():
            layer.floor = 1.0


@torch.no_grad()
def freeze_signs(network: nn.Module, signs: SignSpec | None, progress: float) -> dict[Tensor, Tensor]:
    """Learned signs at `progress` (0 to 1): each group takes its dominant sign, and the range of the other narrows.

    The sign of a group and those of its weights turn together. Before weights are clipped, sums stay the same, except
    for a common mode that is subtracted. Does nothing where signs are not learned. Returns for each weight the factors
    (+1, -1) of its columns, shaped to multiply what belongs to the weight, such as an optimiser's momentum.
    """
    if signs is None or not are_learned(signs):
        return {}
    layers = list(crossbar_layers(network).values())
    turns = {}
    for layer, turn in zip(layers, dominant_signs(signs.group, [layer.weight for layer in layers]), strict=True):
        turns[layer.weight] = turn.view(-1, *[1] * (layer.weight.dim() - 1))
        layer.weight.mul_(turns[layer.weight])
        layer.sign.mul_(turn)
        layer.floor = floor_at(signs.anneal, progress)
    for layer in layers:
        layer.clip_weight()
    return turns
