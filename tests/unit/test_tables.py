"""The tables between stages: what is written is read back, and what is not as it should be is named."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from xbar import tables
from xbar.tables import ACCURACY, COLLECTED, COST, STAGE_ONLY, TRAINING, read_table, read_text, write_table
from xbar.tables.__main__ import page

PAGE = Path(__file__).parents[2] / "workflow/tables.md"
EPOCH = {"epoch": 1, "loss": 0.1 + 0.2, "train_accuracy": 0.5, "learning_rate": 0.01}


@pytest.mark.parametrize("table", [*COLLECTED.values(), *STAGE_ONLY], ids=lambda table: table.name)
def test_every_column_has_one_name_and_a_meaning_and_keys_are_columns(table):
    assert len(set(table.names)) == len(table.names) and set(table.key) <= set(table.names)
    assert table.key and all(column.meaning for column in table.columns) and table.files


def test_the_page_for_readers_is_made_from_the_tables():
    assert PAGE.read_text() == page(), "run: PYTHONPATH=src python -m xbar.tables > workflow/tables.md"


def test_numbers_survive_the_file_and_empty_ones_are_nan(tmp_path):
    write_table(tmp_path / "t.csv", TRAINING, [EPOCH], network="net", seed=3)
    found = read_table(tmp_path / "t.csv", TRAINING)
    assert tuple(found) == TRAINING.names
    (row,) = found.to_dict("records")
    assert row.pop("validation_accuracy") != 0 and found["validation_accuracy"].isna().all()
    assert row == {"network": "net", "seed": 3.0} | EPOCH


def test_a_table_may_be_empty(tmp_path):
    write_table(tmp_path / "cost.csv", COST, [])
    found = read_table(tmp_path / "cost.csv", COST)
    assert found.empty and tuple(found) == COST.names


def test_another_column_is_not_written(tmp_path):
    with pytest.raises(ValueError, match=r"t\.csv: column 'colour' is not one of network, seed"):
        write_table(tmp_path / "t.csv", TRAINING, [EPOCH | {"colour": "red"}])


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: (*c, "colour"), lambda c: (c[1], c[0], *c[2:])])
def test_other_columns_are_refused(tmp_path, change):
    with (tmp_path / "accuracy.csv").open("w", newline="") as file:
        csv.writer(file).writerow(change(ACCURACY.names))
    with pytest.raises(ValueError, match=r"accuracy\.csv: columns are .*; expected network, dataset"):
        read_table(tmp_path / "accuracy.csv", ACCURACY)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([EPOCH | {"loss": "low"}], r"t\.csv: column loss: 'low' is not a number"),
        ([EPOCH, EPOCH], "training table: two rows for network net, seed 0, epoch 1"),
    ],
)
def test_a_value_of_another_kind_and_a_row_that_occurs_twice_are_named(tmp_path, rows, message):
    write_table(tmp_path / "t.csv", TRAINING, rows, network="net", seed=0)
    with pytest.raises(ValueError, match=message) as caught:
        read_table(tmp_path / "t.csv", TRAINING)
    assert "\n" not in str(caught.value)


def test_rows_of_several_files_stay_in_order(tmp_path):
    for seed in (1, 0):
        write_table(tmp_path / f"{seed}.csv", TRAINING, [EPOCH], network="net", seed=seed)
    assert [row["seed"] for row in read_text([tmp_path / "1.csv", tmp_path / "0.csv"], TRAINING)] == ["1", "0"]


def test_writing_needs_neither_pandas_nor_torch():
    code = "import sys, xbar.tables; sys.exit(bool({'pandas', 'torch', 'numpy'} & set(sys.modules)))"
    root = Path(tables.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(root)}).returncode == 0
