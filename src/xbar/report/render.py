"""Tables of the report as Markdown and as HTML: rows of values, and how each column shows them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from math import floor, isinf, log10
from typing import Any, NamedTuple

import pandas as pd

NONE = "–"
PERCENT = (0.0, 100.0)  # the limits of an accuracy
CLIPPED = " (clipped)"
CLIPPED_NOTE = "clipped: the interval would reach beyond the lowest or highest value possible and ends there."
LONG, TOP = 40, 10  # a table of more rows is shown by its top ones in Markdown, as a whole in CSV and on the page
NO_ROWS = "This run has no data for this table."


class Format(NamedTuple):
    """How a column is shown: `show` turns a value into text; columns of numbers are aligned at the right."""

    show: Callable[[Any], str]
    right: bool = True


class Section(NamedTuple):
    """A table with its heading. `columns`: how each is shown, by header; `rows`: their values, in that order.

    `notes`: paragraphs and numbered lists below the table. `lead`: its question and its answer, above it. `ranked`: the
    header of the column by whose largest amounts a short form chooses its rows; without it a table is never short.
    """

    title: str
    columns: Mapping[str, Format]
    rows: Sequence[Sequence[Any]]
    notes: Sequence[str] = ()
    lead: str = ""
    ranked: str = ""

    def short(self) -> "Section":
        """The table itself, or of a long one the TOP rows of the largest amounts in the column `ranked`."""
        if len(self.rows) <= LONG or not self.ranked:
            return self
        place = list(self.columns).index(self.ranked)
        return self._replace(rows=sorted(self.rows, key=lambda row: -_amount(row[place]))[:TOP])

    def frame(self) -> pd.DataFrame:
        """The cells as text. ValueError for a row that has more or fewer than the header."""
        for row in self.rows:
            if len(row) != len(self.columns):
                header = len(self.columns)
                raise ValueError(f"table '{self.title}': a row has {len(row)} cells, the header {header}")
        shown = enumerate(self.columns.items())
        return pd.DataFrame({header: [of.show(row[place]) for row in self.rows] for place, (header, of) in shown})

    def texts(self) -> list[str]:
        """The notes, and what clipped intervals are, where there is one."""
        is_clipped = any(cell.endswith(CLIPPED) for row in self.frame().to_numpy() for cell in row)
        return [*self.notes, *([CLIPPED_NOTE] if is_clipped else [])]


def sections_of(made: Section | Sequence[Section]) -> list[Section]:
    """What a table's function returns, one section or several, as a list."""
    return [made] if isinstance(made, Section) else list(made)


def markdown(sections: Iterable[Section], data: str = "") -> str:
    """The tables of an entry under their headings, with their notes. `data`: name of the CSV with all rows.

    Without it, long tables are whole.
    """
    return "\n".join(_markdown(section.short(), section, data) if data else _markdown(section) for section in sections)


def _amount(value: Any) -> float:
    return -1.0 if value is None or pd.isna(value) else abs(float(value))


def _markdown(section: Section, whole: Section | None = None, data: str = "") -> str:
    """`whole`: the table of which the section holds the top rows."""
    frame = section.frame()
    parts = [f"# {section.title}", NO_ROWS]
    if len(frame):
        escaped = frame.map(lambda cell: cell.replace("|", "\\|").replace("\n", " "))
        sides = ["right" if column.right else "left" for column in section.columns.values()]
        headers = [header.replace("|", "\\|") for header in frame]
        parts[1] = escaped.to_markdown(index=False, headers=headers, disable_numparse=True, colalign=sides)
        parts[1:1] = filter(None, [section.lead])
        if whole and len(whole.rows) > len(section.rows):
            shown = f"{len(frame)} of {len(whole.rows)} rows are shown, those of the largest '{section.ranked}'."
            parts.insert(-1, f"{shown} All rows: index.html. Data: [{data}.csv]({data}.csv).")
    return "\n\n".join([*parts, *section.texts()]) + "\n"


def html(sections: Iterable[Section]) -> str:
    """The same for a browser; columns of numbers are named in the table's class, which `xbar.report.look` aligns."""
    return "\n".join(_html(section) for section in sections)


def _html(section: Section) -> str:
    parts = [f"<h4>{escape(section.title)}</h4>", f"<p>{NO_ROWS}</p>"]
    if len(section.rows):
        parts[1] = _box(section)
        parts[1:1] = map(_paragraph, filter(None, [section.lead]))
    if notes := "\n".join(map(_paragraph, section.texts())):
        parts.append(f"<details><summary>Notes on this table</summary>\n{notes}\n</details>")
    return "\n".join(parts)


def _box(section: Section) -> str:
    """The table alone, in a box that scrolls; the keyboard reaches it."""
    frame = section.frame()
    places = " ".join(f"n{place}" for place, column in enumerate(section.columns.values(), 1) if column.right)
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in frame)
    rows = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in frame.to_numpy())
    return (
        f'<div class="box" role="region" aria-label="{escape(section.title)}" tabindex="0"><table class="{places}">\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _cell(text: str) -> str:
    if len(text) > 2 and text[0] == text[-1] == "`":
        return f"<td><code>{escape(text[1:-1])}</code></td>"
    return f"<td>{escape(text)}</td>"


def _paragraph(text: str) -> str:
    lines = [line.partition(". ") for line in text.splitlines()]
    if all(number.isdigit() and dot for number, dot, _ in lines):
        return "<ol>" + "".join(f"<li>{escape(words)}</li>" for _, _, words in lines) + "</ol>"
    return f"<p>{escape(text)}</p>"


# How cells are shown; a value that is missing is a dash


def _or_none(show: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: NONE if value is None or pd.isna(value) else show(value)


TEXT = Format(lambda value: str(value), right=False)
WORDS = Format(lambda value: str(value) if value else NONE, right=False)  # a dash for no words
CODE = Format(lambda value: f"`{value}`", right=False)
WHOLE = Format(_or_none(lambda value: f"{value:.0f}"))
SIGNIFICANT = Format(lambda value: significant(value))


def fixed(digits: int, scale: float = 1.0) -> Format:
    """So many decimals of `scale` times the value."""
    return Format(_or_none(lambda value: f"{scale * value:.{digits}f}"))


def signed(digits: int, scale: float = 1.0) -> Format:
    """As `fixed`, with a sign."""
    return Format(_or_none(lambda value: f"{scale * value:+.{digits}f}"))


def interval(digits: int, limits: tuple[float, float] | None = None, scale: float = 1.0) -> Format:
    """A pair of numbers or none, `1.0 to 2.0`; `(clipped)` is appended where it was cut to `limits`."""
    return Format(lambda ends: NONE if ends is None else between(scale * ends[0], scale * ends[1], digits, limits))


def significant(value: float | None, digits: int = 3) -> str:
    """A number to so many significant digits without an exponent, a dash for none.

    Below 1 it has so many decimals, and more where these would be zeros alone.
    """
    if value is None or pd.isna(value):
        return NONE
    if isinf(value):
        return f"{value:g}"
    rounded = float(f"{value:.{digits}g}")
    decimals = max(0, digits - len(str(int(abs(rounded))))) if abs(rounded) >= 1 else digits
    shown = f"{rounded:.{decimals}f}"
    return f"{rounded:.{digits - 1 - floor(log10(abs(rounded)))}f}" if rounded and float(shown) == 0 else shown


def between(low: float, high: float, digits: int, limits: tuple[float, float] | None = None) -> str:
    """An interval, a dash for none; `(clipped)` is appended where it was cut to `limits`."""
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
