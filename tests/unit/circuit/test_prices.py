"""Prices at a node against the published factors by hand."""

from pathlib import Path

import pytest

from xbar.circuit.components import PRICED, read_components
from xbar.circuit.prices import Prices, Technology

TABLE = Path(__file__).parents[3] / "workflow" / "reference" / "components.csv"


def prices(node_nm, *, component_set="neurram", supply_V=0.8, scaling="adc", pulse_ns=10.0):
    return Prices(Technology(read_components([TABLE], component_set), node_nm, supply_V, scaling), pulse_ns)


def test_a_price_at_its_own_node_is_the_published_one():
    assert prices(40.0).area_um2("rescale") == pytest.approx(793.75)
    assert prices(40.0).energy_pJ("rescale") == pytest.approx(0.25)
    assert prices(130.0).energy_pJ("front_end") == pytest.approx(1.45)


def test_digital_parts_scale_by_the_published_table():
    energy_130 = 7.171 * 0.64 - 6.709 * 0.8 + 2.904
    energy_32 = 0.9559 * 0.64 - 0.7823 * 0.8 + 0.471
    assert prices(32.0).area_um2("shift_add") == pytest.approx(170 * 0.072)
    assert prices(32.0).energy_pJ("shift_add") == pytest.approx(0.1 * energy_32 / energy_130)


def test_analog_parts_scale_as_converters_or_as_digital_parts():
    assert prices(65.0).area_um2("front_end") == pytest.approx(700 * 0.5**0.99328)
    assert prices(65.0, scaling="digital").area_um2("front_end") == pytest.approx(700 * 0.23)


def test_cells_are_counted_in_feature_sizes():
    assert prices(28.0).area_um2("cell") == pytest.approx(48 * 0.028**2)


def test_capacitances_are_charged_at_the_supply():
    assert prices(130.0, supply_V=0.9).energy_pJ("wordline_driver") == pytest.approx(48e-3 * 0.81)
    assert prices(65.0, supply_V=0.9).energy_pJ("wordline_cell") == pytest.approx(2.1e-3 / 2 * 0.81)


def test_powers_are_charged_for_the_pulse():
    assert prices(28.0, pulse_ns=50.0).energy_pJ("opamp") == pytest.approx(10e-3 * 50)


@pytest.mark.parametrize(("bits", "factor"), [(8, 1), (9, 2), (4, 1 / 16)])
def test_dac_area_doubles_with_every_bit(bits, factor):
    assert prices(32.0).area_um2("dac", bits) == pytest.approx(21.2 * factor)


def test_dac_energy_grows_in_proportion_to_the_bits():
    assert prices(28.0, supply_V=0.9).energy_pJ("dac", 4) == pytest.approx(4 * 50e-3 * 0.81)


@pytest.mark.parametrize("component_set", ["neurram", "isaac", "timely"])
@pytest.mark.parametrize("component", PRICED)
def test_a_smaller_node_never_costs_more(component_set, component):
    large, small = (prices(node_nm, component_set=component_set) for node_nm in (65.0, 22.0))
    assert small.area_um2(component, 8) <= large.area_um2(component, 8)
    assert small.energy_pJ(component, 8) <= large.energy_pJ(component, 8)
