"""Updates as pulses: nothing is lost by gathering, and rounding at random is right in the mean."""

import pytest
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


@pytest.mark.parametrize("rule", [Accumulate(0.05), EveryStep(0.05, torch.Generator())])
@pytest.mark.parametrize("update", [1e30, 60.0, float("nan")])
def test_an_update_of_thousands_of_pulses_or_of_no_number_is_a_training_that_diverged(rule, update):
    with pytest.raises(FloatingPointError, match="one update asks for more than 1000 pulses"):
        rule.pulses(torch.tensor([0.01, -update]))
