"""Validation: factors of error as numpy counts them, ratios apart from absolute numbers, gaps shown as such."""

import pytest
from support.entries import TABLES

from xbar.files import read_rows
from xbar.report.validation import NOT_BLIND, RATIO, spread

validation = TABLES["validation"]


@pytest.fixture
def run(made_up):
    return made_up.results(["har-float"], {})


def test_spread_by_hand(run):
    """first: 5 and 30 over 10; second: 45 over 20, nothing by ADC model A; their ratio: 1.5 over 2 by B."""
    found = spread(run.validation)
    assert list(found.loc["TOPS/W"]) == pytest.approx([0.5, 2.25, 3.0, 3])
    assert list(found.loc["area, mm²"]) == pytest.approx([0.8, 2.4, 4.0, 2])
    assert list(found.loc[RATIO]) == pytest.approx([0.75, 0.75, 0.75, 1])


def test_every_published_number_has_its_row(run):
    lines = [line for line in validation(run).splitlines() if line.startswith("|")][2:]
    assert len(lines) == 4
    assert "| second | TOPS/W | – | 20.0 | – | 45.0 | 2.25 to 2.25 | no | a paper; set after looking |" in lines
    assert "| second | TOPS/W | first | 2.00 | – | 1.50 | 0.75 to 0.75 | no | a paper; set after looking |" in lines


def test_the_table_says_what_it_is_not(run):
    text = validation(run)
    assert "Other macros, predicted over published by all ADC models: TOPS/W 2.25 to 2.25 (median 2.25, 1 pre" in text
    assert "lend constants to the model, predicted over published by all ADC models: TOPS/W 0.500 to 3.00 (m" in text
    assert NOT_BLIND in text


def test_wires_to_the_bank_are_charged_as_the_text_says(request):
    """Energy, no area: as long as that is so, they do not stand among what is left out."""
    root = request.config.rootpath
    rows = {row["parameter"]: row for row in read_rows(root / "workflow/reference/components.csv")
            if row["component"] == "bank_wire"}  # fmt: skip
    assert float(rows["area"]["value"]) == 0 < float(rows["capacitance"]["value"])
    front_page = " ".join((root / "workflow/report/workflow.rst").read_text().split())
    for text in (NOT_BLIND, front_page):
        assert "Wires between arrays and shared converters are charged for energy; their area is zero" in text
        assert "wires between banks" not in text
