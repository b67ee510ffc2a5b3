"""Pairs of cells that hold the weights of a layer and change by pulses: one cell counts up, the other down."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Generator, Tensor

from xbar.config.hybrid import WritingSpec
from xbar.hybrid.law import PulseLaw

Shape = Sequence[int]


class Pairs:
    """Cells (2, *weights) of one layer. `share`: conductances, shares of full scale; the weights are their difference.

    `stuck`: cells that nothing changes. `pulses`, `resets`: how many each cell was sent, with those of `write`.
    """

    def __init__(self, law: PulseLaw, writing: WritingSpec, shape: Shape, stream: Generator) -> None:
        self.law, self.writing, self.stream = law, writing, stream
        size = (2, *shape)
        self.gain = (1 + law.step_spread * self._draw(size)).abs()
        self.span = (1 + law.range_spread * self._draw(size)).clamp_min(1e-9)  # shares of it are taken
        self.reset_share = (law.reset + law.reset_spread * self._draw(size)) / law.range
        self.share = self.reset_share.double().clamp_min(0)
        self.stuck = torch.zeros(size, dtype=torch.bool)
        self.pulses = torch.zeros(size, dtype=torch.int64)
        self.resets = torch.zeros(size, dtype=torch.int64)

    def _draw(self, size: Shape) -> Tensor:
        return torch.empty(tuple(size)).normal_(generator=self.stream)

    def weights(self) -> Float[Tensor, "*weights"]:
        """The weights, shares of full scale."""
        return self.share[0] - self.share[1]

    def hold(self, share: Float[Tensor, "2 *weights"], stuck: Bool[Tensor, "2 *weights"]) -> None:
        """Take over cells that were programmed elsewhere; full scale of a cell is no lower than where it stands."""
        self.share, self.stuck = share.double().contiguous(), stuck.contiguous()
        self.span = self.span.maximum(self.share)

    def pulse(self, number: Int[Tensor, "*weights"]) -> None:
        """Send so many pulses, one after the other: to the first cell of a pair, or to the second where negative."""
        left = torch.stack([number, -number]).clamp_min(0).contiguous().view(-1)
        while len(cells := left.nonzero().squeeze(1)):
            self._one(cells)
            left[cells] -= 1

    def _one(self, cells: Int[Tensor, " cells"]) -> None:
        share, gain, span, stuck = (values.view(-1)[cells] for values in (self.share, self.gain, self.span, self.stuck))
        mean = self.law.mean_step(share, span) * gain
        changed = share + mean + self.law.deviation(mean, share) * self._draw(share.shape)
        self.share.view(-1)[cells] = torch.where(stuck, share, changed.clamp_min(0).minimum(span))
        self.pulses.view(-1)[cells] += 1

    def write(self, target: Float[Tensor, "*weights"], chosen: Bool[Tensor, "*weights"]) -> None:
        """RESET the chosen pairs and send pulses until their weights are within half a mean step of `target`.

        A pair gets at most `writing.pulses` of them, so that it may miss its target. Each pulse follows a reading,
        which is taken as exact. A pair with a stuck cell is written by the other one, as far as it reaches.
        """
        both = chosen.expand_as(self.share)
        level = self.reset_share.double() + self.law.reset_noise / self.law.range * self._draw(self.share.shape)
        self.share = torch.where(both & ~self.stuck, level.clamp_min(0), self.share).contiguous()
        self.resets += both
        for _ in range(self.writing.pulses):
            error = target - self.weights()
            cell = torch.where(error > 0, self.share[0], self.share[1])
            wanted = chosen & (error.abs() > self.law.mean_step(cell) / 2)
            if not wanted.any():
                break
            self.pulse(error.sign().long() * wanted)

    def refresh(self) -> None:
        """Write pairs anew whose cells are both high, so that they have room for pulses again: see WritingSpec."""
        low, high = self.share.amin(0), self.share.amax(0)
        full = (high > self.writing.upper) & (low > self.writing.lower) & ~self.stuck.any(0)
        if full.any():
            self.write(self.weights(), full)
