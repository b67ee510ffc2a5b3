"""What is read of a price table: every row of the project's own, and no row of a user's that changes nothing."""

from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from support.circuits import design_from, layers_from

from xbar.circuit.adc import LAWS, Adc
from xbar.circuit.bill import BY_LAW
from xbar.circuit.components import Components, read_components
from xbar.circuit.cost import priced
from xbar.circuit.prices import Prices, Technology
from xbar.circuit.readers import CHOICES, quantities
from xbar.circuit.rows import CURVES, ENERGY, PRICED, Row, price_rows

pytestmark = pytest.mark.usefixtures("unchecked")
TABLE = Path(__file__).parents[3] / "workflow" / "reference" / "components.csv"
HEADER = TABLE.read_text().splitlines()[0]
ROWS = price_rows(TABLE)
NODES = (7.0, 10.0, 14.0, 22.0, 28.0, 32.0, 45.0, 65.0, 90.0, 130.0)


def held(rows):
    return Components([row for row in rows if row.set in ("", "neurram")], "neurram")


def all_numbers(components, laws=LAWS):
    """Prices of parts and laws at several nodes: all that the rows of curves can change."""
    found = [components.bit_range(law) for law in laws]
    for node in NODES:
        technology = Technology(components, node, 0.8)
        in_memory = Prices(Technology(components, node, 0.8, "in-memory"), {})
        found += [in_memory.area_um2("front_end"), in_memory.energy_pJ("front_end")]
        found += [technology.digital_area(other) for other in components.by("node_nm", "technology", "area_factor")]
        nodes = components.by("node_nm", "technology", "energy_linear")
        found += [technology.digital_energy(other, 0.9) for other in nodes]
        found += [Prices(technology, {}).energy_pJ("wordline_cell"), technology.energy_scale(28.0, analog=True)]
        for law in laws:
            adc = Adc(law, technology, np.array([20.0, 2000.0]), 0.2)  # the figure of merit of law A has two branches
            bits = range(max(5, adc.bit_range[0]), min(10, adc.bit_range[1]) + 1)
            found += [adc.area_um2(b) for b in (*bits, adc.bit_range[0])]
            found += [adc.energy_pJ(b, 50.0) for b in (*bits, adc.bit_range[0])]
    return np.concatenate([np.ravel(number) for number in found])


@pytest.mark.usefixtures("unchecked")
def test_every_curve_of_the_project_changes_a_price():
    """These names are what a user's rows may have."""
    known = {laws: all_numbers(held(ROWS), laws) for laws in (tuple(LAWS), *((law,) for law in LAWS))}
    for row in ROWS:
        if row.component in CURVES:
            laws = tuple(law for law in LAWS if row.component == f"adc-{law}") or tuple(LAWS)
            other = replace(row, value=row.value + 1 if row.unit == "bit" else row.value * 1.01 or 0.1)
            before, after = known[laws], all_numbers(held([other if old is row else old for old in ROWS]), laws)
            assert after.shape != before.shape or not np.array_equal(after, before), row


def test_every_price_of_the_project_is_read_but_that_of_writing_once():
    unread = {
        (row.component, row.parameter)
        for row in ROWS
        if row.component in PRICED and row.parameter not in quantities()[row.component]
    }
    assert unread == {("write_circuit", "energy")}
    assert quantities()["cell"] == ["area"]
    assert {name for name, read in quantities().items() if "area_bits" in read} == {
        "dac", "input_register", "adc", "output_register", "digital_subtractor", "bias_adder",
    }  # fmt: skip


@pytest.mark.parametrize("parameter", ["energy", "power", "capacitance"])
def test_what_is_read_of_a_part_is_charged_and_nothing_else(parameter):
    """In whole circuits: a part whose row had no effect would be free, and the user would not see it."""
    parts = set(quantities()) - {*BY_LAW, "cell", "control", "bank_wire"}
    units = {"energy": "pJ", "power": "uW", "capacitance": "fF"}
    charged, layers = set(), layers_from((40, 4, 3), (300, 9, 1))
    for mapping, choice in product(("paired-columns-mirrored", "paired-columns-opamp", "offset-column"), CHOICES):
        design, energies = design_from(mapping, bank="largest", bank_distance=0.5).model_copy(update=choice), []
        for value in (1.0, 2.0):
            rows = [row for row in held(ROWS).rows() if row.component not in parts or row.parameter not in ENERGY]
            rows += [Row(part, parameter, value, units[parameter], 28.0, 4.0, "", "x", "x") for part in parts]
            costs = priced(layers, design, Components(rows, "neurram"))
            energies.append({part: np.sum(costs[part].energy_pJ) for part in parts})
        charged |= {part for part in parts if energies[0][part] != energies[1][part]}
    assert charged == {part for part in parts if parameter in quantities()[part]}


def refusal(tmp_path, *lines, component_set="neurram"):
    path = tmp_path / "own.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    with pytest.raises(ValueError) as error:
        read_components([TABLE, path], component_set)
    assert "\n" not in str(error.value)
    return str(error.value).replace(f"{tmp_path}/", "").replace(f"{TABLE}", TABLE.name)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "adc-B,energy,1000,pJ,28,8,,x,",
            "nothing reads adc-B energy; read are energy_linear, energy_exponential, area",
        ),
        (
            "adc-B,area,100000,um2,28,8,,x,",
            "nothing reads adc-B area; read are energy_linear, energy_exponential, area",
        ),
        ("adc-A,energy_offst,1,log,,,,x,", "nothing reads adc-A energy_offst; read are energy_offset, energy_node,"),
        (
            "analog,capacitance_node,1,power,,,,x,",
            "nothing reads analog capacitance_node; read are survey_area_node, survey_ener",
        ),
        ("adc-F,energy,1,pJ,28,8,,x,", "unknown component 'adc-F'; known are cell-*, dac-*, dtc-*, "),
        ("adc-A,energy_offset,27,dB,,,,x,", "unit 'dB' of adc-A energy_offset; allowed is log"),
        ("adc-A,energy_offset,27,log,28,,,x,", "adc-A energy_offset takes no node_nm"),
        ("adc-B,energy_linear,9,fF,,,,x,", "adc-B energy_linear needs node_nm"),
        ("adc-B,energy_linear,9,fF,28,8,,x,", "adc-B energy_linear takes no bits"),
        ("adc-B,energy_linear,9,fF,22,,,x,", "adc-B holds at one node_nm; 22 here, 28 in components.csv:"),
        ("adc-B,energy_linear,9,fF,28,,neurram,x,", "adc-B holds for every set; leave set empty"),
        ("cell,area,9,F2,,,neurram,x,", "cell holds for every set; leave set empty"),
        ("adc-D,energy,1,pJ,32,8,,x,", "adc-D energy is a curve of 7 points; one is none"),
        ("technology,area_factor,0.1,ratio,28,,,x,", "technology area_factor is a curve of 10 points; one is none"),
        ("adc-C,power_constant,0,uW,28,,,x,", "adc-C power_constant is zero; the curve takes its logarithm"),
        ("adc-B,bits_max,4.5,bit,,,,x,", "value in bits 4.5 is not allowed: whole numbers from 1"),
        ("shift_add,area_bits,2,x/bit,,,,x,", "nothing reads shift_add area_bits; read are analog, area, capacitance,"),
        ("write_circuit,energy,3,pJ,130,,,x,", "nothing reads write_circuit energy; read are analog, area"),
        ("cell,energy,3,pJ,28,,,x,", "nothing reads cell energy; read are area"),
        ("adc,area,30,um2,28,8,,x,", "unknown component 'adc'; known are"),
        ("dac-r2r,power,10,uW,28,8,,x,", "nothing reads dac-r2r power; read are analog, area, area_bits, capacitance"),
        (
            "mux_leg,power,1,uW,28,,,x,",
            "nothing reads mux_leg power; read are analog, area, capacitance, energy, leakage",
        ),
        ("dac-r2r,energy,2,uW,28,8,,x,", "unit 'uW' of dac-r2r energy; allowed are pJ, fJ"),
        ("dac-r2r,capacitance,2,fF/um,28,8,,x,", "unit 'fF/um' of dac-r2r capacitance; allowed is what has no length"),
        (
            "bank_wire,capacitance,2,fF,28,,,x,",
            "unit 'fF' of bank_wire capacitance; allowed is area in um2/um and capacitance in fF/um",
        ),
        ("bank_wire,area,2,um2,28,,,x,", "unit 'um2' of bank_wire area; allowed is area in um2/um and capacitance"),
        ("control,area,2,um2,28,,,x,", "unit 'um2' of control area; allowed are share"),
        ("rescale,area,0.1,share,,,,x,", "unit 'share' of rescale area; allowed are um2, F2, um2/um"),
        ("control,area,1,share,,,,x,", "control area is 1; a share of everything is below 1"),
        ("dac-mine,area,9,um2,28,8,,x,", "dac-mine needs an area and one of energy, power, capacitance beside it"),
        ("dac-r2r,leakage,1,uW,28,8,,x,", "nothing reads dac-r2r leakage; read are analog, area, area_bits"),
        ("dac-r2r,area,30,um2,28,8,neurram,x,", "dac-r2r holds for every set; leave set empty"),
        ("bank_wire,energy,2,pJ,28,,,x,", "nothing reads bank_wire energy; read are analog, area, capacitance"),
        ("opamp,analog,2,flag,,,,x,", "opamp analog is 2; a flag is 0 or 1"),
        ("dac-r2r,area,30,um2,180,8,,x,", "node_nm 180 is not allowed: 7 to 130"),
        ("dac-r2r,area,30,um2,5,8,,x,", "node_nm 5 is not allowed: 7 to 130"),
        ("dac-r2r,area,30,um2,0,8,,x,", "node_nm 0 is not allowed: above 0"),
        ("dac-r2r,area,30,um2,-28,8,,x,", "node_nm -28 is not allowed: above 0"),
        ("dac-r2r,area,30,um2,inf,8,,x,", "node_nm: inf is not allowed: numbers are finite"),
        ("dac-r2r,area,30,um2,28,0,,x,", "bits 0 is not allowed: whole numbers from 1"),
        ("dac-r2r,area,30,um2,28,8.5,,x,", "bits 8.5 is not allowed: whole numbers from 1"),
        ("dac-r2r,area,1e999,um2,28,8,,x,", "value: 1e999 is not allowed: numbers are finite"),
        ("dac-r2r,area,,um2,28,8,,x,", "dac-r2r area has no value"),
    ],
)
def test_a_row_that_nothing_reads_as_it_stands_is_refused(tmp_path, line, message):
    refused = refusal(tmp_path, "rescale,area,30,um2,28,,,x,", "", line)
    assert refused.removeprefix("own.csv:4: ").startswith(message)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            "dac-r2r,area,30,um2,28,8,,x,",
            "dac-r2r,area,31,um2,28,8,,x,",
            "own.csv:3: dac-r2r area stands already in line 2",
        ),
        (
            "shift_add,area,30,um2,28,,,x,",
            "shift_add,area,31,um2,28,,neurram,x,",
            "own.csv:3: shift_add area is priced for this set in own.csv:2",
        ),
        (
            "adc-B,energy_linear,90,fF,28,,,x,",
            "adc-B,energy_linear,80,fF,22,,,x,",
            "own.csv:3: adc-B holds at one node_nm; 22 here, 28 in own.csv:2",
        ),
        (
            "dac-r2r,area,30,um2,28,,,x,",
            "dac-r2r,area_bits,3,x/bit,,,,x,",
            "own.csv:3: nothing reads area_bits; own.csv:2 is for no number of bits",
        ),
        (
            "technology,energy_constant,3,ratio,130,,,x,",
            "technology,energy_constant,2,ratio,100,,,x,",
            "own.csv:3: node_nm 90 has not all of technology energy_quadratic, energy_linear, energy_constant",
        ),
        (
            "dac-r2r,energy,1,pJ,28,8,,x,",
            "dac-r2r,capacitance,1,fF,28,4,,x,",
            "own.csv:3: dac-r2r capacitance is for other bits than energy in own.csv:2",
        ),
    ],
)
def test_two_rows_of_which_one_would_not_be_read_are_refused(tmp_path, first, second, message):
    assert refusal(tmp_path, first, second) == message


@pytest.mark.parametrize(
    "line",
    [
        "adc-A,energy_offset,27,log,,,,x,",
        "adc-B,energy_linear,90,fF,28,,,x,",
        "dac-r2r,area,30,um2,28,8,,x,",
        "dac-r2r,area,30,um2,28,,,x,",
        "dac-r2r,area_bits,3,x/bit,,,,x,",
        "opamp,analog,0,flag,,,,x,",
        "bank_wire,capacitance,0.3,fF/um,,,,x,",
        "opamp,power,1,uW,28,,,x,",
        "wiring,capacitance_node,1.1,power,,,,x,",
        "cell,area,30,F2,,,,x,",
    ],
)
def test_a_row_that_is_read_changes_a_price(tmp_path, line):
    path = tmp_path / "own.csv"
    path.write_text(f"{HEADER}\n{line}\n")
    changed, own = (prices_of_all(read_components(tables, "neurram")) for tables in ([TABLE], [TABLE, path]))
    assert not np.array_equal(changed, own)


def prices_of_all(components):
    prices = Prices(Technology(components, 22.0, 0.8), {})
    named = (*PRICED[:-1], "cell", "dac-r2r")  # all but control, which is charged as a share
    parts = [price(name, 4) for name in named for price in (prices.area_um2, partial(prices.energy_pJ, on_ns=10.0))]
    return np.concatenate([np.array(parts), all_numbers(components)])
