"""Chips of a trained network with stuck cells, and what repairs of them bring back."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from xbar.chips.evaluate import accuracies
from xbar.chips.fabrication import chip_streams, fabricate
from xbar.chips.mapped import weight_share
from xbar.config.crossbars import DeviceSpec
from xbar.config.hybrid import RepairSpec, WritingSpec
from xbar.hardware.device import conductance, stuck_at
from xbar.hardware.laws import Laws
from xbar.hybrid.cells import Pairs
from xbar.hybrid.law import PulseLaw
from xbar.hybrid.rules import rounding
from xbar.hybrid.train import Pulsed, batches, chip_of, correct_statistics, step, wear
from xbar.network.contexts import crossbar_layers
from xbar.network.layers import CrossbarLayer
from xbar.seeds import generator
from xbar.training.folds import Examples, split_fold, validation_fold

FREE = -1.0  # no conductance: marks the cells that `stuck_at` leaves alone
HEALTHY = "no faults"


class Plant(NamedTuple):
    """What chips are made of and repaired with. `laws`: of the programming of `device`; `pulses`: of one pulse."""

    device: DeviceSpec
    laws: Laws
    pulses: PulseLaw
    writing: WritingSpec


def repair_rows(
    network: nn.Module, data: Mapping[str, Tensor], spec: RepairSpec, plant: Plant, *, seed: int
) -> Iterator[dict[str, Any]]:
    """Accuracies of every chip after every method, and what the cells took; each chip comes first without faults."""
    train, validation = split_fold(data, validation_fold(data, seed))
    test = Examples(data["test_x"], data["test_y"])
    for chip in range(spec.chips):
        for method in (HEALTHY, *spec.methods):
            own = deepcopy(network).requires_grad_(False).eval()
            chosen = spec if method != HEALTHY else spec.model_copy(update={"stuck_off": 0.0, "stuck_on": 0.0})
            layers = [
                Pulsed(layer, make_pairs(layer, plant, chosen, seed, chip, index, again=method == "reprogram"))
                for index, layer in enumerate(crossbar_layers(own).values())
            ]
            if method != HEALTHY:
                repair(own, layers, method, train, spec, seed, chip)
            found = [accuracies(own, [chip_of(layers)], examples)[0] for examples in (validation, test)]
            about = {"method": method, "chip": chip, "validation_accuracy": found[0], "accuracy": found[1]}
            yield (
                about | spec.rules[method].model_dump() | wear(layers) if method in spec.rules else about | wear(layers)
            )


def make_pairs(
    layer: CrossbarLayer, plant: Plant, spec: RepairSpec, seed: int, chip: int, index: int, *, again: bool = False
) -> Pairs:
    """The cells of one layer of a chip: its weights programmed by the device's law, some cells stuck.

    `again`: programmed a second time, with the same faults.
    """
    share = weight_share(layer)
    cells = (2, *share.shape)
    faulty = plant.device.model_copy(update={"stuck_off": spec.stuck_off, "stuck_on": spec.stuck_on})
    target = conductance(torch.stack([share, -share]).clamp_min(0), faulty).flatten(0, 1).flatten(1)
    streams = chip_streams(seed, chip, index)
    if again:
        streams["programming"] = generator(seed, "again", chip, index)
    g_uS = fabricate(target, faulty, plant.laws, streams)
    faults = chip_streams(seed, chip, index)["stuck_at"]
    free = stuck_at(torch.full_like(target, FREE), faulty, plant.laws, generator=faults) == FREE
    pairs = Pairs(plant.pulses, plant.writing, share.shape, generator(seed, "pulses", chip, index))
    window = faulty.g_max_uS - faulty.g_min_uS
    pairs.hold(((g_uS - faulty.g_min_uS) / window).view(cells), ~free.view(cells))
    pairs.resets += again
    return pairs


def repair(
    network: nn.Module, layers: list[Pulsed], method: str, train: Examples, spec: RepairSpec, seed: int, chip: int
) -> None:
    """Repair a chip in place. Only the method batch-norm changes what is digital."""
    if method == "reprogram-pairs":
        for part in layers:
            part.pairs.write(weight_share(part.layer).float(), part.pairs.stuck.any(0))
    if method == "batch-norm":
        correct_statistics(network, layers, train, seed)
    chosen = {str(name): rule for name, rule in spec.rules.items()}.get(method)
    if chosen is not None:
        for index, part in enumerate(layers):
            part.rule = rounding(method, chosen.granularity, generator(seed, "rounding", chip, index))
        for share, batch in batches(train, spec.batch, spec.steps, seed):
            step(network, layers, batch, share * chosen.learning_rate)
