"""Rendered tables: read back by an HTML parser and from Markdown, they hold the cells that were given."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.entries import squeezed

from xbar.report import render
from xbar.report.render import CODE, TEXT, WHOLE, WORDS, Section, fixed, html, interval, markdown, signed

CELL = (
    st.text(st.characters(blacklist_categories=["C", "Z"]) | st.just(" "), max_size=8)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: "\\" not in text)
)
COLUMNS = {"one": TEXT, "two|three": TEXT, "4": WHOLE}


class Reader(HTMLParser):
    """Cells by row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.cell = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.cell = tag in ("td", "th")
        if tag == "tr":
            self.rows.append([])
        if self.cell:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.cell = False

    def handle_data(self, data):
        if self.cell:
            self.rows[-1][-1] += data


@given(st.lists(st.tuples(CELL, CELL, st.integers(0, 9)), min_size=1, max_size=4))
def test_both_forms_hold_the_cells_that_were_given(rows):
    section = [Section("a <title>", COLUMNS, rows, ["a note & more"])]
    wanted = [list(COLUMNS), *([one, other, str(number)] for one, other, number in rows)]
    assert Reader(html(section)).rows == wanted
    header, _, *lines = [line for line in markdown(section).splitlines() if line.startswith("|")]
    found = [[cell.strip() for cell in line.replace("\\|", "\0")[1:-1].split("|")] for line in (header, *lines)]
    assert [[cell.replace("\0", "|") for cell in row] for row in found] == wanted


def test_long_cells_stay_whole():
    assert "x" * 300 in html([Section("t", {"a": TEXT}, [["x" * 300]])])


def test_headings_notes_and_lists():
    sections = [Section("Savings", {"n": WHOLE}, [[1]], ["5 < 6", "1. first\n2. second"])]
    text = html(sections)
    assert "<h4>Savings</h4>" in text and "<p>5 &lt; 6</p>" in text
    assert "<ol><li>first</li><li>second</li></ol>" in text
    assert squeezed(sections) == "# Savings\n\n| n |\n|----:|\n| 1 |\n\n5 < 6\n\n1. first\n2. second\n"


def test_columns_of_numbers_are_aligned_at_the_right():
    sections = [Section("t", {"a": TEXT, "b": WHOLE, "c": CODE}, [["x", 1, "y"]])]
    assert 'class="n2"' in html(sections)
    assert "|:----|----:|:----|" in markdown(sections)


def test_without_rows_there_is_one_sentence():
    section = [Section("Savings", {"n": WHOLE}, [])]
    assert html(section) == "<h4>Savings</h4>\n<p>This run has no data for this table.</p>"
    assert markdown(section) == "# Savings\n\nThis run has no data for this table.\n"


@pytest.mark.parametrize(
    ("shown", "value", "text"),
    [
        (TEXT, "", ""), (WORDS, "", "–"), (CODE, "net", "`net`"), (WHOLE, 3.0, "3"), (WHOLE, float("nan"), "–"),
        (fixed(2), 1.005, "1.00"), (fixed(1, 100), 0.1234, "12.3"), (fixed(1), None, "–"), (signed(1), 0.26, "+0.3"),
        (signed(1), -0.26, "-0.3"), (interval(1), None, "–"), (interval(1, scale=100), (0.5, 0.6), "50.0 to 60.0"),
    ],
)  # fmt: skip
def test_values_as_text(shown, value, text):
    assert shown.show(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01234, "0.012"), (0.1236, "0.124"), (1.2345, "1.23"), (9.76, "9.76"), (123456.0, "123000"), (0.0, "0.000"),
        (0.000418, "0.000418"), (-1e-5, "-0.0000100"), (0.0006, "0.001"), (float("inf"), "inf"),
        (-float("inf"), "-inf"),
    ],
)  # fmt: skip
def test_significant_digits(value, text):
    assert render.significant(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(90, 100, "90.0 to 100.0 (clipped)"), (0, 9, "0.0 to 9.0 (clipped)"), (1, 99, "1.0 to 99.0"), (100, 100, None)],
)
def test_intervals_that_were_cut_say_so(low, high, text):
    assert render.between(low, high, 1, render.PERCENT) == (text or "100.0 to 100.0")
    assert "clipped" not in render.between(low, high, 1)
    found = markdown([Section("x", {"a": interval(1, render.PERCENT)}, [[(low, high)]])])
    assert ("\n\nclipped: " in found) == ("(clipped)" in found)


@pytest.mark.parametrize(
    ("values", "text"), [([2.0, 0.0, 1.0, 1.0], "0 to 2"), ([3], "3"), ([0, 2], "0, 2"), ([], "–")]
)
def test_seeds_in_words(values, text):
    assert render.numbers_of(values) == text


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="table 'x': a row has 1 cells, the header 2"):
        markdown([Section("x", {"a": TEXT, "b": TEXT}, [["1"]])])


def test_a_long_table_shows_its_top_rows_and_says_where_all_are():
    """Largest by amount; a missing value is the smallest. Without the name of its data it is whole."""
    values = [*range(-30, 30), None]
    section = Section("t", {"n": WHOLE}, [[value] for value in values], ranked="n")
    lines = markdown([section], "cost").splitlines()
    shown = [int(line.strip("| ")) for line in lines if line.startswith("| ") and "n" not in line]
    assert sorted(shown, key=lambda value: (-abs(value), value)) == shown and set(map(abs, shown)) == set(range(25, 31))
    assert "10 of 61 rows are shown, those of the largest 'n'." in lines[2] and "[cost.csv](cost.csv)" in lines[2]
    assert markdown([section]).count("\n|") == 63 and html([section]).count("<tr>") == 62
    assert markdown([section._replace(ranked="")], "cost") == markdown([section])
    assert "rows are shown" not in markdown([section._replace(rows=section.rows[:40])], "cost")
