"""The published tables and the columns that a run writes today."""

from pathlib import Path

REPORT = Path(__file__).parents[2] / "results/reference"
APART = ("tables/benchmarks", "tables/faults")  # made on demand, by campaigns of their own


def tables(report):
    found = (path.relative_to(report).as_posix() for path in [*report.glob("*.csv"), *report.glob("tables/*.csv")])
    return {name for name in found if not name.startswith(APART)}


def header(path):
    return path.read_text().splitlines()[0]


def test_committed_tables_have_the_columns_that_a_fresh_run_writes(finished):
    fresh = finished.folder / "results/report"
    assert tables(REPORT) == tables(fresh)
    for name in tables(fresh):
        assert header(REPORT / name) == header(fresh / name), name
