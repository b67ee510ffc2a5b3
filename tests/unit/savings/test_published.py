"""Published chips against predictions: one chip by hand, what has no prediction, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from xbar.circuit.adc import LAWS
from xbar.circuit.components import read_components
from xbar.files import read_rows
from xbar.savings.published import COMPONENT_SET, validation_rows
from xbar.tables import VALIDATION

REFERENCE = Path(__file__).parents[3] / "workflow" / "reference"
CHIPS = read_rows(REFERENCE / "chips.csv")
COMPONENTS = read_components([REFERENCE / "components.csv"], COMPONENT_SET)


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


def test_neurram_by_hand(rows):
    """6 bits in, 8 bits out, law C: 256 conversions, 256 driven lines, 256 x 256 cells."""
    volts, node = 1.8, 130.0
    cells = 256 * 256 * 0.135 * 40 * 0.27 * 0.5**2 * 100 * 1e-3
    lines = 256 * (48 + 256 * 2.1) * 1e-3 * volts**2
    dac = 256 * 400e-3 * node / 28 * 6 / 8 * volts**2
    front_end = 256 * 1.45
    column_uS = 256 * 0.135 * 40 * 0.27
    adc = 256 * (8.448 * 8 + 65.24 + 0.08 * column_uS) * 9e-3
    at_45, at_32 = (a * volts**2 + b * volts + c for a, b, c in ((1.103, -0.362, 0.2767), (0.9559, -0.7823, 0.471)))
    at_40 = np.exp(np.interp(np.log(40), np.log([32, 45]), np.log([at_32, at_45])))
    at_130 = 7.171 * volts**2 - 6.709 * volts + 2.904
    digital = at_130 / at_40 * 256 * (0.009 * 6 + 0.009 * 8 + 0.21 * 16 / 32)
    predicted = 256 * 256 / (cells + lines + dac + front_end + adc + digital)
    found = of(rows, "neurram-6b-in-8b-out", "C", "tops_per_W")
    assert float(found["predicted"]) == pytest.approx(predicted, rel=1e-3)


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


def test_an_unknown_quantity_or_kind_is_one_clear_line():
    for changes, message in (
        ({"quantity": "speed"}, "chips: hermes: 'speed' in 'pJ'; allowed are energy_per_column in pJ, tops_per_W in"),
        ({"kind": "planned"}, "chips: hermes: kind 'planned' is not silicon or simulated"),
    ):
        with pytest.raises(ValueError, match=message):
            list(validation_rows([CHIPS[0] | changes], COMPONENTS, ["B"]))
