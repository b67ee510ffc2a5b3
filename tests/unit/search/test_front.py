"""Areas under fronts against fine grids of the unit square."""

import numpy as np
import pytest

from xbar.config.search import BoxSpec
from xbar.search.front import gains, hypervolume, placed

AT = (np.arange(400) + 0.5) / 400


def dominated(height, cost):
    """Which cells of a grid of the unit square some network dominates."""
    reached = (height[:, None, None] >= AT[None, :, None]) & (cost[:, None, None] <= AT[None, None, :])
    return reached.any(0)


@pytest.mark.parametrize("seed", range(5))
def test_hypervolume_is_the_area_that_points_dominate(seed):
    stream = np.random.default_rng(seed)
    height, cost = stream.random(6), stream.random(6)
    assert hypervolume(height, cost) == pytest.approx(dominated(height, cost).mean(), abs=0.01)


@pytest.mark.parametrize("known", [0, 1, 5])
def test_gains_are_differences_of_hypervolumes(known):
    stream = np.random.default_rng(known)
    height, cost, known_height, known_cost = (stream.random(n) for n in (7, 7, known, known))
    found = gains(height, cost, known_height, known_cost)
    before = hypervolume(known_height, known_cost)
    for gain, h, c in zip(found, height, cost, strict=True):
        assert gain == pytest.approx(hypervolume(np.append(known_height, h), np.append(known_cost, c)) - before)


def test_places_are_shares_of_the_box_and_end_at_its_edges():
    box = BoxSpec(accuracy=[0.9, 1.0], energy_pJ=[1.0, 100.0], limit_pJ=5.0)
    height, cost = placed(np.array([0.95, 0.5, 1.0]), np.array([10.0, 1000.0, 0.1]), box)
    assert height.tolist() == pytest.approx([0.5, 0.0, 1.0]) and cost.tolist() == pytest.approx([0.5, 1.0, 0.0])
