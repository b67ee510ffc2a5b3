"""Input encodings against what published chips do, and against what one product takes by hand."""

import numpy as np
import pytest
from support.circuits import changed, costs_of, counts, design_from, layers_from, total

from xbar.circuit.encoding import encoding_of, phases

LAYER = layers_from((128, 64, 1))  # mean weight 0.5, mean input 0.25
SERIAL = {"input_encoding": "bit-serial", "dac": "none", "pulse_ns": 10.0}
WIDTH = {"input_encoding": "pulse-width", "dac": "dtc-counter", "pulse_ns": 1.0}
EIGHT_BITS = {"dac_bits": 8, "g_max_uS": 25.0, "read_supply": "supply"}


@pytest.mark.parametrize(
    ("magnitude_bits", "expected"),
    [(1, (1, 0, 1)), (3, (3, 0, 7)), (4, (2, 2, 6)), (5, (3, 2, 10)), (6, (3, 3, 14)), (7, (4, 3, 22))],
)
def test_phases_and_steps_are_those_of_neurram(magnitude_bits, expected):
    """wan_nature_2022 of CiMLoop: 6 signed bits are 5 of magnitude, integrated in 7 + 3 steps."""
    first, second = phases(magnitude_bits)
    assert (first, second, 2**first - 1 + 2**second - 1) == expected


def test_the_neuron_of_neurram_costs_what_is_published():
    """6 bits in, 8 out: 5 samples of 1.2 pJ, 10 steps of 0.25 pJ, 8 + 5 ADC steps of 0.4 pJ; published 13.44 pJ."""
    design = design_from(**SERIAL | {"dac_bits": 5, "node_nm": 130.0, "supply_V": 1.2})
    cost = costs_of(layers_from((64, 1, 1)), design)
    analog = cost["front_end"].energy_pJ.sum() + cost["integrator"].energy_pJ.sum()
    assert analog == pytest.approx(5 * 1.2 + 10 * 0.25)
    assert (analog + 13 * 0.4) / 13.44 == pytest.approx(1.02, abs=0.005)


def test_the_pulse_width_of_hermes_takes_its_published_time():
    """JSSC 2022: 7 bits of magnitude at 1 ns a level; 130 ns a product."""
    coded = encoding_of(design_from(**WIDTH | {"dac_bits": 7}))
    assert coded.pulses * 1.0 == 127


def test_a_dac_of_wang_takes_what_is_published():
    """VLSI 2022, 22 nm, 1 V: 22 % of 125.06 pJ for 64 inputs of 8 bits."""
    design = design_from(dac="dac-r2r", dac_bits=8, node_nm=22.0, supply_V=1.0)
    assert costs_of(layers_from((64, 16, 1)), design)["dac"].energy_pJ.sum() == pytest.approx(0.22 * 125.06, rel=1e-3)


@pytest.mark.parametrize(
    ("encoding", "array_pJ"),
    [({}, 46.08), (WIDTH, 1175.04), (SERIAL | {"front_end": "tia"}, 368.64), (SERIAL, 30 * 46.08)],
)
def test_the_array_takes_its_charge_from_the_supply(encoding, array_pJ):
    """128 x 64 x 0.5 x 25 uS x 0.25 = 25,600 uS; 0.9 V of supply, 0.2 V across a cell; 10 ns, or 255 times 1 ns."""
    design = design_from(**EIGHT_BITS | encoding)
    assert costs_of(LAYER, design)["cell"].energy_pJ.sum() == pytest.approx(array_pJ)
    rail = costs_of(LAYER, changed(design, read_supply="rail"))["cell"].energy_pJ.sum()
    assert rail == pytest.approx(array_pJ * 0.2 / 0.9)


@pytest.mark.parametrize(
    ("mapping", "copied"),
    [("paired-columns-mirrored", 0.5), ("two-crossbars-mirrored", 0.5), ("paired-columns-opamp", 0.0)],
)
def test_a_mirror_copies_one_column_of_a_pair(mapping, copied):
    cost = costs_of(LAYER, design_from(mapping, **EIGHT_BITS))
    assert cost["copied_current"].energy_pJ.sum() == pytest.approx(copied * cost["cell"].energy_pJ.sum())


def test_a_mirrored_reference_is_copied_for_every_output():
    """One reference column holds half of full scale, and so do the mean weights around it."""
    cost = costs_of(LAYER, design_from("offset-column-mirrored", **EIGHT_BITS))
    assert cost["copied_current"].energy_pJ.sum() == pytest.approx(128 * 64 * 0.5 * 25 * 0.25 * 0.9 * 0.2 * 0.01)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        # DACs and uses, drivers' uses, samples, integrations, conversions, shift-adds
        ({}, (2, 6, 6, 6, 6, 6, 0)),
        (WIDTH, (2, 6, 6, 6, 6, 6, 0)),
        (SERIAL, (0, 0, 12, 48, 180, 12, 12)),
        (SERIAL | {"front_end": "tia"}, (0, 0, 12, 0, 0, 48, 48)),
    ],
)
def test_uses_of_three_products_by_hand(encoding, expected):
    """Two rows and two columns, inputs of 8 bits with a quarter of the bits set."""
    found = counts(layers_from((2, 2, 3)), design_from(**{"dac_bits": 8} | encoding))
    names = ("wordline_driver", "front_end", "integrator", "adc", "shift_add")
    assert (*found["dac"], *(found[name][1] for name in names)) == expected


@pytest.mark.parametrize("encoding", [{}, WIDTH, SERIAL])
def test_one_bit_needs_a_driver_and_no_dac(encoding):
    found = counts(layers_from((2, 2, 3)), design_from(**{"dac_bits": 1} | encoding))
    assert found["dac"] == (0, 0) and found["input_register"] == (2, 6)


def test_an_amplifier_samples_every_bit():
    found = counts(layers_from((2, 2, 3)), design_from(**SERIAL | {"dac_bits": 8, "front_end": "tia"}))
    assert found["opamp"] == (2, 48)


@pytest.mark.parametrize(
    ("encoding", "latency_ns"),
    [
        ({}, 3 * (10 + 50)),
        (WIDTH, 3 * (255 + 50)),
        (SERIAL, 3 * (30 * 10 + 2 * 50)),
        (SERIAL | {"front_end": "tia"}, 3 * 8 * (10 + 50)),
    ],
)
def test_latency_by_hand(encoding, latency_ns):
    design = design_from(**{"dac_bits": 8} | encoding)
    assert total(layers_from((2, 2, 3)), design).latency_ns == latency_ns


def test_an_amplifier_is_on_for_the_read_and_its_own_conversion():
    """10 uW over 255 + 50 ns, whatever number of columns shares the ADC."""
    for shared in (1, 2):
        design = design_from(**WIDTH | {"dac_bits": 8, "front_end": "tia", "columns_per_adc": shared})
        energy = costs_of(layers_from((2, 2, 3)), design)["opamp"].energy_pJ.sum()
        assert energy == pytest.approx(6 * 10e-3 * (255 + 50))


def test_drawn_encodings_cost_what_single_ones_cost():
    cases = [{}, WIDTH, SERIAL, SERIAL | {"front_end": "tia"}]
    single = [design_from(**EIGHT_BITS | case) for case in cases]
    fields = ("input_encoding", "pulse_ns", "front_end")
    drawn = changed(single[0], **{name: np.array([getattr(of, name) for of in single], object) for name in fields})
    drawn = changed(drawn, pulse_ns=drawn.pulse_ns.astype(float))
    together, apart = encoding_of(drawn), [encoding_of(of) for of in single]
    for name in together._fields:
        expected = [float(getattr(of, name)) for of in apart]
        assert np.broadcast_to(getattr(together, name), 4).astype(float).tolist() == expected, name
