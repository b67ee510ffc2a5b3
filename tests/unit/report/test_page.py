"""The page of a run: its own figures and tables, in their stages, and nothing from elsewhere."""

import re

from xbar.report import contents
from xbar.report.contents import Entry
from xbar.report.page import index, whole

RECORD = {
    "preset": "digits",
    "commit": {"hash": "0123456789abcdef", "changed_files": ["M config.yaml"]},
    "machine": {"cores": 2, "processor": "Abacus", "vector_units": "AVX2", "gpus": []},
    "time": {"cpu_s": 90.0},
}


def test_the_page_of_a_run_shows_its_own_figures_and_tables_only():
    shown = [
        Entry("table", "claims", "verdicts", "1 Claims", "What < was claimed.", ()),
        Entry("figure", "claims", "figures.claims", "1 Claims", "At a glance.", ()),
    ]
    text = index(RECORD, ["Saved: 1 < 2"], shown, {"claims": ("Claims & more", "<table>n</table>")})
    assert re.findall(r'(?:src|href)="([^"]*)"', text) == ["figures/claims.svg", "time.svg"]
    assert "<li>Saved: 1 &lt; 2</li>" in text and "<h2>2 Networks</h2>" not in text
    summary = "<summary><b>Claims &amp; more</b> What &lt; was claimed.</summary>\n<table>n</table>"
    assert f"<details>{summary}\n</details>" in text
    assert text.index("At a glance.") < text.index(summary) < text.index(contents.TIME)
    assert "Commit: 0123456789ab with 1 files changed since. Machine: 2 cores, Abacus, AVX2." in text


def test_a_page_is_whole():
    text = whole("a <b>", "<p>c</p>")
    assert text.startswith("<!DOCTYPE html>\n") and "<title>a &lt;b&gt;</title>" in text and "<p>c</p>" in text
