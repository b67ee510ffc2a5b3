"""What was claimed before this run: by the paper, and by the first report of this project."""

from pathlib import Path

from xbar.files import number_of, read_by_line

PAPER_COLUMNS = ("claim", "paper_version", "quantity", "paper", "unit", "where", "source")
FIRST_COLUMNS = ("comparison", "area_saving", "energy_saving", "source")
Rows = list[dict[str, str]]


def read_paper(path: str | Path) -> Rows:
    """The rows of claims.csv; ValueError, one line, for other columns and for a claim that is no number."""
    return _read(path, PAPER_COLUMNS, ("paper",))


def read_first_round(path: str | Path) -> Rows:
    """The rows of first_round.csv, savings as shares; ValueError, one line, for other columns and for no number."""
    return _read(path, FIRST_COLUMNS, ("area_saving", "energy_saving"))


def _read(path: str | Path, columns: tuple[str, ...], numbers: tuple[str, ...]) -> Rows:
    rows = read_by_line(path, columns)
    for line, row in rows.items():
        for name in numbers:
            number_of(row[name], f"{path}:{line}: {name}")
    return list(rows.values())
