"""Options are the fields of a design: each once, with a meaning, read as config.yaml would have them."""

import pytest
from support.circuits import REFERENCE
from support.configuration import CONFIG

from xbar.circuit.design import Design
from xbar.price.options import meanings, read_arguments, with_drive
from xbar.savings.options import read_options

CIRCUIT = CONFIG["circuit"]
OPTIONS = read_options(REFERENCE / "options.csv")


def chosen(*words):
    return read_arguments(words, CIRCUIT)[1]


def test_every_field_of_a_design_has_a_meaning_and_no_other_name_has():
    assert set(meanings()) == set(Design.model_fields)
    assert all(len(meaning) > 4 for meaning in meanings().values())


def test_every_configured_value_can_be_given_as_it_is_shown():
    for name, value in CIRCUIT.items():
        if name in Design.model_fields:
            text = " ".join(value) if isinstance(value, list) else str(value)
            assert chosen("layers.csv", f"--{name}", text) == {name: value}


def test_names_may_be_short_and_have_dashes_and_layers_may_stand_anywhere():
    given, fields = read_arguments(["a", "--node", "22", "b", "--bank-parts=dac adc", "--bank", "own", "c"], CIRCUIT)
    assert given.layers == ["a", "b", "c"]
    assert fields == {"node_nm": 22.0, "bank_parts": ["dac", "adc"], "bank": "own"}


def test_nothing_is_chosen_where_nothing_is_given():
    assert chosen("layers.csv") == {}


@pytest.mark.parametrize("encoding", ["amplitude", "bit-serial"])
def test_another_encoding_takes_driver_and_pulse_of_its_first_row(encoding):
    row = next(value for value in OPTIONS["input_encoding dac pulse_ns"] if value.startswith(encoding)).split()
    fields, said = with_drive({"input_encoding": encoding}, CIRCUIT, OPTIONS)
    assert fields == {"input_encoding": encoding, "dac": row[1], "pulse_ns": float(row[2])}
    assert said == f"dac {row[1]} and pulse_ns {row[2]} of the first {encoding} row of options.csv"


def test_an_encoding_without_a_row_needs_its_driver_and_pulse():
    few = OPTIONS | {"input_encoding dac pulse_ns": ["pulse-width dtc-counter 1.0"]}
    with pytest.raises(ValueError, match=r"^options.csv has no row with input_encoding amplitude; give --dac and --pu"):
        with_drive({"input_encoding": "amplitude"}, CIRCUIT, few)


def test_what_is_given_of_a_drive_stays():
    fields, said = with_drive({"input_encoding": "amplitude", "dac": "dac-zigzag"}, CIRCUIT, OPTIONS)
    assert fields["dac"] == "dac-zigzag" and said.startswith("pulse_ns 10 of")
    whole = {"input_encoding": "bit-serial", "dac": "none", "pulse_ns": 7.0}
    assert with_drive(whole, CIRCUIT, OPTIONS) == (whole, "")
    assert with_drive({"input_encoding": CIRCUIT["input_encoding"]}, CIRCUIT, OPTIONS)[1] == ""
