"""How the tables of all stages come together in one of each kind."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from xbar.tables import CLAIMS, COLLECTED, INTERVALS, SEARCH_GAIN, Rows, read_text


def collect(stages: Mapping[str, Iterable[str | Path]]) -> dict[str, Rows]:
    """The rows of every table that stages write, by name; `stages`: the files of each.

    Claims, intervals and gains of searches follow from these tables and are left out. Raises ValueError, one line, for
    other columns or for a row that occurs twice.
    """
    found = (table for table in COLLECTED.values() if table not in (CLAIMS, INTERVALS, SEARCH_GAIN))
    return {table.name: read_text(stages.get(table.name, []), table) for table in found}
