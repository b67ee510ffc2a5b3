"""What a price assumes of networks of MLPerf Tiny, for which there are no data."""

import pytest
from support.configuration import CONFIG

from xbar.config.config import read_config
from xbar.network.hardware import Hardware
from xbar.tiny.cost import shape_of

CIRCUIT = read_config(CONFIG).circuit
HARDWARE = Hardware(polarity="signed", weight_bits=4, dac_bits=8, adc_bits=8, rows=1152)


def test_half_of_the_rows_of_signed_inputs_are_zero_and_of_no_others():
    """The features of the autoencoder have both signs; its other layers stand behind a ReLU."""
    layers = shape_of("autoencoder", "none", HARDWARE, CIRCUIT).layers
    activity, weight = CIRCUIT.textbook.activity, CIRCUIT.textbook.weight_mean
    assert layers.activity == pytest.approx([0.5 * activity] + [activity] * (len(layers.rows) - 1))
    assert layers.weight_mean == pytest.approx([weight] * len(layers.rows))


def test_between_groups_weights_are_zero():
    """Depthwise layers of ds-cnn, of 64 channels each, as dense matrices; the input has both signs."""
    layers = shape_of("ds-cnn", "dense", HARDWARE, CIRCUIT).layers
    found = layers.weight_mean / CIRCUIT.textbook.weight_mean
    assert found == pytest.approx([1.0] + [1 / 64, 1.0] * 4 + [1.0])
    assert layers.activity == pytest.approx([0.5 * CIRCUIT.textbook.activity] + [CIRCUIT.textbook.activity] * 9)
