"""Prices at a node against the published factors by hand."""

from functools import cache
from pathlib import Path

import pytest

from xbar.circuit.components import PRICED, read_components
from xbar.circuit.prices import Prices, Technology, between, check_supply

TABLE = Path(__file__).parents[3] / "workflow" / "reference" / "components.csv"


@cache
def components(component_set):
    return read_components([TABLE], component_set)


def prices(node_nm, *, component_set="neurram", supply_V=0.8, scaling="survey"):
    technology = Technology(components(component_set), node_nm, supply_V, scaling)
    return Prices(technology, {"dac": "dac-zigzag", "cell": "cell"})


def test_a_price_at_its_own_node_is_the_published_one():
    assert prices(40.0).area_um2("rescale") == pytest.approx(793.75)
    assert prices(40.0).energy_pJ("rescale") == pytest.approx(0.25)
    assert prices(130.0).energy_pJ("front_end") == pytest.approx(1.2)


def test_digital_parts_scale_by_the_published_table():
    energy_130 = 7.171 * 1.8**2 - 6.709 * 1.8 + 2.904  # published at 1.8 V
    energy_32 = 0.9559 * 0.64 - 0.7823 * 0.8 + 0.471
    assert prices(32.0).area_um2("shift_add") == pytest.approx(170 * 0.072)
    assert prices(32.0).energy_pJ("shift_add") == pytest.approx(0.1 * energy_32 / energy_130)


@pytest.mark.parametrize(
    ("scaling", "area", "energy"),
    [("survey", 0.5**0.99328, 0.5**1.88004), ("in-memory", 0.5, (0.8 / 1.8) ** 2), ("digital", 0.23, None)],
)
def test_analog_parts_scale_as_published_converters_or_as_digital_parts(scaling, area, energy):
    here = prices(65.0, scaling=scaling)
    assert here.area_um2("front_end") == pytest.approx(350 * area)
    digital = here.energy_pJ("shift_add") / 0.1
    assert here.energy_pJ("front_end") == pytest.approx(1.2 * (energy or digital))


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (["energy,1.1,pJ"], 1.1),  # another number: not at the supply of that which it replaces
        (["energy,1.1,pJ", "supply,1.2,V"], 1.1 * (0.9 / 1.2) ** 2),
        (["energy,1.2,pJ"], 1.2 / 4),  # a copy of the project's row
        (["supply,1.2,V"], 1.2 * (0.9 / 1.2) ** 2),
        (["area,100,um2"], 1.2 / 4),
    ],
)
def test_a_supply_goes_with_the_energy_that_was_published_at_it(tmp_path, rows, wanted):
    own = tmp_path / "own.csv"
    lines = [TABLE.read_text().splitlines()[0], *(f"front_end,{row},130,,neurram,mine," for row in rows)]
    own.write_text("\n".join(lines) + "\n")
    technology = Technology(read_components([TABLE, own], "neurram"), 130.0, 0.9, "in-memory")
    assert Prices(technology, {}).energy_pJ("front_end") == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("front_end,supply,0,V,130,,neurram,mine,", "front_end supply is 0 V; allowed is 0.2 to 5 V"),
        ("front_end,supply,900,V,130,,neurram,mine,", "front_end supply is 900 V; allowed is 0.2 to 5 V"),
        ("wordline_driver,supply,1.8,V,130,,neurram,mine,", "nothing reads the supply of wordline_driver"),
    ],
)
def test_a_supply_that_nothing_can_use_is_refused(tmp_path, row, told):
    own = tmp_path / "own.csv"
    own.write_text(f"{TABLE.read_text().splitlines()[0]}\n{row}\n")
    with pytest.raises(ValueError, match=told):
        read_components([TABLE, own], "neurram")


def test_cells_are_counted_in_feature_sizes():
    assert prices(28.0).area_um2("cell") == pytest.approx(48 * 0.028**2)


def test_capacitances_are_charged_at_the_supply():
    assert prices(130.0, supply_V=0.9).energy_pJ("wordline_driver") == pytest.approx(48e-3 * 0.81)
    assert prices(65.0, supply_V=0.9).energy_pJ("wordline_cell") == pytest.approx(2.1e-3 / 2 * 0.81)


def test_powers_are_charged_while_a_part_is_on():
    assert prices(28.0).energy_pJ("opamp", on_ns=50.0) == pytest.approx(10e-3 * 50)


def test_leakage_grows_with_the_bits_and_scales_as_digital_energy_to_smaller_nodes():
    scale = prices(28.0).energy_pJ("bias_adder", 32) / 0.21
    assert prices(28.0).leakage_uW("bias_adder", 16) == pytest.approx(2.4 * scale / 2)
    assert prices(28.0).leakage_uW("front_end") == 0
    assert prices(65.0).leakage_uW("bias_adder", 32) == pytest.approx(2.4)


@pytest.mark.parametrize(("row", "leaks_uW"), [
    ("digital_subtractor,energy,0.1,pJ,40,32,,mine,", 2.4 * 9 / 32),
    ("digital_subtractor,leakage,1.2,uW,40,16,,mine,", 1.2 * 9 / 16),
    ("digital_subtractor,supply,1.1,V,40,,,mine,", 2.4 * 9 / 32),
])  # fmt: skip
def test_leakage_is_of_its_own_bits_and_of_no_supply(tmp_path, row, leaks_uW):
    own = tmp_path / "own.csv"
    own.write_text(f"{TABLE.read_text().splitlines()[0]}\n{row}\n")
    technology = Technology(read_components([TABLE, own], "neurram"), 40.0, 0.9, "in-memory")
    assert Prices(technology, {}).leakage_uW("digital_subtractor", 9) == pytest.approx(leaks_uW)


@pytest.mark.parametrize(("node_nm", "supply_V", "least_V"), [(65.0, 0.58, "0.586"), (80.0, 0.58, "0.586")])
def test_below_its_least_energy_the_law_of_the_supply_does_not_hold(node_nm, supply_V, least_V):
    components = read_components([TABLE], "neurram")
    check_supply(components, node_nm, 0.59)
    check_supply(components, 28.0, 0.42)
    with pytest.raises(ValueError, match=f"supply_V 0.58 is not allowed: at {node_nm:g} nm .* from {least_V} V"):
        check_supply(components, node_nm, supply_V)
    technology = Technology(components, 65.0, 0.9, "in-memory")
    energies = [technology.digital_energy(65.0, volts) for volts in (0.5, 0.586, 0.7)]
    assert min(energies) == energies[1]


def test_what_is_named_none_has_no_price():
    none = Prices(prices(28.0).technology, {"dac": "none"})
    assert none.area_um2("dac", 8) == none.energy_pJ("dac", 8) == 0


@pytest.mark.parametrize(
    ("row", "node_nm", "energy", "area"),
    [("dac-r2r", 22.0, 0.43, 581), ("dac-brahms", 40.0, 0.291, 438), ("dtc-timely", 65.0, 0.0375, 240)],
)
def test_dacs_cost_what_is_published_at_their_own_node(row, node_nm, energy, area):
    found = Prices(prices(node_nm).technology, {"dac": row})
    assert found.energy_pJ("dac", 8) == pytest.approx(energy, rel=2e-3)
    assert found.area_um2("dac", 8) == pytest.approx(area, rel=2e-3)


def test_a_counter_compares_at_every_level():
    """Aladdin: 0.02947 pJ for a comparison of 32 bits, a quarter of it for 8 bits, at each of 255 levels."""
    counter = Prices(prices(40.0).technology, {"dac": "dtc-counter"})
    assert counter.energy_pJ("dac", 8) == pytest.approx(255 * 0.02947 / 4, rel=1e-4)


def test_a_pitch_scales_with_the_feature_size():
    assert prices(14.0).area_um2("bank_wire") == pytest.approx(0.1)


@pytest.mark.parametrize(("bits", "factor"), [(8, 1), (9, 2), (4, 1 / 16)])
def test_dac_area_doubles_with_every_bit(bits, factor):
    assert prices(32.0).area_um2("dac", bits) == pytest.approx(21.2 * factor)


def test_dac_energy_grows_in_proportion_to_the_bits():
    assert prices(28.0, supply_V=0.9).energy_pJ("dac", 4) == pytest.approx(4 * 50e-3 * 0.81)


@pytest.mark.parametrize("component_set", ["neurram", "isaac", "timely"])
@pytest.mark.parametrize("component", [name for name in PRICED if name != "control"])
def test_a_smaller_node_never_costs_more(component_set, component):
    large, small = (prices(node_nm, component_set=component_set) for node_nm in (65.0, 22.0))
    assert small.area_um2(component, 8) <= large.area_um2(component, 8)
    assert small.energy_pJ(component, 8) <= large.energy_pJ(component, 8)


def test_a_table_with_a_value_that_is_not_above_zero_is_one_clear_line():
    with pytest.raises(ValueError, match=r"^digital energy: -0\.5 at node_nm 28 is not allowed: above 0$"):
        between({7.0: 1.0, 28.0: -0.5, 65.0: 2.0}, 40.0, "digital energy")
