"""Collected tables: exact columns, nothing twice, numbers as numbers."""

import csv

import pytest

from xbar.chips import evaluate
from xbar.chips.evaluate import CONFUSION_COLUMNS
from xbar.circuit import conditions, corners, macros, sensitivity, textbook
from xbar.hardware import wires
from xbar.network import measure
from xbar.report.collect import TABLES, collect, collect_costs, collect_runs, read_table
from xbar.search import choice
from xbar.training.loop import HISTORY_COLUMNS


def write(path, columns, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(columns), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_accuracy_survives_the_files(tmp_path, made_up):
    rows = made_up.accuracy_rows(["har-float", "har-2b-unipolar"])
    columns = TABLES["accuracy"].columns
    halves = [write(tmp_path / f"{i}.csv", columns, part) for i, part in enumerate((rows[:5], rows[5:]))]
    collected = collect("accuracy", halves)
    table = read_table("accuracy", write(tmp_path / "all.csv", columns, collected))
    assert [list(row) for row in collected] == [list(columns)] * len(rows)
    assert table["accuracy"].tolist() == [row["accuracy"] for row in rows]
    assert table["network"].tolist() == [row["network"] for row in rows]
    assert table.loc[table["network"] == "har-float", "weight_bits"].isna().all()


WRITTEN = {  # by the stages; a network and a seed in front come from the folders of a file
    "accuracy": evaluate.ACCURACY_COLUMNS,
    "training": ("network", "seed", *HISTORY_COLUMNS),
    "layers": ("network", "seed", *measure.COLUMNS),
    "cost": corners.COST_COLUMNS,
    "performance": corners.PERFORMANCE_COLUMNS,
    "layer_costs": corners.LAYER_TOTAL_COLUMNS,
    "variants": evaluate.VARIANT_COLUMNS,
    "errors": evaluate.ERROR_COLUMNS,
    "wires": ("network", "seed", *wires.ERROR_COLUMNS),
    "confusion": ("network", "seed", *CONFUSION_COLUMNS),
    "sensitivity": sensitivity.COLUMNS,
    "conditions": conditions.COLUMNS,
    "validation": macros.COLUMNS,
    "steps": textbook.STEP_COLUMNS,
    "textbook": textbook.INDEPENDENT_COLUMNS,
    "search": choice.COLUMNS,
}


@pytest.mark.parametrize("name", WRITTEN)
def test_columns_are_those_that_the_stages_write(name):
    assert TABLES[name].columns == WRITTEN[name]
    assert {*TABLES[name].numbers, *TABLES[name].key} <= set(TABLES[name].columns)


def test_every_table_but_that_of_the_verdicts_is_written_by_a_stage():
    assert set(TABLES) - set(WRITTEN) == {"claims"}
    assert ",".join(TABLES["claims"].columns[:12]) == (
        "claim,paper_version,quantity,paper,ours,low,high,n,unit,verdict,artefact,dataset"
    )


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: (*c, "colour"), lambda c: (c[1], c[0], *c[2:])])
def test_other_columns_are_refused(tmp_path, made_up, change):
    columns = change(TABLES["accuracy"].columns)
    path = write(tmp_path / "accuracy.csv", columns, made_up.accuracy_rows(["har-float"]))
    with pytest.raises(ValueError, match=r"accuracy\.csv: columns are .*; expected network, dataset"):
        collect("accuracy", [path])


def test_a_row_that_occurs_twice_is_refused(tmp_path, made_up):
    path = write(tmp_path / "accuracy.csv", TABLES["accuracy"].columns, made_up.accuracy_rows(["har-float"]))
    with pytest.raises(ValueError, match="accuracy table: two rows for network har-float, condition float, seed 0"):
        collect("accuracy", [path, path])


def test_network_and_seed_come_from_the_folders(tmp_path, made_up):
    rows = [row for row in made_up.training_rows(["har-float"]) if row["seed"] == 2]
    path = write(tmp_path / "har-float" / "seed2" / "history.csv", TABLES["training"].columns[2:], rows)
    collected = collect_runs("training", [path])
    assert tuple(collected[0]) == TABLES["training"].columns
    assert {(row["network"], row["seed"]) for row in collected} == {("har-float", "2")}
    with pytest.raises(ValueError, match=r"expected a file in a folder \{network\}/seed\{seed\}/"):
        collect_runs("training", [write(tmp_path / "x" / "y" / "history.csv", TABLES["training"].columns[2:], rows)])


def test_a_network_in_two_comparisons_is_priced_once(tmp_path, made_up):
    columns, rows = TABLES["cost"].columns, made_up.cost_rows({"one": made_up.COMPARISONS["har-2b"]})
    paths = [write(tmp_path / f"{i}.csv", columns, rows) for i in range(2)]
    assert len(collect_costs("cost", paths)) == len(rows)
    dearer = write(tmp_path / "dearer.csv", columns, [{**rows[0], "area_um2": 1.0}])
    with pytest.raises(ValueError, match="cost table: two rows for network har-2b-signed, corner signed-own"):
        collect_costs("cost", [paths[0], dearer])


def test_text_among_numbers_is_named(tmp_path, made_up):
    rows = [{**row, "accuracy": "good"} for row in made_up.accuracy_rows(["har-float"])]
    path = write(tmp_path / "accuracy.csv", TABLES["accuracy"].columns, rows)
    with pytest.raises(ValueError, match=r"accuracy\.csv: column accuracy: 'good' is not a number"):
        read_table("accuracy", path)


def test_a_table_may_be_empty(tmp_path):
    table = read_table("cost", write(tmp_path / "cost.csv", TABLES["cost"].columns, []))
    assert table.empty and list(table) == list(TABLES["cost"].columns)


@pytest.mark.parametrize("columns", [TABLES["cost"].columns[:-1], (*TABLES["cost"].columns, "colour")])
def test_an_empty_table_of_other_columns_is_refused(tmp_path, columns):
    path = write(tmp_path / "cost.csv", columns, [])
    for read in (lambda: read_table("cost", path), lambda: collect("cost", [path])):
        with pytest.raises(ValueError, match=r"cost\.csv: columns are .*; expected network, dataset"):
            read()
