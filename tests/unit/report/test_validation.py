"""Validation: the score as numpy counts it over the chips that count, every other row shown with its reason."""

import numpy as np
import pytest
from support.entries import TABLES

from xbar.report.validation import NOT_BLIND, RULE, score

validation = TABLES["validation"]


@pytest.fixture
def run(made_up):
    return made_up.results(["har-float"], {})


def test_score_by_hand(run):
    """A reaches the first chip alone, at 0.5; B gives 3 and 2.25 times what was published."""
    found = score(run.validation)
    assert list(found.loc["B"]) == pytest.approx(
        [2, 0, 1, np.sqrt(3 * 2.25), np.exp(np.std(np.log([3, 2.25]), ddof=1))]
    )
    assert list(found.loc["A"])[:4] == pytest.approx([1, 1, 1, 0.5]) and np.isnan(found.loc["A", "spread"])


def test_nothing_else_moves_the_score(run):
    rows = run.validation
    other = rows["counted"] != "yes"
    assert score(rows.assign(factor=rows["factor"].where(~other, 100.0))).equals(score(rows))


def test_every_published_number_has_its_row(run):
    lines = [line for line in validation(run).splitlines() if line.startswith("|")]
    assert len(lines) == 2 + 4 + 2 + 2
    of_second = (
        "| second | energy of a column, pJ | 20.0 | – | 45.0 | 2.25 to 2.25 | 25 to 25 | silicon | yes | – | a paper |"
    )
    assert any(line.startswith(of_second) for line in lines)
    assert any("| lends | lends constants to the model |" in line for line in lines)


def test_the_table_says_what_it_is(run):
    text = validation(run)
    assert RULE in text and NOT_BLIND in text
    assert "2 chips, each counted once; currents assumed for 1 of 2" in text
    assert "| B | 2 | 0 | 100 | 2.60 | 1.23 |" in text
    assert text.index("| B | 2 |") < text.index("| A | 1 |")  # that of the reference circuit first
    assert (
        "the ADC models leave these multiples of the published energy: first 0.38 to 2.2; second 1.7. Above 1" in text
    )
    assert "Beyond a factor" not in text
    far = run.validation.assign(factor=run.validation["factor"] * 2)
    told = "Beyond a factor of four: first × 1.0 to 6.0 (no cause known); second × 4.5 (unlike any other)."
    assert told in validation(run._replace(validation=far))


def test_wires_to_the_bank_are_charged_as_the_text_says(request):
    """The front page of the report speaks of their energy and area."""
    text = " ".join((request.config.rootpath / "workflow/report/workflow.rst").read_text().split())
    assert "Wires between arrays and shared converters are charged for energy" in text
    assert "wires between banks" not in text and "their area is zero" not in text
