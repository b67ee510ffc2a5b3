"""Published chips against predictions: one chip by hand, what has no prediction, and what is refused."""

from pathlib import Path

import pytest

from xbar.circuit.adc import LAWS
from xbar.circuit.components import read_components
from xbar.files import read_rows
from xbar.savings.published import COMPONENT_SET, chip_costs, validation_rows
from xbar.tables import VALIDATION

REFERENCE = Path(__file__).parents[3] / "workflow" / "reference"
CHIPS = read_rows(REFERENCE / "chips.csv")
COMPONENTS = read_components([REFERENCE / "components.csv"], COMPONENT_SET)
pytestmark = pytest.mark.usefixtures("unchecked")


@pytest.fixture(scope="module")
def rows():
    return list(validation_rows(CHIPS, COMPONENTS, list(LAWS)))


def of(rows, macro, law, quantity="energy_per_column"):
    return next(row for row in rows if (row["macro"], row["quantity"], row["adc_law"]) == (macro, quantity, law))


def test_every_published_number_has_every_law_and_a_source(rows):
    assert len(rows) == len(LAWS) * len(CHIPS) and all(set(row) == set(VALIDATION.names) for row in rows)
    assert all(row["source"] and row["counted"] for row in rows)


def test_chips_whose_source_prices_components_lend():
    """A chip whose paper stands in a row of the price list lends constants, and so do those of the ADC fits."""
    sources = " ".join(row["source"] for row in read_rows(REFERENCE / "components.csv"))
    assert "Wan et al." in sources
    for chip in CHIPS:
        assert bool(chip["lends"]) == (chip["design"] in ("neurram", "wang-c2c", "jia-imc")), chip["macro"]


def test_factor_is_predicted_over_published(rows):
    for row in rows:
        if row["predicted"]:
            assert float(row["factor"]) == pytest.approx(float(row["predicted"]) / float(row["published"]), rel=2e-3)


def test_a_chip_by_hand(rows):
    """spetalnick-23, law B: 64 binary inputs, 16 converters of 6 bits, lines of 256 cells, 40 nm at 1.05 V."""
    volts, read_ns, converters = 1.05, 11.11, 16
    cells = 64 * 0.5 * 25 * 0.5 * read_ns * 0.2 * volts * 1e-3
    lines = 64 * 0.5 * (48 + 256 * 2.1) * 40 / 130 * volts**2 * 1e-3 / converters
    registers = 0.009 * (64 / converters + 6)
    front_end = (1.2 + 0.25) * (volts / 1.8) ** 2
    adc = (100 * 6 + 0.001 * 4**6) * volts**2 * 1e-3
    adder = 0.21 * 16 / 32
    parts = cells + lines + registers + front_end + adc + adder
    leakage = 2.4 * 16 / 32 * 2 * read_ns * 1e-3  # over the read and the conversion
    found = of(rows, "spetalnick-23", "B")
    assert float(found["predicted"]) == pytest.approx(parts / (1 - 0.04) + leakage, rel=1e-3)
    assert float(found["cells_share"]) == pytest.approx(cells / parts, rel=1e-3)


def test_a_full_scale_input_conducts_for_the_read_time():
    """hermes: charge from the supply at the mean weight and input, and a copy of half the current for the mirror."""
    costs = chip_costs(CHIPS[0], "B", COMPONENTS)
    cells, copies = (costs[name].energy_pJ.sum() / 256 for name in ("cell", "copied_current"))
    one = 256 * 0.27 * 25 * 0.27 * 130 * 0.2 * 0.8 * 1e-3
    assert CHIPS[0]["macro"] == "hermes" and (cells, copies) == pytest.approx((one, one / 2))


def test_what_the_model_does_not_have_is_not_predicted(rows):
    """SRAM in the charge domain, a duration instead of an ADC, no read time, 180 nm; and bits outside of a law."""
    for macro in ("wang-c2c", "sinangil-0.8V-output-0", "fick-flash", "mochida-180"):
        assert of(rows, macro, "B")["predicted"] == ""
    assert of(rows, "ambrogio-chip", "B", "tops_per_W")["predicted"] == ""
    assert of(rows, "liu-2t2r", "A")["predicted"] == "" != of(rows, "liu-2t2r", "B")["predicted"]


def test_the_same_energy_is_predicted_for_both_numbers_of_a_chip(rows):
    column, efficiency = (
        float(of(rows, "hermes", "B", name)["predicted"]) for name in ("energy_per_column", "tops_per_W")
    )
    assert efficiency == pytest.approx(2 * 256 / column, rel=1e-3)


def test_an_unknown_word_and_a_cell_without_a_number_are_one_clear_line():
    for changes, message in (
        ({"quantity": "speed"}, "chips: hermes: 'speed' in 'pJ'; allowed are energy_per_column in pJ, tops_per_W in"),
        ({"kind": "planned"}, "chips: hermes: kind: 'planned' is not one of silicon, simulated"),
        ({"input_encoding": "serial"}, "chips: hermes: input_encoding: 'serial' is not one of amplitude, bit-serial,"),
        ({"read_supply": "wall"}, "chips: hermes: read_supply: 'wall' is not one of rail, supply"),
        ({"lines": ""}, "chips: hermes: lines '' is not a finite number"),
        ({"rows_in_parallel": "many"}, "chips: hermes: rows_in_parallel 'many' is not a finite number"),
    ):
        with pytest.raises(ValueError, match=message):
            list(validation_rows([CHIPS[0] | changes], COMPONENTS, ["B"]))
