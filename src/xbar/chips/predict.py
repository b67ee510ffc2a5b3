"""Classes that simulated chips find. Work that no chip changes is done once for all of them."""

from collections.abc import Sequence
from functools import partial
from typing import TypeGuard

import torch
from jaxtyping import Bool, Int, Shaped
from torch import Tensor, nn

from xbar.chips.chip import Chip, on_chip
from xbar.files import is_finite
from xbar.network.contexts import crossbar_layers, device_of
from xbar.network.layers import CrossbarLayer
from xbar.network.own import own_inputs

BATCH = 250  # inputs per chip: smaller batches are bound by loads of weights, larger ones by memory (measured)


@torch.no_grad()
def predict_chips(
    network: nn.Module, chips: Sequence[Chip], inputs: Shaped[Tensor, "examples ..."], *, precision: str = "float32"
) -> Int[Tensor, "chips examples"]:
    """Class numbers that several chips find for the same inputs. Work that no chip changes is done once.

    `network` computes on its own device. Memory holds the chips and one batch. `precision`: of the currents, float32 or
    bfloat16. ValueError for inputs or scores that are not finite, and for outputs that are not scores of classes.
    """
    if not is_finite(inputs):
        raise ValueError("inputs hold NaN or infinity; no class can be told from them")
    network.eval()
    device, alone = device_of(network), _chain_of_leaves(network)
    first, rest = _in_two(network)
    with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16"):
        batches = (batch.to(device) if alone else batch.to(device, copy=True) for batch in inputs.split(BATCH))
        turns = [_in_turn(rest, chips, first(batch), alone) for batch in batches]
    found, finite = (torch.cat(parts, 1) for parts in zip(*turns, strict=True))
    if broken := int((~finite).any(1).sum()):
        raise ValueError(f"scores of {broken} of {len(chips)} chips hold NaN or infinity; no class can be told")
    return found.to(inputs.device)


def _in_two(network: nn.Module) -> tuple[nn.Module, nn.Module]:
    """The part of a plain chain before its first crossbar layer, and the rest. Other modules are all rest."""
    if not _is_plain(network):
        return nn.Identity(), network
    start = next((place for place, part in enumerate(network) if crossbar_layers(part)), 0)
    return network[:start], network[start:]


def _is_plain(network: nn.Module) -> TypeGuard[nn.Sequential]:
    """Whether a forward hands inputs from module to module and does nothing else.

    It is not that of a subclass, and no hook acts on it but the copy of the inputs, which is made here, too.
    """
    hooks = [*network._forward_pre_hooks.values(), *network._forward_hooks.values()]
    return type(network) is nn.Sequential and all(hook is own_inputs for hook in hooks)


def _chain_of_leaves(network: nn.Module) -> bool:
    """Whether each layer's inputs are made for it alone: a plain chain of modules of torch and of this package.

    A module of the user may keep its outputs and use them again.
    """
    if not _is_plain(network):
        return False
    known = all(type(part).__module__.startswith(("torch.nn.", "xbar.")) for part in network)
    return known and all(isinstance(part, CrossbarLayer) or not list(part.children()) for part in network)


def _in_turn(
    network: nn.Module, chips: Sequence[Chip], inputs: Tensor, alone: bool
) -> tuple[Int[Tensor, "chips batch"], Bool[Tensor, "chips 1"]]:
    """Classes, and whether the scores are finite, as tensors, because reading them here would make a GPU wait.

    Where the first module of a plain chain is a crossbar layer, its inputs are the same for all chips and its DACs
    convert them once. DACs write over inputs that only their layer uses.
    """
    classes, finite, shared = [], [], None
    for chip in chips:
        dacs = [part.drive_in_place if alone or part.layer.takes != "positive" else part.drive for part in chip]
        if _is_plain(network) and network[0] is chip[0].layer:
            shared = chip[0].drive(chip[0].layer.batched(inputs)) if shared is None else shared
            dacs[0] = partial(_already, shared)
        with on_chip(chip, dacs):
            scores = network(inputs if alone else inputs.clone())  # the user's own forward may write over them
        check_scores(scores)
        classes.append(scores.argmax(1))
        finite.append(scores.isfinite().all().view(1))
    return torch.stack(classes), torch.stack(finite)


def _already(driven: Tensor, _: Tensor) -> Tensor:
    return driven


def check_scores(scores: Tensor) -> None:
    """ValueError unless there is one score for each class and example."""
    if scores.dim() != 2 or scores.shape[1] < 2:
        shape = tuple(scores.shape[1:])
        raise ValueError(f"the network's outputs are of shape {shape}; allowed is (classes,), with two classes or more")
