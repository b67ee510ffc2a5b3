"""Numbers of ADCs, their bits and turns, counted by hand; layers of rows x outputs on arrays of 64 x 64."""

from dataclasses import replace

import pytest
from support.circuits import design_from, layers_from

from xbar.circuit.conversions import adc_bits, bank_adcs, own_adcs, turns
from xbar.circuit.footprint import footprint

LAYERS = layers_from((100, 30, 4), (64, 50, 1))  # the first needs two blocks of rows, whose sums are all converted


@pytest.mark.parametrize(
    ("mapping", "own"), [("unipolar", [60, 50]), ("two-crossbars", [120, 100]), ("paired-columns-mirrored", [60, 50])]
)
def test_a_layer_owns_an_adc_for_each_converted_column(mapping, own):
    design = design_from(mapping)
    assert own_adcs(footprint(LAYERS, design), design).tolist() == own
    assert turns(LAYERS, design).tolist() == [1, 1]


def test_own_adcs_in_turn_are_rounded_up_in_every_block_of_rows():
    design = design_from("unipolar", columns_per_adc=4)
    assert own_adcs(footprint(LAYERS, design), design).tolist() == [2 * 8, 13]
    assert turns(LAYERS, design).tolist() == [4, 4]


@pytest.mark.parametrize(("bank", "adcs", "in_turn"), [("largest", 60, [1, 1]), (16, 16, [4, 4]), (900, 60, [1, 1])])
def test_a_bank_holds_what_it_is_given_but_no_more_than_the_largest_layer_uses(bank, adcs, in_turn):
    design = design_from("unipolar", bank=bank)
    assert float(bank_adcs(footprint(LAYERS, design), design)) == adcs
    assert turns(LAYERS, design).tolist() == in_turn


@pytest.mark.parametrize(("mapping", "bits"), [("unipolar", 6), ("two-crossbars", 6), ("paired-columns-mirrored", 7)])
def test_a_signed_sum_takes_one_bit_more(mapping, bits):
    assert adc_bits(LAYERS, design_from(mapping), 4).tolist() == [bits, bits]


def test_measured_bits_resolve_what_a_layer_reaches():
    """Of 63 codes a fifth is 12.6: 4 bits have 15. A bank serves all layers, and keeps the bits of the network."""
    layers = replace(LAYERS, range_use=LAYERS.range_use / 5)
    assert adc_bits(layers, design_from("unipolar", own_adc_bits="measured"), 1).tolist() == [4, 4]
    assert adc_bits(layers, design_from("unipolar", own_adc_bits="measured"), 5).tolist() == [5, 5]
    assert adc_bits(layers, design_from("unipolar", own_adc_bits="measured", bank=16), 1).tolist() == [6, 6]


def test_the_sign_counts_among_the_fewest_bits_of_an_adc():
    """Of 63 codes a thirtieth is 2.1: 2 bits and a sign, of which an ADC of 4 bits has enough."""
    layers = replace(LAYERS, range_use=LAYERS.range_use / 30)
    design = design_from("paired-columns-mirrored", own_adc_bits="measured")
    assert [adc_bits(layers, design, fewest).tolist() for fewest in (1, 4, 5)] == [[3, 3], [4, 4], [5, 5]]


@pytest.mark.parametrize(
    ("sample", "digital", "units"), [(20.0, 500.0, 3), (500.0, 500.0, 64), (400.0, 500.0, 64), (2000.0, 500.0, 256)]
)
def test_digital_units_keep_up_with_adcs(sample, digital, units):
    """64 ADCs: 25 on a unit, one, one, and four units for each."""
    assert design_from("unipolar", sample_rate_MHz=sample, digital_rate_MHz=digital).digital_units(64) == units
