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
    with pytest.raises(ValueError, match=r"accuracy\.csv has no rows; replace it, or remove it"):
        collect({"accuracy": [_empty(tmp_path, "accuracy")]})
    assert not collect({"finals": [_empty(tmp_path, "finals")]})["finals"]  # a search may have none
    for wrong in ("93.05", "nan", "", "0,93"):
        write_table(tmp_path / "2.csv", COLLECTED["accuracy"], [rows[0] | {"accuracy": wrong}])
        with pytest.raises(ValueError, match=rf"2\.csv: accuracy '{wrong}' is not allowed: 0 to 1; replace it"):
            collect({"accuracy": [tmp_path / "2.csv"]})
    with pytest.raises(ValueError, match="accuracy table: two rows for network har-float, condition float, seed 0"):
        collect({"accuracy": 2 * [tmp_path / "0.csv"]})


def _empty(folder, name):
    write_table(folder / f"{name}.csv", COLLECTED[name], [])
    return folder / f"{name}.csv"
