"""Collected tables: the rows of all files in order, nothing twice."""

import pytest

from xbar.report.collect import collect
from xbar.tables import COLLECTED, write_table


def test_tables_of_all_stages_come_together_in_order(tmp_path, made_up):
    rows = made_up.accuracy_rows(["har-float", "har-2b-unipolar"])
    for number, part in enumerate((rows[:5], rows[5:])):
        write_table(tmp_path / f"{number}.csv", COLLECTED["accuracy"], part)
    found = collect({"accuracy": [tmp_path / "0.csv", tmp_path / "1.csv"]})
    assert found.keys() == COLLECTED.keys() - {"claims"}
    assert [row["accuracy"] for row in found["accuracy"]] == [str(row["accuracy"]) for row in rows]
    assert not found["cost"]
    with pytest.raises(ValueError, match="accuracy table: two rows for network har-float, condition float, seed 0"):
        collect({"accuracy": 2 * [tmp_path / "0.csv"]})


def test_a_network_in_two_comparisons_is_priced_once(tmp_path, made_up):
    rows, cost = made_up.cost_rows({"one": made_up.COMPARISONS["har-2b"]}), COLLECTED["cost"]
    paths = [tmp_path / f"{number}.csv" for number in range(2)]
    for path in paths:
        write_table(path, cost, rows)
    assert len(collect({"cost": paths})["cost"]) == len(rows)
    write_table(paths[1], cost, [{**rows[0], "area_um2": 1.0}])
    with pytest.raises(ValueError, match="cost table: two rows for network har-2b-signed, corner signed-own"):
        collect({"cost": paths})
