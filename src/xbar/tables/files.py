"""Tables as CSV files, written and read; an error names the column, row or value that is not allowed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xbar.files import read_rows, write_rows
from xbar.tables.columns import Table

if TYPE_CHECKING:  # half a second, which jobs that only write a table need not pay
    import pandas as pd

Rows = list[dict[str, str]]


def write_table(path: str | Path, table: Table, rows: Iterable[Mapping[str, Any]], **fixed: Any) -> None:
    """Rows as a CSV with the table's columns, empty where a row lacks one; `fixed`: what all rows have alike.

    Raises ValueError, one line, for a row with other columns.
    """
    write_rows(path, table.names, ({**fixed, **row} for row in rows))


def read_table(path: str | Path, table: Table) -> "pd.DataFrame":
    """The table with numbers as floats, exact (empty: NaN), and everything else as text.

    Raises ValueError, one line, for other columns, for text in a column of numbers, and for a row that occurs twice.
    """
    return to_frame(read_text([path], table), table, str(path))


def read_text(paths: Iterable[str | Path], table: Table) -> Rows:
    """All rows of several files as text, in order. ValueError for other columns or for a row that occurs twice."""
    rows = [row for path in paths for row in read_rows(path, table.names, exact=True)]
    check_key(rows, table)
    return rows


def check_key(rows: Rows, table: Table) -> None:
    """Raise ValueError, one line, for a row that occurs twice."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        values = tuple(row[name] for name in table.key)
        if values in seen:
            named = ", ".join(f"{name} {row[name]}" for name in table.key if row[name] != "")
            raise ValueError(f"{table.name} table: two rows for {named}")
        seen.add(values)


def to_frame(rows: Rows, table: Table, where: str) -> "pd.DataFrame":
    """Rows of text as `read_table` gives them; ValueError for text in a column of numbers. `where`: named in it."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(table.names), dtype=str)
    for column in table.columns:
        if column.unit:
            frame[column.name] = _numbers(frame[column.name], f"{where}: column {column.name}")
    return frame


def _numbers(texts: Iterable[str], where: str) -> list[float]:
    numbers = []
    for text in texts:
        try:
            numbers.append(float(text) if text else float("nan"))  # exact, unlike pandas.to_numeric
        except ValueError:
            raise ValueError(f"{where}: '{text}' is not a number") from None
    return numbers
