"""Pairs of cells: their range, writing, refresh, and cells that are stuck."""

import pytest
import torch
from support.pulses import LINEAR, PCM, WRITING

from xbar.hybrid.cells import Pairs

SIZE = (40, 50)


def pairs_of(law=PCM, seed=0):
    return Pairs(law, WRITING, SIZE, torch.Generator().manual_seed(seed))


def test_pulses_never_leave_the_range_of_a_cell_and_are_counted():
    pairs = pairs_of()
    number = torch.randint(-30, 31, SIZE, generator=torch.Generator().manual_seed(1))
    pairs.pulse(number)
    assert (pairs.share >= 0).all() and (pairs.share <= pairs.span).all()
    assert torch.equal(pairs.pulses[0] - pairs.pulses[1], number) and pairs.pulses.amin() == 0


def test_cells_programmed_elsewhere_are_not_cut_by_the_next_pulse():
    pairs = pairs_of(LINEAR._replace(range_spread=0.1))
    pairs.hold(torch.ones(2, *SIZE), pairs.stuck)
    pairs.pulse(torch.ones(SIZE, dtype=torch.int64))
    assert (pairs.share >= 1).all() and (pairs.share[0] > 1).any()


def test_written_weights_are_within_half_a_step_on_equal_cells_without_noise():
    pairs, target = pairs_of(LINEAR), torch.empty(SIZE).uniform_(-0.3, 0.3, generator=torch.Generator().manual_seed(1))
    pairs.write(target, torch.ones(SIZE, dtype=torch.bool))
    assert (pairs.weights() - target).abs().max() <= LINEAR.step / LINEAR.range / 2 * 1.001
    assert (pairs.resets == 1).all() and (pairs.share.amin(0) == 0).all()


def test_a_pair_with_a_stuck_cell_is_written_by_the_other_one():
    """On at full scale, the second cell counts up to it. Off, the first cell gives no positive weight."""
    pairs, target = pairs_of(), torch.full(SIZE, 0.4)
    share, stuck = torch.zeros(2, *SIZE, dtype=torch.float64), torch.zeros(2, *SIZE, dtype=torch.bool)
    stuck[0], share[0, :20] = True, 1.0
    pairs.hold(share, stuck)
    pairs.write(target, stuck.any(0))
    assert torch.equal(pairs.share[0], share[0])
    assert (pairs.weights()[:20] - target[:20]).abs().mean() < 0.05
    assert (pairs.weights()[20:] <= 0).all()


@pytest.mark.parametrize(("high", "low", "is_full"), [(0.8, 0.3, True), (0.8, 0.2, False), (0.7, 0.6, False)])
def test_refresh_makes_room_where_both_cells_are_high_and_keeps_the_weight(high, low, is_full):
    pairs = pairs_of()
    pairs.share = torch.stack([torch.full(SIZE, high), torch.full(SIZE, low)])
    pairs.refresh()
    assert bool(pairs.resets.any()) == is_full
    assert pairs.weights().mean().item() == pytest.approx(high - low, abs=0.02)
    if is_full:
        assert pairs.share.mean() < (high + low) / 2 and pairs.weights().std() < 0.1
