"""Equal time: how many columns an ADC of the baseline may take in turn until the proposal is done."""

import numpy as np

from xbar.circuit.conversions import turns
from xbar.circuit.cost import latencies_ns
from xbar.circuit.design import Design, Number
from xbar.circuit.footprint import Layers, footprint


def equal_turns(signed: Layers, baseline: Design, unipolar: Layers, proposal: Design) -> Number:
    """`columns_per_adc` with which the signed network's own ADCs take no longer for an inference than the proposal.

    Products of inputs of equal bits take equal time to read. Where both networks make the same of them, each layer has
    as many turns as in the proposal. Else one number holds for all layers: the largest with which the whole inference
    takes no longer. It is 1 where even an ADC at every column takes longer. The result is (layers) or (layers, draws)
    in the first case, and without the axis of layers in the other.
    """
    if np.array_equal(signed.mvms, unipolar.mvms) and np.array_equal(baseline.dac_bits, proposal.dac_bits):
        return turns(unipolar, proposal)
    return _largest_alike(signed, baseline, latency_ns(unipolar, proposal))


def latency_ns(layers: Layers, design: Design) -> Number:
    """Time of one inference, layer after layer."""
    return sum(np.sum(of_part, axis=0) for of_part in latencies_ns(layers, design).values())


def _largest_alike(layers: Layers, design: Design, limit_ns: Number) -> Number:
    """The largest `columns_per_adc`, alike in all layers, within the limit. Latency never falls with it."""
    low = np.ones_like(np.asarray(limit_ns, dtype=float))
    at = footprint(layers, design)
    high = np.full_like(low, float(np.max(at.converted / at.row_blocks)))  # columns of one block: no ADC has more
    while np.any(low < high):
        middle = np.ceil((low + high) / 2)
        slowed = latency_ns(layers, design.model_copy(update={"columns_per_adc": middle}))
        fits = slowed <= limit_ns * (1 + 1e-9)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle - 1)
    return low
