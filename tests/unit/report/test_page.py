"""Tables as pages: read back by an HTML parser, they hold the cells that were given."""

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from xbar.report import contents
from xbar.report.markdown import table
from xbar.report.page import index, page
from xbar.report.tables import TABLES

CELL = (
    st.text(st.characters(blacklist_categories=["C", "Z"]) | st.just(" "), max_size=8)
    .map(str.strip)
    .filter(lambda text: "\\" not in text)
)


class Reader(HTMLParser):
    """Cells by row, and every address that the page names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.addresses: list[str] = []
        self.cell = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in ("src", "href")]
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


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=4))
def test_a_parser_finds_the_cells_that_were_written(rows):
    found = Reader(page(table("a <title>", ["one", "two|three", "4"], rows, ["a note & more"])))
    assert found.rows == [["one", "two|three", "4"], *rows]
    assert found.addresses == []


def test_every_table_of_the_report_has_a_caption_and_a_stage():
    names = [name for stage in contents.STAGES.values() for name in stage["tables"]]
    assert sorted(names) == sorted(contents.TABLES) == sorted(TABLES)
    assert all(text.endswith(".") for text in contents.TABLES.values())


def test_the_page_of_a_run_shows_its_own_figures_and_tables_only():
    stages = {"1 Claims": {"figures": ["claims"], "tables": ["claims", "search"]}}
    record = {
        "preset": "digits",
        "commit": {"hash": "0123456789abcdef", "changed_files": ["M config.yaml"]},
        "machine": {"cores": 2, "processor": "Abacus", "vector_units": "AVX2", "gpus": []},
        "time": {"cpu_s": 90.0},
    }
    text = index(record, ["Saved: 1 < 2"], stages, {"claims": table("Claims", ["n"], [["1"]])})
    read = Reader(text)
    assert read.addresses == ["figures/claims.svg", "time.svg"]
    assert read.rows == [["n"], ["1"]] and "<li>Saved: 1 &lt; 2</li>" in text
    assert "Commit: 0123456789ab with 1 files changed since. Machine: 2 cores, Abacus, AVX2." in text
    assert contents.FIGURES["claims"][:20] in text


def test_headings_notes_and_lists():
    text = page(table("Savings", ["n"], [["1"]], ["5 < 6", "1. first\n2. second"]))
    assert "<h1>Savings</h1>" in text and "<p>5 &lt; 6</p>" in text
    assert "<ol><li>first</li><li>second</li></ol>" in text
    assert '<td class="number">1</td>' in text
    assert "<p>This run has no data for this table.</p>" in page(table("Savings", ["n"], []))
