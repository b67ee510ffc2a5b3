"""How updates of weights become pulses: gathered until they exceed one pulse's worth, or rounded at every step."""

from abc import abstractmethod
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

MOST = 1000  # pulses of one update: a few dozen fill a cell


@runtime_checkable
class Rounding(Protocol):
    """Pulses from updates of weights, shares of full scale."""

    @abstractmethod
    def pulses(self, update: Float[Tensor, "*weights"]) -> Int[Tensor, "*weights"]:
        """How many pulses an update makes, negative ones for the other cell of a pair.

        FloatingPointError, one line, for updates of more than `MOST` pulses and for those that are not finite.
        """


class Accumulate:
    """Updates add up in digital memory; whole pulses leave it (Nandakumar et al., Front. Neurosci. 14:406, 2020).

    `pending`: what is left, so that pulses * granularity + pending is the sum of all updates.
    """

    def __init__(self, granularity: float) -> None:
        self.granularity = granularity
        self.pending: Tensor | None = None

    def pulses(self, update: Float[Tensor, "*weights"]) -> Int[Tensor, "*weights"]:
        """Whole pulses in what has been gathered; the rest stays."""
        total = update.double() if self.pending is None else self.pending + update
        number = (total / self.granularity).trunc()
        self.pending = total - number * self.granularity
        return _whole(number)


class EveryStep:
    """Every update is rounded up or down to whole pulses at random, right in the mean, and nothing is kept.

    So do updates by coincidence of random pulses: Gokmen and Vlasov, Front. Neurosci. 10:333 (2016).
    """

    def __init__(self, granularity: float, stream: Generator) -> None:
        self.granularity, self.stream = granularity, stream

    def pulses(self, update: Float[Tensor, "*weights"]) -> Int[Tensor, "*weights"]:
        """Pulses whose mean is the update."""
        draw = torch.empty_like(update).uniform_(generator=self.stream)
        return _whole((update / self.granularity + draw).floor())


def _whole(number: Tensor) -> Tensor:
    """Pulses as integers. NaN is no more than any number, and so is refused too."""
    if not bool((number.abs() <= MOST).all()):
        raise FloatingPointError(
            f"training diverged: one update asks for more than {MOST} pulses of a cell; try a lower learning_rate or a"
            " larger granularity"
        )
    return number.long()


def rounding(rule: str, granularity: float, stream: Generator) -> Rounding:
    """The rule of this name, accumulate or every-step."""
    return Accumulate(granularity) if rule == "accumulate" else EveryStep(granularity, stream)
