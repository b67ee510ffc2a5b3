"""Updates as pulses: nothing is lost by gathering, and rounding at random is right in the mean."""

import torch

from xbar.hybrid.rules import Accumulate, EveryStep


def test_applied_and_remaining_updates_are_the_sum_of_all():
    rule, stream = Accumulate(0.05), torch.Generator().manual_seed(0)
    applied, total = torch.zeros(30, 20, dtype=torch.int64), torch.zeros(30, 20, dtype=torch.float64)
    for _ in range(200):
        update = 0.03 * torch.empty(30, 20).normal_(generator=stream)
        applied += rule.pulses(update)
        total += update
        assert rule.pending.abs().max() < 0.05
    assert applied.any() and (applied.double() * 0.05 + rule.pending - total).abs().max() < 1e-12


def test_rounded_updates_are_right_in_the_mean_and_within_one_pulse():
    rule = EveryStep(0.05, torch.Generator().manual_seed(0))
    number = rule.pulses(torch.full((100_000,), -0.02))
    assert set(number.tolist()) == {-1, 0}
    assert abs(float(number.double().mean()) + 0.4) < 4 * (0.4 * 0.6 / 100_000) ** 0.5
