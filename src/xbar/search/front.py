"""The area under a front of accuracy and energy, and what a further network would add to it."""

import numpy as np
from jaxtyping import Float

from xbar.config.search import BoxSpec

Values = Float[np.ndarray, " networks"]
Known = Float[np.ndarray, " known"]


def placed(accuracy: Values, energy_pJ: Values, box: BoxSpec) -> tuple[Values, Values]:
    """Accuracy and logarithm of the energy as shares of the box, 0 to 1; 0 and 1 are its worst corner."""
    least, most = np.log(box.energy_pJ)
    height = (np.asarray(accuracy) - box.accuracy[0]) / (box.accuracy[1] - box.accuracy[0])
    cost = (np.log(np.asarray(energy_pJ)) - least) / (most - least)
    return np.clip(height, 0.0, 1.0), np.clip(cost, 0.0, 1.0)


def hypervolume(height: Values, cost: Values) -> float:
    """Share of the box that the networks dominate: where another one is dearer and less accurate."""
    total, reached = 0.0, 0.0
    order = np.lexsort((-height, cost))
    ends = np.append(cost[order], 1.0)[1:]
    for place, end in zip(order, ends, strict=True):
        reached = max(reached, height[place])
        total += reached * max(0.0, end - cost[place])
    return total


def gains(height: Values, cost: Values, known_height: Known, known_cost: Known) -> Values:
    """What each network alone would add to the hypervolume of the known ones."""
    order = np.argsort(known_cost, kind="stable")
    starts, ends = np.append(0.0, known_cost[order]), np.append(known_cost[order], 1.0)
    reached = np.append(0.0, np.maximum.accumulate(known_height[order]))
    widths = np.clip(ends - np.maximum(starts, cost[:, None]), 0.0, None)
    return (widths * np.clip(height[:, None] - reached, 0.0, None)).sum(1)
