"""ADCs: how many a layer owns or the bank holds, their bits, and how many columns each converts in turn."""

import numpy as np

from xbar.circuit.design import Design, Number
from xbar.circuit.footprint import Footprint, Layers, footprint


def own_adcs(at: Footprint, design: Design) -> Number:
    """Own ADCs of each layer: one per `columns_per_adc` converted columns of each row block."""
    return at.row_blocks * np.ceil(at.converted / at.row_blocks / design.columns_per_adc)


def bank_adcs(at: Footprint, design: Design) -> Number:
    """ADCs of the bank: as many as the largest layer would own, or the given number if that is fewer."""
    return np.minimum(design.bank_limit, np.max(own_adcs(at, design), axis=0))


def turns(layers: Layers, design: Design) -> Number:
    """How many columns of each layer an ADC takes one after the other."""
    at = footprint(layers, design)
    return np.ceil(at.converted / (bank_adcs(at, design) if design.shared else own_adcs(at, design)))


def adc_bits(layers: Layers, design: Design, fewest: Number) -> Number:
    """Bits of the ADCs of each layer. Sums with a sign or an offset need one bit more than the network's magnitude.

    Own ADCs with measured bits resolve the magnitude that the layer reaches. None has less than `fewest` bits.
    """
    bits = design.magnitude_bits + 0 * layers.rows
    if not design.shared:
        codes = np.minimum(layers.range_use, 1.0) * (2.0**design.magnitude_bits - 1)
        fewer = np.maximum(np.ceil(np.log2(codes + 1)), fewest - design.rules.sign_bits)
        bits = np.where(design.own_adc_bits == "measured", fewer, bits)
    return bits + design.rules.sign_bits
