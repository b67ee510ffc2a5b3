"""Markdown as the tables write it: one header, one alignment row, equal columns everywhere."""

from collections.abc import Sequence

import pandas as pd

NONE = "–"


def table(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> str:
    """Heading, table and notes. Columns whose cells are all numeric are right-aligned.

    Without rows the table gives way to one sentence. Raises ValueError for a row of another length.
    """
    for row in rows:
        if len(row) != len(headers):
            raise ValueError(f"table '{title}': a row has {len(row)} cells, the header {len(headers)}")
    parts = [f"# {title}"]
    if rows:
        right = [all(_numeric(row[i]) for row in rows) for i in range(len(headers))]
        lines = [_line(headers), _line(["--:" if is_right else "---" for is_right in right])]
        parts.append("\n".join(lines + [_line(row) for row in rows]))
    else:
        parts.append("This run has no data for this table.")
    return "\n\n".join([*parts, *notes]) + "\n"


def number(value: float, digits: int) -> str:
    """A rounded number, a dash for none."""
    return NONE if pd.isna(value) else f"{value:.{digits}f}"


def significant(value: float, digits: int = 3) -> str:
    """A number to so many significant digits without an exponent, a dash for none."""
    if pd.isna(value):
        return NONE
    rounded = float(f"{value:.{digits}g}")
    decimals = max(0, digits - len(str(int(abs(rounded))))) if abs(rounded) >= 1 else digits
    return f"{rounded:.{decimals}f}"


def between(low: float, high: float, digits: int) -> str:
    """An interval, a dash for none."""
    return NONE if pd.isna(low) or pd.isna(high) else f"{low:.{digits}f} to {high:.{digits}f}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _numeric(cell: str) -> bool:
    return cell == NONE or cell[:1].isdigit() or (cell[:1] in "+-" and cell[1:2].isdigit())
