"""Markdown as the tables write it: one header, one alignment row, equal columns everywhere."""

from collections.abc import Iterable, Sequence

import pandas as pd

NONE = "–"
PERCENT = (0.0, 100.0)  # the limits of an accuracy
CLIPPED = " (clipped)"
CLIPPED_NOTE = "clipped: the interval would reach beyond the lowest or highest value possible and ends there."


def table(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> str:
    """Heading, table and notes. Columns whose cells are all numeric are right-aligned.

    Without rows the table gives way to one sentence. A note says what clipped intervals are, where there is one.
    Raises ValueError for a row of another length.
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
    clipped = any(cell.endswith(CLIPPED) for row in rows for cell in row)
    return "\n\n".join([*parts, *notes, *clipped * [CLIPPED_NOTE]]) + "\n"


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


def between(low: float, high: float, digits: int, limits: tuple[float, float] | None = None) -> str:
    """An interval, a dash for none; it says so where it was cut at the limits of what it is an interval of."""
    if pd.isna(low) or pd.isna(high):
        return NONE
    cut = limits is not None and low < high and (low <= limits[0] or high >= limits[1])
    return f"{low:.{digits}f} to {high:.{digits}f}" + (CLIPPED if cut else "")


def interval_of(confidence: float) -> str:
    """The heading of intervals with a confidence: `95 % interval`, `97.5 % interval`."""
    return f"{100 * confidence:g} % interval"


def numbers_of(values: Iterable[float]) -> str:
    """Whole numbers as text, `0 to 4` where none is left out, else one by one; a dash for none."""
    found = sorted(set(map(int, values)))
    if len(found) > 1 and found == list(range(found[0], found[-1] + 1)):
        return f"{found[0]} to {found[-1]}"
    return ", ".join(map(str, found)) or NONE


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _numeric(cell: str) -> bool:
    return cell == NONE or cell[:1].isdigit() or (cell[:1] in "+-" and cell[1:2].isdigit())
