"""Tables of layers: one network of many and its seeds, and tables that people write."""

from pathlib import Path

import pytest

from xbar.circuit.layers import is_of_a_run, measured_layers, written_layers
from xbar.circuit.priced import layers_of
from xbar.files import read_rows
from xbar.tables import LAYERS, write_table

PUBLISHED = Path(__file__).parents[3] / "results/reference/tables/layers.csv"
WRITTEN = "rows, columns, products, activity\n162,64,32,\n576,128,16,0.5\n"


def written(tmp_path, text):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    return path


def refusal(function, *arguments):
    with pytest.raises(ValueError) as refused:
        function(*arguments)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_network_is_chosen_with_all_its_seeds():
    rows = [row for row in read_rows(PUBLISHED) if row["network"] == "har-2b-signed"]
    found = measured_layers([PUBLISHED], "har-2b-signed")
    assert (found.network, found.seeds) == ("har-2b-signed", len(rows) // 3)
    assert found.layers.rows.tolist() == [162, 576, 512] and found.layers.mvms.tolist() == [32, 16, 1]
    means = [sum(float(row["activity"]) for row in rows if row["layer"] == layer) / found.seeds for layer in "012"]
    assert found.layers.activity == pytest.approx(means)


def test_several_files_are_the_seeds_of_one_network_in_any_order_of_rows(tmp_path):
    rows = [row for row in read_rows(PUBLISHED) if row["network"] == "har-2b-signed"]
    seeds = [[row for row in rows if row["seed"] == seed] for seed in "01"]
    for seed, of_seed in enumerate(seeds):
        write_table(tmp_path / f"{seed}.csv", LAYERS, reversed(of_seed))
    found = measured_layers([tmp_path / "0.csv", tmp_path / "1.csv"], None)
    assert found.layers.weight_mean == pytest.approx(layers_of(seeds).weight_mean) and found.seeds == 2


def test_what_a_table_of_a_run_cannot_give():
    assert "layers.csv holds several networks; name one of har-float, " in refusal(measured_layers, [PUBLISHED], None)
    assert "holds no network 'x'; there are har-float, " in refusal(measured_layers, [PUBLISHED], "x")
    assert "har-float is a network in floating point" in refusal(measured_layers, [PUBLISHED], "har-float")


def test_a_table_given_twice_does_not_count_every_layer_twice():
    said = refusal(measured_layers, [PUBLISHED, PUBLISHED], "har-2b-signed")
    assert "har-2b-signed: layers of seed 0 are 0, 1, 2, 0, 1, 2; needed is each once, counted from 0" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rows": "nan"}, "rows nan of layer 0 is not allowed: at least 1"),
        ({"current_range": "nan"}, "range_use nan of layer 0 is not allowed: at least 0"),
        ({"layer": "x"}, "layers of seed 0 are x, 1, 2; needed is each once, counted from 0"),
    ],
)
def test_impossible_numbers_of_a_table_of_a_run(tmp_path, changes, said):
    first, *rest = [row for row in read_rows(PUBLISHED) if row["network"] == "har-2b-signed" and row["seed"] == "0"]
    write_table(tmp_path / "0.csv", LAYERS, [first | changes, *rest])
    assert f"0.csv: har-2b-signed: {said}" in refusal(measured_layers, [tmp_path / "0.csv"], None)


def test_a_short_table_takes_what_it_lacks_from_its_defaults(tmp_path):
    path = written(tmp_path, WRITTEN)
    found = written_layers(path, weight_mean=0.3, activity=0.25)
    assert not is_of_a_run(path) and is_of_a_run(PUBLISHED)
    assert [values.tolist() for values in (found.rows, found.columns, found.mvms)] == [[162, 576], [64, 128], [32, 16]]
    assert found.activity.tolist() == [0.25, 0.5] and found.weight_mean.tolist() == [0.3, 0.3]
    assert found.kernel_area.tolist() == found.range_use.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "mine.csv has no header"),
        ("rows,columns,products\n", "mine.csv holds no layers"),
        ("rows,columns\n1,2\n", "mine.csv: columns products are missing; needed are rows, columns, products"),
        ("rows;columns;products\n1;2;3\n", "mine.csv: semicolons separate its fields; allowed are commas"),
        ("rows,columns,products,bits\n1,2,3,4\n", "mine.csv: nothing reads column 'bits'; allowed are rows, columns, "),
        ("rows,columns,products\n8,2,1\n9,x,1\n", "mine.csv:3: columns 'x' is not a number"),
        ("rows,columns,products\n8,,1\n", "mine.csv:2: columns '' is not a number"),
        ("rows,columns,products\n8.5,2,1\n", "mine.csv:2: rows 8.5 is not allowed: whole numbers from 1"),
        (
            "rows,columns,products\n1e15,2,1\n",
            "rows 1e15 is not allowed: whole numbers from 1 to 999,999,999",
        ),
        (
            "rows,columns,products,kernel_area\n10,2,1,9\n",
            "rows 10 is not allowed: multiples of kernel_area 9",
        ),
        ("rows,columns,products\n8,2,0\n", "mine.csv:2: products 0 is not allowed: whole numbers from 1"),
        ("rows,columns,products\ninf,2,1\n", "mine.csv:2: rows inf is not allowed"),
        ("rows,columns,products,activity\n8,2,1,nan\n", "mine.csv:2: activity nan is not allowed: 0 to 1"),
    ],
)
def test_a_short_table_is_refused_in_one_line(tmp_path, text, said):
    assert said in refusal(written_layers, written(tmp_path, text), 0.3, 0.25)


def test_a_column_that_is_there_twice_is_named_and_no_empty_list_follows(tmp_path):
    said = refusal(is_of_a_run, written(tmp_path, "rows,columns,products,rows\n8,2,1,8\n"))
    assert said.endswith("mine.csv: column 'rows' is there twice; allowed is once")
