"""What was claimed before is read whole, or refused in one line with its place."""

import pytest
from support.savings import REFERENCE

from xbar.savings.conditions import targets_of
from xbar.savings.paper import FIRST_COLUMNS, PAPER_COLUMNS, read_first_round, read_paper

READERS = [(read_paper, "claims.csv", PAPER_COLUMNS), (read_first_round, "first_round.csv", FIRST_COLUMNS)]


@pytest.mark.parametrize(("read", "name", "columns"), READERS)
def test_tables_of_the_project_have_these_columns(read, name, columns):
    rows = read(REFERENCE / name)
    assert len(rows) == len((REFERENCE / name).read_text().splitlines()) - 1
    assert all(tuple(row) == columns for row in rows)


@pytest.mark.parametrize(("read", "name", "columns"), READERS)
def test_empty_columns_and_rows_of_a_spreadsheet_change_nothing(tmp_path, read, name, columns):
    lines = (REFERENCE / name).read_text().splitlines()
    (tmp_path / name).write_text("".join(f"{line},,\n" for line in [*lines, "," * (len(columns) - 1)]))
    assert read(tmp_path / name) == read(REFERENCE / name)


@pytest.mark.parametrize(("old", "new", "told"), [
    (",80.0,%", ",80 %,%", r":\d+: paper: '80 %' is not a number$"),
    ("paper_version", "version", r": has no column paper_version|column"),
])  # fmt: skip
def test_a_faulty_claim_is_one_line_with_its_place(tmp_path, old, new, told):
    path = tmp_path / "claims.csv"
    path.write_text((REFERENCE / "claims.csv").read_text().replace(old, new))
    with pytest.raises(ValueError, match=told) as refused:
        read_paper(path)
    assert str(refused.value).startswith(str(path)) and "\n" not in str(refused.value)


def test_targets_are_the_two_that_are_needed():
    claims = read_paper(REFERENCE / "claims.csv")
    more = [*claims, claims[0] | {"claim": "power-saving", "paper_version": "v3", "paper": "30.0"}]
    assert targets_of(more, "v3") == targets_of(claims, "v3") == {"area_saving": 0.8, "energy_saving": 0.45}
