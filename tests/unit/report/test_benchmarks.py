"""The benchmarks' table and figure from rows as the benchmarks write them."""

import pandas as pd
import pytest
from support.entries import squeezed

from xbar.report.benchmarks import benchmarks, read_benchmarks
from xbar.report.figures.benchmarks import benchmarks as figure
from xbar.report.figures.style import theme

COLUMNS = "case,subject,batch,threads,pairs,ratio_median,ratio_low,ratio_high,peak_mb"
STEPS = f"""{COLUMNS},float_step_ms,version,torch,commit,machine
step of net-a,xbar,64,1,7,1.234,1.1,1.4,321,9.5,,2.13.0,abc,x86_64
step of net-a,rival,64,1,7,2.5,2.25,3.125,400,9.5,0.1,2.13.0,abc,x86_64
step of net-b,xbar,512,1,7,1.5,1.5,1.5,321,9.5,,2.13.0,abc,x86_64
"""
CHIPS = f"""{COLUMNS}
chip of net-a,float pass of net-f,500,1,7,0.987,0.9,1.1,
10 chips of net-a,,500,1,,,,,876.4
"""


@pytest.fixture
def rows(tmp_path):
    for name, text in (("steps.csv", STEPS), ("chips.csv", CHIPS)):
        (tmp_path / name).write_text(text)
    return read_benchmarks([str(tmp_path / "steps.csv"), str(tmp_path / "chips.csv")])


def test_the_table_holds_every_row_and_what_it_was_made_with(rows):
    text = squeezed([benchmarks(rows)])
    assert "| case | subject | reference | batch | ratio | low to high | pairs | peak memory (MB) |\n" in text
    assert "| step of net-a | xbar | plain float torch | 64 | 1.23 | 1.10 to 1.40 | 7 | 321 |" in text
    assert "| step of net-a | rival 0.1 | plain float torch | 64 | 2.50 | 2.25 to 3.12 | 7 | 400 |" in text
    assert "| chip of net-a | one chip | float pass of net-f | 500 | 0.99 | 0.90 to 1.10 | 7 | – |" in text
    assert "| 10 chips of net-a | – | – | 500 | – | – | – | 876 |" in text
    assert text.count("step: x86_64; torch 2.13.0; commit abc.") == 1


def test_rows_of_several_machines_or_versions_say_which(rows):
    populations = rows.iloc[[0]].assign(
        case="population of 2 net-a", subject="as one network, over one by one", torch="2.15.0", machine="aarch64"
    )
    both = pd.concat([rows, populations], ignore_index=True)
    text = squeezed([benchmarks(both)])
    assert "| peak memory (MB) | torch | machine |" in text
    last = "1.50 | 1.50 to 1.50 | 7 | 321 | 2.13.0 | x86_64 |\n"
    assert f"| step of net-b | xbar | plain float torch | 512 | {last}" in text
    assert "| population of 2 net-a | as one network | one by one | 64 |" in text and "| 2.15.0 | aarch64 |" in text
    assert "| 876 | – | – |" in text  # a table without these columns
    assert "| torch | machine |" not in squeezed([benchmarks(both.assign(torch="2.13.0", machine="x86_64"))])


def test_the_figure_shows_each_median_at_its_place(rows):
    with theme():
        drawn = figure(rows)
    left, right = drawn.axes
    assert [panel.get_title("left") for panel in drawn.axes] == ["net-a", "net-b"]
    medians = {line.get_xdata()[0] for line in left.lines if len(line.get_xdata()) == 1}
    assert medians == {1.234, 2.5}
    assert {line.get_xdata()[0] for line in right.lines if len(line.get_xdata()) == 1} == {1.5}


def test_without_steps_the_figure_says_so(rows):
    with theme():
        drawn = figure(rows[rows["case"].str.startswith("chip")])
    assert "steps.py" in drawn.axes[0].texts[0].get_text()
