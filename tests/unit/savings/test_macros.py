"""Published macros against predictions: how they are compared, and that the model stays as good as it was found."""

import csv
from pathlib import Path

import numpy as np
import pytest

from xbar.circuit.components import read_components
from xbar.files import read_rows
from xbar.savings.macros import validation_rows
from xbar.tables import VALIDATION

REFERENCE = Path(__file__).parents[3] / "workflow" / "reference"
MACROS = read_rows(REFERENCE / "macros.csv")
TABLES = {
    name: read_components([REFERENCE / "components.csv"], name) for name in {row["component_set"] for row in MACROS}
}


@pytest.fixture(scope="module")
def rows():
    return list(validation_rows(MACROS, TABLES))


def test_every_published_number_has_every_law_and_a_source(rows):
    assert len(rows) == 4 * len(MACROS) and all(set(row) == set(VALIDATION.names) for row in rows)
    assert all(row["source"] for row in rows)


def test_macros_whose_source_prices_components_are_marked():
    """A macro that is the source of a row of the price list lends constants; the others do not."""
    with (REFERENCE / "components.csv").open(newline="") as file:
        sources = " ".join(row["source"] for row in csv.DictReader(file))
    for row in MACROS:
        paper = row["source"].split(",")[0].split(" et al.")[0]  # Wan, Shafiee, Khaddam-Aljameh, ...
        assert (row["lends_constants"] == "yes") == (f"{paper} et al." in sources), row["macro"]


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
    key = ("neurram-6b-in-8b-out", "tops_per_W", "TOPS/W", "C")
    row = next(row for row in rows if (row["macro"], row["quantity"], row["unit"], row["adc_law"]) == key)
    predicted = 256 * 256 / (cells + lines + dac + front_end + adc + digital)
    assert float(row["predicted"]) == pytest.approx(predicted, rel=1e-3)


def test_ratios_come_from_two_predictions(rows):
    found = {(row["macro"], row["adc_law"], row["unit"]): row["predicted"] for row in rows}
    six, eight = (float(found[f"aon-cim-kws-{bits}b", "B", "TOPS/W"]) for bits in (6, 8))
    assert float(found["aon-cim-kws-6b", "B", "ratio"]) == pytest.approx(six / eight, rel=1e-3)


def test_bits_outside_a_law_have_no_prediction(rows):
    found = [row["predicted"] for row in rows if row["macro"] == "neurram-1b-in-3b-out" and row["adc_law"] == "A"]
    assert found == ["", ""]


def test_scaling_with_bits_is_within_a_factor_of_two_and_a_half(rows):
    factors = [float(row["factor"]) for row in rows if row["relative_to"] and row["factor"]]
    assert len(factors) > 30 and max(max(factors), 1 / min(factors)) < 2.5


def test_an_unknown_quantity_or_reference_is_one_clear_line():
    with pytest.raises(ValueError, match="macros: quantity 'speed' is not one of tops_per_W"):
        list(validation_rows([MACROS[0] | {"quantity": "speed"}], TABLES))
    with pytest.raises(ValueError, match="macros: neurram-1b-in-3b-out: lends_constants 'perhaps' is not yes or no"):
        list(validation_rows([MACROS[0] | {"lends_constants": "perhaps"}], TABLES))
    with pytest.raises(ValueError, match="relative_to 'chip' has no tops_per_W in the table"):
        list(validation_rows([MACROS[0] | {"relative_to": "chip"}], TABLES))
