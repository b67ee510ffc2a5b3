"""The inputs of an epoch: which examples, in which order, and how they are changed.

Seed, epoch and the part of a recipe that is its InputsSpec decide all of it. Networks with the same seed and InputsSpec
therefore see the same inputs, a teacher too. Noise on inputs also depends on `std`, and random draws on the device.
"""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from xbar.config.networks import InputsSpec
from xbar.seeds import generator
from xbar.training.augment import Augmenter
from xbar.training.folds import Examples


class Batch(NamedTuple):
    """One batch. `step`: its number in the epoch.

    `chosen` (batch): numbers of the examples. `inputs` (batch, C, H, W): the changed inputs.
    """

    step: int
    chosen: Tensor
    inputs: Tensor


def steps_of_epoch(examples: int, batch: int) -> int:
    """Steps of one epoch, without examples that would not fill a batch; 1 where there is less than one batch."""
    return max(1, examples // batch)


class Batches:
    """The batches of every epoch of a training, `steps_of_epoch` of them.

    `std` (C, 1, 1): standard deviation of the channels, raw units, for noise relative to them.
    """

    def __init__(self, train: Examples, spec: InputsSpec, *, std: Tensor, seed: int) -> None:
        self.examples = len(train.y)
        self.device = train.x.device
        self.spec = spec
        self.seed = seed
        self.steps = steps_of_epoch(self.examples, spec.batch)
        self.augment = Augmenter(train.x, std, spec.augmentation, seed=seed)

    def of(self, epoch: int) -> Iterator[Batch]:
        """The batches of one epoch, counted from 0, in order."""
        order = torch.randperm(self.examples, generator=generator(self.seed, "order", epoch)).to(self.device)
        changes = generator(self.seed, "augment", epoch, device=self.device)
        for step in range(self.steps):
            chosen = order[step * self.spec.batch : (step + 1) * self.spec.batch]
            yield Batch(step, chosen, self.augment(chosen, changes, epoch))
