"""Parts, bounds and library: published values beside those that the prices give by hand."""

from pathlib import Path

import pytest

from xbar.circuit.components import read_components
from xbar.files import read_rows
from xbar.savings.parts import LAWS, bound_rows, library_rows, part_rows
from xbar.savings.published import COMPONENT_SET
from xbar.tables import BOUNDS, LIBRARY, PARTS, check_key

REFERENCE = Path(__file__).parents[3] / "workflow" / "reference"
CHIPS, PUBLISHED, COLUMNS, OTHERS = (
    read_rows(REFERENCE / f"{name}.csv") for name in ("chips", "parts", "adc_bounds", "library")
)
COMPONENTS = read_components([REFERENCE / "components.csv"], COMPONENT_SET)
pytestmark = pytest.mark.usefixtures("unchecked")


@pytest.fixture(scope="module")
def bounds():
    return list(bound_rows(COLUMNS, COMPONENTS))


@pytest.fixture(scope="module")
def parts():
    return list(part_rows(PUBLISHED, CHIPS, COMPONENTS))


def test_every_part_has_its_rows(parts):
    with_adc = ["adc" in part["components"].split() for part in PUBLISHED]
    assert len(parts) == sum(len(LAWS) if found else 1 for found in with_adc)
    check_key([{name: str(value) for name, value in row.items()} for row in parts], PARTS)
    assert {row["kind"] for row in parts} == {"ADC", "DAC", "array", "digital", "neuron", "lines", "control"}
    assert all(set(row) == set(PARTS.names) and row["source"] for row in parts)


def test_measured_adcs_by_hand(parts):
    """Law E at 65 nm, 8 bits and 0.85 V: its capacitance times V^2 against 1.79 pJ, which lends it."""
    rows = {(row["macro"], row["adc_law"]): row for row in parts if row["part"] == "SAR ADC, 8 bit"}
    found = rows["jia-imc-0.85V", "E"]
    assert float(found["predicted_pJ"]) == pytest.approx(2564.5e-3 * 0.85**2, rel=1e-3)
    assert float(found["energy_factor"]) == pytest.approx(1.035, abs=1e-3) and found["lends"] == "yes"
    assert float(rows["jia-imc-1.2V", "B"]["predicted_pJ"]) == pytest.approx((800 + 65.536) * 1.2**2 * 1e-3, rel=1e-3)
    area = float(rows["wang-c2c", "B"]["predicted_um2"])
    assert float(rows["wang-c2c", "B"]["area_factor"]) == pytest.approx(area / (0.13 * 0.124e6 / 16), rel=1e-3)


def test_parts_of_the_charge_domain_have_no_prediction(parts):
    arrays = [row for row in parts if row["kind"] == "array" and not row["macro"].startswith("neurram")]
    assert len(arrays) == 3 and all(row["predicted_pJ"] == row["energy_factor"] == "" for row in arrays)


def test_bounds_are_those_of_the_database_and_hold_where_the_adc_costs_less(bounds):
    assert len(COLUMNS) == 31 and len(bounds) == 31 * len(LAWS)
    check_key([{name: str(value) for name, value in row.items()} for row in bounds], BOUNDS)
    for row in bounds:
        assert float(row["rows_in_parallel"]) >= 64 and 4 <= float(row["adc_bits"]) <= 9
        if row["adc_pJ"]:
            holds = float(row["adc_pJ"]) <= float(row["column_pJ"])
            assert row["holds"] == ("yes" if holds else "no")
        else:
            assert row["holds"] == ""


def test_a_column_without_current_is_the_least_that_law_c_charges(bounds):
    """At 65 nm and 8 bits: nine steps of a nanosecond at the power of the converter alone."""
    row = next(row for row in bounds if row["chip"].startswith("Jia JSSC 2020") and row["adc_law"] == "C")
    assert float(row["adc_pJ"]) == pytest.approx((3.751 * 8 + 25.84) * 9e-3, rel=1e-3)


def test_the_library_splits_law_a(bounds):
    """80 % of law A for a conversion, 20 % leakage at 20 MS/s; its areas are ours."""
    rows = list(library_rows(OTHERS, COMPONENTS))
    check_key([{name: str(value) for name, value in row.items()} for row in rows], LIBRARY)
    of_adc = [row for row in rows if row["component"] == "adc-A"]
    assert len(of_adc) == 24
    for row in of_adc:
        conversion_pJ = float(row["published_pJ"]) + float(row["leakage_uW"]) / 20.0
        assert float(row["predicted_pJ"]) == pytest.approx(conversion_pJ, rel=2e-3)
        assert float(row["area_factor"]) == pytest.approx(1, abs=2e-3)
    assert all(row["predicted_pJ"] == "" for row in rows if not row["component"])


def test_artefacts_of_the_library_are_not_shown_as_areas():
    scaled = [row for row in OTHERS if row["class"].startswith("Neurram") and row["node_nm"] == "28"]
    assert len(scaled) == 7 and all(row["published_um2"] == "" and "artefact" in row["note"] for row in scaled)


def test_a_part_of_no_chip_or_of_no_component_is_one_clear_line():
    for changes, message in (
        ({"macro": "none"}, "parts: SAR ADC, 8 bit: macro 'none' is not in the table of chips"),
        ({"per": "row"}, "parts: SAR ADC, 8 bit: per 'row' is not one of column, input"),
        ({"components": "adc valve"}, "parts: SAR ADC, 8 bit: component 'valve' is not one of cell"),
    ):
        with pytest.raises(ValueError, match=message):
            list(part_rows([PUBLISHED[0] | changes], CHIPS, COMPONENTS))
