"""The rule of what counts: every part alone keeps a chip out, one row of a design counts, and no lender does."""

from pathlib import Path

import pytest

from xbar.files import read_rows
from xbar.savings.scope import reasons

REFERENCE = Path(__file__).parents[3] / "workflow" / "reference"
CHIPS = read_rows(REFERENCE / "chips.csv")
PRICED_NM = (7.0, 130.0)
GOOD = {
    "macro": "one", "design": "one", "kind": "silicon", "cell": "RRAM", "lends": "", "node_nm": "40",
    "supply_V": "0.9", "rows_in_parallel": "64", "input_bits": "1", "column_output": "adc", "read_ns": "10",
    "quantity": "energy_per_column",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"kind": "simulated"}, "simulated, not measured"),
        ({"quantity": "area_mm2"}, "an area, no energy"),
        ({"cell": "SRAM"}, "SRAM: no currents of cells are summed"),
        ({"lends": "ADC"}, "lends constants to the model"),
        ({"rows_in_parallel": "63"}, "fewer than 64 rows in parallel"),
        ({"node_nm": "7"}, "node 7 nm"),
        ({"node_nm": "180"}, "node 180 nm is beyond the price list"),
        ({"read_ns": ""}, "no read time published"),
        ({"column_output": "duration"}, "no converter at the column, which puts out a duration"),
        ({"supply_V": ""}, "supply unknown"),
    ],
)
def test_each_part_of_the_rule_alone_keeps_a_chip_out(changes, reason):
    assert reasons([GOOD | changes], PRICED_NM) == [reason]


def test_one_row_of_a_design_counts_and_none_of_a_lender():
    few, more, sibling = GOOD, GOOD | {"macro": "two", "input_bits": "8"}, GOOD | {"macro": "three", "input_bits": "8"}
    counts_two = "two counts for this design"
    assert reasons([few, more, sibling], PRICED_NM) == [counts_two, "", counts_two]
    assert reasons([more, more | {"quantity": "tops_per_W"}], PRICED_NM)[1].startswith("the energy_per_column of")
    lender = GOOD | {"macro": "four", "lends": "DAC"}
    assert set(reasons([few, lender], PRICED_NM)) == {"lends constants to the model"}


def test_the_published_chips_that_count():
    """Of all rows with their source, at most one of a design; the list is what the rule gave before a prediction."""
    found = reasons(CHIPS, PRICED_NM)
    counted = [chip for chip, reason in zip(CHIPS, found, strict=True) if not reason]
    assert [chip["macro"] for chip in counted] == [
        "hermes", "correll-mlc-rram", "liu-2t2r", "deaville-mram-21", "deaville-mram-22", "yin-rram-90",
        "spetalnick-23", "mochida-40",
    ]  # fmt: skip
    assert len({chip["design"] for chip in counted}) == len(counted)
    assert all(chip["source"] for chip in CHIPS)
    keys = [(chip["macro"], chip["quantity"]) for chip in CHIPS]
    assert len(set(keys)) == len(keys)


def test_frozen_assumptions_are_alike_and_marked():
    """One full scale, mean weight, input and read voltage for all chips; only MRAM has a current of its own."""
    found = [chip for chip, reason in zip(CHIPS, reasons(CHIPS, PRICED_NM), strict=True) if not reason]
    for chip in found:
        assumed = set(chip["assumed"].split())
        assert {"on_ns", "g_max_uS", "weight_mean", "activity", "read_voltage_V"} <= assumed
        assert assumed <= set(chip)
        assert chip["read_voltage_V"] == "0.2" and chip["on_ns"] == chip["read_ns"]
        assert chip["activity"] == ("0.5" if chip["input_bits"] == "1" else "0.27")
        if chip["cell"] == "MRAM":
            on, off = 1e3 / 6, 1e3 / 12
            assert float(chip["g_max_uS"]) == pytest.approx(on, rel=1e-3)
            assert float(chip["weight_mean"]) == pytest.approx((on + off) / 2 / on)
        else:
            assert chip["g_max_uS"] == "25" and chip["weight_mean"] in ("0.27", "0.5")
