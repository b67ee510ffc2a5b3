"""Collected tables: the rows of all files in order, nothing twice."""

import pytest

from xbar.report.collect import collect
from xbar.tables import COLLECTED, write_table


def test_tables_of_all_stages_come_together_in_order(tmp_path, made_up):
    rows = made_up.accuracy_rows(["har-float", "har-2b-unipolar"])
    for number, part in enumerate((rows[:5], rows[5:])):
        write_table(tmp_path / f"{number}.csv", COLLECTED["accuracy"], part)
    found = collect({"accuracy": [tmp_path / "0.csv", tmp_path / "1.csv"]})
    assert found.keys() == COLLECTED.keys() - {"claims", "intervals", "search_gain"}
    assert [row["accuracy"] for row in found["accuracy"]] == [str(row["accuracy"]) for row in rows]
    assert not found["cost"]
    with pytest.raises(ValueError, match="accuracy table: two rows for network har-float, condition float, seed 0"):
        collect({"accuracy": 2 * [tmp_path / "0.csv"]})
