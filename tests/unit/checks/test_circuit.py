"""A circuit that cannot be priced is refused before anything runs, in one line."""

from pathlib import Path

import pytest
from support.configuration import CONFIG

from xbar.checks.circuit import check_circuit
from xbar.config.config import read_config

pytestmark = pytest.mark.usefixtures("unchecked")
ROOT = Path(__file__).parents[3]
TABLE = ROOT / "workflow" / "reference" / "components.csv"

OWN = {"layers": [{"Flatten": {}}], "weights": "w.pt", "dataset": "digits", "weight_bits": 4}
UNIPOLAR = {"polarity": "unipolar", "fine_tuning": {}}


@pytest.fixture
def unpriced(monkeypatch):
    """What is accepted is not priced (0.7 s): tests/workflow/test_prices_at_start.py prices such circuits."""
    monkeypatch.setattr("xbar.checks.circuit.price_everything", lambda *_: None)


def check(circuit=None, networks=None, comparisons=None, tables=(TABLE,), own=None, tinyml=None):
    changed = {name: CONFIG["networks"][name] | fields for name, fields in (networks or {}).items()}
    blocks = {"circuit": CONFIG["circuit"] | (circuit or {}), "networks": CONFIG["networks"] | changed}
    blocks["comparisons"] = CONFIG["comparisons"] | (comparisons or {})
    blocks["run"] = CONFIG["run"] | {"comparisons": ["har-2b"]}  # the others are priced in the same way
    blocks["own_networks"] = {"mine": OWN | own} if own else {}
    blocks["tinyml"] = CONFIG["tinyml"] | (tinyml or {})
    check_circuit(read_config(CONFIG | blocks), tables)


@pytest.mark.usefixtures("unpriced")
@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        ({}, None),
        ({"node_nm": 5.0}, "config.yaml: circuit.node_nm: 5 is not allowed: 7 to 130"),
        (
            {"node_nm": 65.0, "supply_V": 0.55},
            "config.yaml: circuit: supply_V 0.55 is not allowed: at 65 nm the law of digital energy holds from 0.586 V",
        ),
        ({"node_nm": 180.0}, "config.yaml: circuit.node_nm: 180 is not allowed: 7 to 130"),
        ({"node_nm": 7.0}, None),
        ({"node_nm": 130.0}, None),
        (
            {"cell": "dac"},
            "config.yaml: circuit.cell: no row prices 'dac'; add one to a table, or take one of cell, cell-",
        ),
        (
            {"dac": "dtc-mine"},
            "config.yaml: circuit.dac: no row prices 'dtc-mine'; add one to a table, or take one of dac",
        ),
        ({"cell": "none"}, "config.yaml: circuit.cell: no row prices 'none'; add one to a table"),
        ({"cell": "cell-dram"}, "config.yaml: circuit.cell: no row prices 'cell-dram'; add one to a table"),
        (
            {"supply_V": 0.4},
            "config.yaml: circuit.supply_V: 0.4 is below read_voltage_V 0.5 of options.csv, which is drawn",
        ),
        ({"component_set": "puma"}, "component_set 'puma' is not one of isaac, neurram, timely"),
    ],
)
def test_choices_without_a_price(circuit, message):
    assert_refused(message, circuit=circuit)


@pytest.mark.usefixtures("unpriced")
@pytest.mark.parametrize(
    ("name", "bits", "message"),
    [
        ("har-2b-signed", 7, None),
        (
            "har-2b-signed",
            9,
            "config.yaml: circuit.adc_laws: ADC model E holds for 4 to 9 bits; har-2b-signed takes 10",
        ),
        ("har-2b-unipolar", 9, None),  # no sign
        (
            "har-2b-unipolar",
            3,
            "config.yaml: circuit.adc_laws: ADC model A holds for 4 to 16 bits; har-2b-unipolar takes 3",
        ),
    ],
)
def test_bits_that_a_law_does_not_reach(name, bits, message):
    assert_refused(message, networks={name: {"adc_bits": bits}})


@pytest.mark.usefixtures("unpriced")
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"own": {"adc_bits": 7}}, None),
        ({"own": {"adc_bits": 9}}, "ADC model E holds for 4 to 9 bits; own_networks.mine takes 10"),
        ({"own": {"adc_bits": 3, "mapping": "two-crossbars"}}, "ADC model E holds for 4 to 9 bits; own_networks.mine"),
        ({"own": {"adc_bits": 9} | UNIPOLAR}, None),  # no sign
        ({"tinyml": {"converter_bits": [8, 6, 4]}}, None),
        ({"tinyml": {"converter_bits": [8, 3]}}, "ADC model A holds for 4 to 16 bits; tinyml takes 3"),
        ({"tinyml": {"converter_bits": [9]}}, "ADC model E holds for 4 to 9 bits; tinyml takes 10"),
    ],
)
def test_bits_that_only_the_last_job_of_a_network_would_refuse(given, message):
    assert_refused(message and f"config.yaml: circuit.adc_laws: {message}", **given)


@pytest.mark.usefixtures("unpriced")
@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("har-2b-unipolar", "har-2b-unipolar"), "signed: 'har-2b-unipolar' is unipolar; allowed are signed"),
        (("har-2b-signed", "har-4b-signed"), "unipolar: 'har-4b-signed' is signed; allowed are unipolar and mixed"),
        (("har-2b-signed", "har-2b-mixed"), None),
    ],
)
def test_a_comparison_is_of_a_signed_network_and_another(pair, message):
    comparison = dict(zip(("signed", "unipolar"), pair, strict=True))
    assert_refused(message and f"config.yaml: comparisons.har-2b.{message}", comparisons={"har-2b": comparison})


def test_both_networks_of_a_comparison_have_inputs_of_as_many_bits():
    message = "config.yaml: comparisons.har-2b: the networks have dac_bits 8 and 4; allowed is one for both"
    assert_refused(message, networks={"har-2b-unipolar": {"dac_bits": 4}})


def test_both_networks_of_a_comparison_see_the_same_data():
    message = "config.yaml: comparisons.har-2b: the networks have dataset har and cifar10; allowed is one for both"
    assert_refused(message, comparisons={"har-2b": {"signed": "har-2b-signed", "unipolar": "cifar10-2b-unipolar"}})


def test_both_networks_of_a_comparison_stand_on_the_same_arrays_and_devices():
    message = "config.yaml: comparisons.har-2b: the networks have crossbar array-1152x256 and array-128x128; allowed"
    assert_refused(message, networks={"har-2b-unipolar": {"crossbar": "array-128x128"}})
    message = "config.yaml: comparisons.har-2b: the networks have device nvm and pcm; allowed is one for both"
    assert_refused(message, networks={"har-2b-unipolar": {"device": "pcm"}})


@pytest.mark.usefixtures("unpriced")
def test_a_table_of_ones_own_is_read_and_checked(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text(TABLE.read_text().splitlines()[0] + "\ncell-mine,area,-9,F2,,,,measured,\n")
    assert_refused(f"{own}:2: cell-mine area is negative (-9 F2)", tables=[TABLE, own])
    own.write_text(own.read_text().replace("-9", "9"))
    check({"cell": "cell-mine"}, tables=[TABLE, own])
    absent = tmp_path / "absent.csv"
    assert_refused(f"config.yaml: circuit.extra_components: no file {absent}", tables=[TABLE, absent])


@pytest.mark.usefixtures("unpriced")
@pytest.mark.parametrize(
    ("line", "circuit", "message"),
    [
        (
            "cell-mine,area,9,F2,,,,x,",
            {},
            "nothing reads 'cell-mine'; read are cell, cell-22ffl, cell-neurram: circuit",
        ),
        ("cell-mine,area,9,F2,,,,x,", {"cell": "cell-mine"}, None),
        ("dac-r2r,area,9,um2,28,8,,x,", {}, None),
        (
            "cell-crossbar,area,9,F2,,,,x,",
            {},
            "nothing reads 'cell-crossbar'; read are cell, cell-22ffl, cell-neurram: circuit.cell names another",
        ),
        (
            "front_end,area,9,um2,28,,isaac,x,",
            {},
            "set 'isaac' is not circuit.component_set; allowed are neurram, or an",
        ),
        ("front_end,area,9,um2,28,,isaac,x,", {"component_set": "isaac"}, None),
        ("front_end,area,9,um2,28,,puma,x,", {}, "set 'puma' is not circuit.component_set; allowed are neurram, or an"),
        ("adc-B,energy,1000,pJ,28,8,,x,", {}, "nothing reads adc-B energy; read are energy_linear,"),
    ],
)
def test_a_users_row_is_of_what_is_configured(tmp_path, line, circuit, message):
    own = tmp_path / "own.csv"
    own.write_text("\n".join([TABLE.read_text().splitlines()[0], "", line, ""]))
    assert_refused(message and f"{own}:3: {message}", circuit=circuit, tables=[TABLE, own])


@pytest.mark.usefixtures("unpriced")
def test_a_copy_of_the_projects_table_is_accepted_until_a_row_is_changed_that_nothing_reads(tmp_path):
    own = tmp_path / "copy.csv"
    text = TABLE.read_text()
    own.write_text(text)
    check(tables=[TABLE, own])
    own.write_text(text.replace("front_end,area,350,um2,130,,neurram", "front_end,area,30,um2,130,,neurram"))
    check(tables=[TABLE, own])
    own.write_text(text.replace("front_end,area,40,um2,65,,timely", "front_end,area,30,um2,65,,timely"))
    line = 1 + next(n for n, row in enumerate(text.splitlines()) if row.startswith("front_end,area,40,"))
    assert_refused(f"{own}:{line}: set 'timely' is not circuit.component_set", tables=[TABLE, own])


def assert_refused(message, **given):
    if message is None:
        check(**given)
        return
    with pytest.raises(ValueError) as error:
        check(**given)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
