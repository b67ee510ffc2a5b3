"""ADC models against published values and against formulas written out a second time."""

import math
from pathlib import Path

import pytest

from xbar.circuit.adc import LAWS, Adc
from xbar.circuit.components import read_components
from xbar.circuit.prices import Technology

TABLE = Path(__file__).parents[3] / "workflow" / "reference" / "components.csv"
COMPONENTS = read_components([TABLE], "neurram")


def adc(law, node_nm=28.0, sample_rate_MHz=20.0, supply_V=0.9, read_voltage_V=0.2):
    technology = Technology(COMPONENTS, node_nm, supply_V)
    return Adc(law, technology, sample_rate_MHz, read_voltage_V)


def test_law_a_gives_the_survey_value_of_a_fast_8_bit_converter():
    assert adc("A", 32.0, 1200.0).energy_pJ(8) == pytest.approx(1.85, abs=0.005)


def test_law_a_written_out():
    fom_dB = min(213.781 - 2.8719 * math.log(20e6), 128.307 + 3.2205 * 6)
    sndr_dB = 6.0206 * 6 + 1.761
    coefficients = math.exp(26.0496 + 1.88004 * math.log(28) - 2.82913 * math.log(6) - 1.47020)
    energy = 0.5 * 10 ** ((sndr_dB - fom_dB) / 10) * coefficients
    area = math.exp(1.34619 + 0.99328 * math.log(28) + 0.18072 * math.log(20e6) + 0.29912 * math.log(energy))
    assert adc("A").energy_pJ(6) == pytest.approx(energy, rel=1e-12)
    assert adc("A").area_um2(6) == pytest.approx(area, rel=1e-12)


@pytest.mark.parametrize(("bits", "energy", "area"), [(4, 0.32, 183), (6, 0.49, 618), (8, 0.70, 2085)])
def test_law_b_gives_the_published_points(bits, energy, area):
    assert adc("B").energy_pJ(bits) == pytest.approx(energy, abs=0.005)
    assert adc("B").area_um2(bits) == pytest.approx(area, abs=0.5)


@pytest.mark.parametrize(("bits", "area"), [(4, 171), (6, 232), (8, 292)])
def test_law_c_gives_the_published_areas(bits, area):
    assert adc("C").area_um2(bits) == pytest.approx(area, abs=0.5)


@pytest.mark.parametrize(("read_voltage_V", "column_fJ"), [(0.5, 39.72), (0.2, 15.89)])
def test_law_c_charges_converter_and_column(read_voltage_V, column_fJ):
    """NeuroSim SarADC.cpp: 0.079449 V^2 at 32 nm and 0.5 V, in proportion to the read voltage; 5 steps of 1 ns."""
    at_32 = adc("C", 32.0, read_voltage_V=read_voltage_V)
    assert at_32.energy_pJ(4) == pytest.approx((1.129 * 4 + 8.90) * 5e-3)
    assert at_32.energy_pJ(4, 100.0) - at_32.energy_pJ(4) == pytest.approx(column_fJ * 1e-3, rel=1e-3)


def test_law_c_tabulates_the_column_over_the_node():
    """Between 22 and 32 nm, log-log: 0.07684 V^2 at 28 nm."""
    at_28 = adc("C", 28.0, read_voltage_V=0.5)
    assert (at_28.energy_pJ(4, 100.0) - at_28.energy_pJ(4)) / (100 * 5e-3) == pytest.approx(0.07684, rel=1e-3)


@pytest.mark.parametrize(
    ("node_nm", "supply_V", "measured_pJ", "factor"),
    [(65.0, 0.85, 1.79, 1.035), (65.0, 1.2, 3.56, 1.037), (22.0, 1.0, 2.658, 0.965)],
)
def test_law_e_is_within_four_percent_of_the_measured_converters(node_nm, supply_V, measured_pJ, factor):
    """Jia et al., JSSC 2020, at two supplies; Wang et al., VLSI 2022."""
    assert adc("E", node_nm, supply_V=supply_V).energy_pJ(8) / measured_pJ == pytest.approx(factor, abs=0.001)


@pytest.mark.parametrize(("node_nm", "measured_um2", "factor"), [(65.0, 1941, 1.23), (22.0, 1007.5, 0.81)])
def test_law_e_area_beside_the_measured_converters(node_nm, measured_um2, factor):
    assert adc("E", node_nm).area_um2(8) / measured_um2 == pytest.approx(factor, abs=0.01)


def test_law_e_doubles_with_every_bit():
    assert adc("E").energy_pJ(8) == pytest.approx(2.5645 * 0.81)
    assert adc("E").energy_pJ(6) == pytest.approx(2.5645 * 0.81 / 4)


def test_law_b_takes_no_energy_from_the_node_and_area_in_proportion():
    assert adc("B", 14.0).energy_pJ(8) == pytest.approx(adc("B", 28.0).energy_pJ(8))
    assert adc("B", 14.0).area_um2(8) == pytest.approx(adc("B", 28.0).area_um2(8) / 2)


@pytest.mark.parametrize(
    ("bits", "energy", "area"),
    [(4, 0.79, 361.04), (5, 0.99, 476.91), (6, 1.20, 626.91), (7, 1.42, 845.18), (8, 1.67, 1200.0)],
)
def test_law_d_gives_the_isaac_table(bits, energy, area):
    assert adc("D", 32.0).energy_pJ(bits) == pytest.approx(energy)
    assert adc("D", 32.0).area_um2(bits) == pytest.approx(area)


def test_law_d_scales_to_the_node_as_converters_do():
    assert adc("D", 16.0).energy_pJ(8) == pytest.approx(1.67 * 0.5**1.88004)
    assert adc("D", 16.0).area_um2(8) == pytest.approx(1200 * 0.5**0.99328)


@pytest.mark.parametrize("law", LAWS)
def test_more_bits_cost_more(law):
    low, high = adc(law).bit_range
    energies = [adc(law).energy_pJ(bits) for bits in range(max(low, 4), min(high, 9) + 1)]
    areas = [adc(law).area_um2(bits) for bits in range(max(low, 4), min(high, 9) + 1)]
    assert energies == sorted(set(energies)) and areas == sorted(set(areas))


@pytest.mark.parametrize(("law", "bits"), [("A", 3), ("B", 13), ("C", 0), ("D", 11), ("E", 10)])
def test_bits_outside_the_law_are_one_clear_line(law, bits):
    with pytest.raises(ValueError, match=rf"ADC model {law} holds for \d+ to \d+ bits, not for {bits}: adc_bits, with"):
        adc(law).area_um2(bits)


@pytest.mark.parametrize("node_nm", [5.0, 180.0])
def test_an_unsupported_node_is_one_clear_line(node_nm):
    with pytest.raises(ValueError, match=f"node_nm {node_nm:g} is not supported; allowed are 7 to 130"):
        adc("B", node_nm)
