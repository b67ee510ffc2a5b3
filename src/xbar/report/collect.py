"""How the tables of all stages come together in one of each kind."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from xbar.files import BROKEN
from xbar.tables import CLAIMS, COLLECTED, FINALS, INTERVALS, SEARCH_GAIN, Rows, Table, check_key, read_text


def collect(stages: Mapping[str, Iterable[str | Path]]) -> dict[str, Rows]:
    """The rows of every table that stages write, by name; `stages`: the files of each.

    Claims, intervals and gains of searches follow from these tables and are left out. Raises ValueError, one line, for
    other columns, for a file without rows, for an accuracy out of range, and for a row that occurs twice.
    """
    found = (table for table in COLLECTED.values() if table not in (CLAIMS, INTERVALS, SEARCH_GAIN))
    return {table.name: _joined(list(stages.get(table.name, [])), table) for table in found}


def _joined(paths: Sequence[str | Path], table: Table) -> Rows:
    parts = [(path, read_text([path], table)) for path in paths]
    for path, rows in parts:
        if not rows and table != FINALS:  # a search may have none
            raise ValueError(f"{path} has no rows; {BROKEN}")
        for row in rows:
            if "accuracy" in row and not _is_share(row["accuracy"]):
                raise ValueError(f"{path}: accuracy '{row['accuracy']}' is not allowed: 0 to 1; {BROKEN}")
    together = [row for _, rows in parts for row in rows]
    check_key(together, table)
    return together


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
