"""How the tables of all stages come together in one of each kind."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from xbar.tables import CLAIMS, COLLECTED, Rows, Table, check_key, read_text

PRICED = ("cost", "performance", "layer_costs")


def collect(stages: Mapping[str, Iterable[str | Path]]) -> dict[str, Rows]:
    """The rows of every table but the claims, by name; `stages`: the files of each.

    Raises ValueError, one line, for other columns or for a row that occurs twice.
    """
    found = (table for table in COLLECTED.values() if table is not CLAIMS)
    return {
        table.name: (_priced if table.name in PRICED else read_text)(stages.get(table.name, []), table)
        for table in found
    }


def _priced(paths: Iterable[str | Path], table: Table) -> Rows:
    """As `read_text`; a network that takes part in several comparisons is priced alike in each and kept once."""
    rows = list({tuple(row.items()): row for path in paths for row in read_text([path], table)}.values())
    check_key(rows, table)
    return rows
