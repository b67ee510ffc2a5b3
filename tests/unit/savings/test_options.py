"""Options of the circuit: every value is one of a field, and every fault is told in one line."""

from pathlib import Path

import numpy as np
import pytest

from xbar.circuit.design import Design
from xbar.circuit.readers import SMALL
from xbar.config.crossbars import CrossbarSpec
from xbar.savings.options import chosen, crossed, draw, fields_of, read_options, together

REFERENCE = Path(__file__).parents[3] / "workflow" / "reference"
OPTIONS = read_options(REFERENCE / "options.csv")


def test_every_option_names_fields_of_the_design():
    assert {field for option in OPTIONS for field in option.split()} <= set(Design.model_fields)


@pytest.mark.parametrize(
    ("option", "value", "fields"),
    [
        ("arrays crossbar", "tiled 128x64", {"arrays": "tiled", "crossbar": CrossbarSpec(rows=128, columns=64)}),
        ("bank_parts", "dac adc", {"bank_parts": ["dac", "adc"]}),
        ("bank", "16", {"bank": 16}),
        ("on_off_ratio", "inf", {"on_off_ratio": "inf"}),
    ],
)
def test_what_a_value_says_of_the_fields(option, value, fields):
    assert fields_of(option, value) == fields


def test_endless_values_are_drawn_as_infinity():
    options = {"bank": ["largest", "8"], "on_off_ratio": ["20", "inf"], "cell": ["cell"]}
    draws = chosen(options, {option: np.arange(len(values)) for option, values in options.items()})
    assert draws["bank"].tolist() == [np.inf, 8.0] and draws["on_off_ratio"].tolist() == [20.0, np.inf]
    assert draws["cell"].tolist() == ["cell"]


def test_together_is_the_base_and_then_every_combination():
    base = Design(**SMALL, mapping="two-crossbars", bank="largest")
    options = {"memory": ["none", "edram"], "bank": ["8", "16"], "wire_area": ["0", "0.5", "1"]}
    found = together(options, base, ["memory", "wire_area"])
    assert found["memory"].tolist() == [base.memory, *["none"] * 3, *["edram"] * 3]
    assert found["wire_area"].tolist() == [base.wire_area, *[0.0, 0.5, 1.0] * 2]
    assert found["bank"].tolist() == [np.inf] * 7
    assert {name: len(values) for name, values in together(options, base, []).items()} == dict.fromkeys(options, 1)
    twice = crossed(found, {"bank": [8, "largest"]})
    assert (
        twice["bank"].tolist() == [8.0] * 7 + [np.inf] * 7 and twice["memory"].tolist() == 2 * found["memory"].tolist()
    )


def test_equal_generators_draw_equal_circuits():
    first, second = (draw(OPTIONS, 50, np.random.default_rng(1)) for _ in range(2))
    assert all(np.array_equal(first[option], second[option]) for option in OPTIONS)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("colour,red,x", "unknown option 'colour'"),
        (
            "input_encoding dac pulse_ns,amplitude none 10,x",
            "input_encoding dac pulse_ns: 'amplitude none 10' is not allowed: dac 'none' gives no amplitude inputs",
        ),
        (
            "dac,dac-r2r,x",
            "dac: 'dac-r2r' is not allowed: dac, input_encoding, pulse_ns are drawn together, as one option",
        ),
        ("bank,many,x", "bank: 'many' is not allowed: Input should be 'largest'; Input should be a valid integer"),
        ("bank,own,x", "bank: 'own' is not allowed: Input should be 'largest'"),  # every draw has that corner
        ("bank,-1,x", "bank: '-1' is not allowed: Input should be 'largest'; Input should be greater than 0"),
        ("bank,inf,x", "bank: 'inf' is not allowed"),
        ("bank,2.5,x", "bank: '2.5' is not allowed: Input should be 'largest'; Input should be a valid integer"),
        ("pulse_ns,nan,x", "pulse_ns: 'nan' is not allowed"),
        ("pulse_ns,1e999,x", "pulse_ns: '1e999' is not allowed: Input should be less than or equal to"),
        ("pulse_ns,largest,x", "pulse_ns: 'largest' is not allowed: Input should be a valid number"),
        ("pulse_ns,,x", "pulse_ns: '' is not allowed: Input should be a valid number"),
        ("mapping,offset,x", "mapping: 'offset' is not allowed: Input should be 'paired-columns-converted', "),
        (
            "arrays crossbar,tiled 128,x",
            "arrays crossbar: 'tiled 128' is not allowed: an array is rows x columns, such",
        ),
        (
            "arrays crossbar,tiled,x",
            "arrays crossbar: 'tiled' is not allowed: it needs 2 words, for arrays and crossbar",
        ),
        (
            "bank_parts,front_end,x",
            "bank_parts: 'front_end' is not allowed: a bank holds ADCs, at which the layers take turns; add adc",
        ),
        ("adc_law,F,x", "adc_law: 'F' is not allowed: Input should be 'A', 'B', 'C', 'D' or 'E'"),
        ("own_adc_bits,measure,x", "own_adc_bits: 'measure' is not allowed: Input should be 'network' or 'measured'"),
        ("front_end,ita,x", "front_end: 'ita' is not allowed: Input should be 'integrator' or 'tia'"),
        ("digital_rescale,none,x", "digital_rescale: 'none' is not allowed: Input should be 'everywhere', 'signed' or"),
        ("node_nm,14,x", "unknown option 'node_nm'; known are component_set, cell"),
        ("bank,largest,x", "duplicate value largest of bank"),
        ("bank,9,", "bank 9 has no source"),
    ],
)
def test_a_faulty_option_is_one_clear_line(tmp_path, line, message):
    path = tmp_path / "options.csv"
    path.write_text((REFERENCE / "options.csv").read_text() + "\n,,\n" + line + "\n")
    with pytest.raises(ValueError) as error:
        read_options(path)
    number = len(path.read_text().splitlines())
    assert str(error.value).startswith(f"{path}:{number}: {message}") and "\n" not in str(error.value)


def test_a_field_of_two_options_is_one_clear_line(tmp_path):
    path = tmp_path / "options.csv"
    path.write_text((REFERENCE / "options.csv").read_text() + "crossbar,64x64,mine\n")
    with pytest.raises(ValueError) as error:
        read_options(path)
    assert str(error.value) == f"{path}: crossbar is drawn by 'arrays crossbar' and 'crossbar'; allowed is one option"


def test_a_missing_option_is_one_clear_line(tmp_path):
    path = tmp_path / "options.csv"
    path.write_text("option,value,source\nbank,8,x\n")
    with pytest.raises(ValueError, match="no values for component_set, cell, dac, input_encoding, analog_scaling"):
        read_options(path)
