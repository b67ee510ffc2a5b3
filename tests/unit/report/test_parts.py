"""Parts, bounds and a library: shares as counted by hand, and a row for everything that was published."""

import pytest
from support.entries import TABLES


@pytest.fixture
def run(made_up):
    return made_up.results(["har-float"], {})


def lines(text):
    return [line for line in text.splitlines() if line.startswith("|")][2:]


def test_parts_are_sorted_by_kind_and_say_what_is_missing(run):
    adc, _, array = lines(TABLES["parts"](run))
    assert adc == "| converter | ADC | first | column | A | 2.00 | 1.00 | 0.500 | 100 | – | – | no | a paper |"
    assert array == "| array | array | first | column | – | 2.00 | – | – | 100 | – | – | no | a paper; no such cells |"


def test_bounds_that_hold_are_counted_by_bits_and_model(run):
    found = [line for line in TABLES["bounds"](run).splitlines() if line.startswith("|")]
    assert found[2:5] == ["| 4 | – | 1 of 1 |", "| 8 | 1 of 2 | 2 of 2 |", "| all | 1 of 2 | 3 of 3 |"]
    assert "| two | SRAM | 28.0 | 0.900 | 8.00 | 64.0 | 2.00 | 3.00 | 0.500 | no | a database |" in found


def test_library_shows_what_ours_does_not_have(run):
    adder, router = lines(TABLES["library"](run))
    assert adder.startswith("| adder | Adder | bias_adder | 28.0 | – | 32.0 | 2.00 |")
    assert router.startswith("| router | Adder | – | 28.0 |")
