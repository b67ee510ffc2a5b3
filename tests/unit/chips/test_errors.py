"""Errors by layer: by hand, and the same in every unit; what they are of is tested beside those who compare."""

import torch
from support import networks

from xbar.chips.errors import Compared, layer_errors
from xbar.network.contexts import crossbar_layers

LAYERS = list(crossbar_layers(networks.build()).values())
WANTED, OWN, BEHIND = torch.tensor([[1.0, -1.0, 3.0, 1.0], [1.0, -1.0, 5.0, 1.0], [0.0, 0.0, 0.0, 0.0]])


def test_errors_are_shares_of_the_deviation_of_what_is_wanted():
    """Differences 0, 0, 2, 0 and 1, 1, 3, 1; squares of the deviations from the mean 1: 0, 4, 4, 0 over 3."""
    first, second = layer_errors(LAYERS, [Compared(WANTED, OWN, BEHIND), Compared(OWN, OWN, OWN)])
    assert first == {"layer": 0, "own_error": 0.612372, "accumulated_error": 1.06066}
    assert second == {"layer": 1, "own_error": 0.0, "accumulated_error": 0.0}
    scaled = [Compared(7 * WANTED, 7 * OWN, 7 * BEHIND)] * 2
    assert layer_errors(LAYERS, scaled)[0] == first


def test_what_is_the_same_everywhere_is_measured_in_full_scales():
    dead, full = torch.zeros(4), float(LAYERS[1].scales.current_max.detach())
    (_, row) = layer_errors(LAYERS, [Compared(dead, dead, dead), Compared(dead, dead + full, dead - full / 2)])
    assert (row["own_error"], row["accumulated_error"]) == (1.0, 0.5)
