"""The page of a run: its parts in order, its own figures and tables, and nothing from elsewhere."""

import re

import pytest

from xbar.report import contents
from xbar.report.contents import ABSENT, Entry
from xbar.report.inline import inline
from xbar.report.look import whole
from xbar.report.own import own_networks
from xbar.report.page import Shown, index
from xbar.report.render import NO_ROWS, TEXT, Section, fixed, html

RECORD = {
    "preset": "digits",
    "commit": {"hash": "0123456789abcdef", "changed_files": ["M config.yaml"]},
    "machine": {"cores": 2, "processor": "Abacus", "vector_units": "AVX2", "gpus": []},
    "time": {"cpu_s": 90.0},
    "packages": {"numpy": "2.0"},
    "seeds": {"one": [0, 1], "two": [0]},
    "config": {"networks": {"one": {"dataset": "digits"}, "two": {"dataset": "har"}}, "run": {"comparisons": ["a"]}},
}
SVG = (
    '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-" "http://www.w3.org/svg11.dtd">\n<svg'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" width="504.0pt" height="9pt" viewBox="0 0 504 9">\n <g id="axes_1">\n'
    '  <path id="m1" d="M 1.23456 2"/><use xlink:href="#m1" clip-path="url(#p2)"/>\n  <text>{}</text>\n </g>\n</svg>\n'
)
SHOWN = Shown(
    [
        Entry("table", "claims", "verdicts", "1 Claims", "What < was claimed.", ()),
        Entry("table", "mine", "verdicts", "4 Costs", "In no question.", ()),
        Entry("figure", "claims", "figures.claims", "1 Claims", "At a glance.", ()),
        Entry("figure", "search", "figures.search", "2 Networks", "How it went.", ()),
        Entry("figure", "front", "figures.search", "2 Networks", "Never drawn.", ()),
    ],
    {"claims": SVG.format("A claim"), "search": SVG.format("work"), "front": SVG.format(ABSENT)},
    {"claims": ("Claims & more", "<table>n</table>"), "mine": ("Mine", "<table>m</table>")},
)


def page(**changed):
    given = {"record": RECORD, "found": ["Saved: 1 < 2"], "shown": SHOWN, "time": SVG.format("a job"), "own": []}
    return index(**given | changed)


def test_parts_stand_in_order_and_the_network_of_the_user_only_where_there_is_one():
    heads = ["run", "claims", "limits", "all", "provenance"]
    assert re.findall(r'<h2 id="(\w+)">', page()) == heads
    own = page(own=[Section("Mine", {"a": TEXT}, [["b"]])])
    assert re.findall(r'<h2 id="(\w+)">', own) == [*heads[:2], "own", *heads[2:]] and "<td>b</td>" in own
    assert "trained 2 networks on digits, har, in 3 trainings" in own and "priced 1 comparison of" in own


def test_every_figure_and_table_stands_once_and_what_is_empty_is_named():
    text = page()
    assert re.findall(r'id="figure-(\w+)"', text) == ["claims", "search", "time"]
    assert re.findall(r'id="table-(\w+)"( open)?', text) == [("claims", " open"), ("mine", "")]
    assert "This run has no data for: figure front." in text
    summary = "<summary><b>Claims &amp; more</b> What &lt; was claimed.</summary>\n<table>n</table>"
    assert text.index("At a glance.") < text.index(summary) < text.index("How it went.") < text.index(contents.TIME)
    assert "<li>Saved: 1 &lt; 2</li>" in text and "1.5 min" in text and "numpy 2.0" in text
    assert "Commit: 0123456789ab with 1 files changed since. Machine: 2 cores, Abacus, AVX2." in text


def test_a_table_without_rows_is_not_shown():
    empty = Shown(SHOWN.entries[:1], {}, {"claims": ("Claims", f"<p>{NO_ROWS}</p>")})
    assert "table-claims" not in (text := page(shown=empty)) and "no data for: table claims." in text


def test_the_page_asks_no_address_for_anything():
    text = page()
    assert not re.search(r"""(?:src|srcset|@import|xmlns\S*|DOCTYPE svg)\s*=?\s*["'(]?http|url\((?!#)""", text)
    assert set(re.findall(r'href="([^#][^"]*)"', text)) == {"https://arxiv.org/abs/1910.13850", "provenance.json"}


def test_two_figures_on_a_page_do_not_disturb_each_other():
    text = inline(SVG.format("work"), "one", "Says < more")
    assert '<path id="one-m1" d="M 1.23 2"/><use href="#one-m1" clip-path="url(#one-p2)"/>' in text
    assert text.startswith('<div class="figure wide" style="max-width:9.45in"><svg role="img"')
    assert "axes_1" not in text and 'aria-label="Says &lt; more"' in text and "<text>work</text>" in text
    with pytest.raises(ValueError, match="figure 'two': its SVG has no width"):
        inline("<svg>", "two", "")


def test_only_coordinates_are_shortened_and_what_is_read_keeps_every_digit():
    """Ticks at 0.954 and 0.956 would both read 0.95; a glyph of scale 0.004 would vanish."""
    svg = SVG.format(
        '0.954 mm² id="m1"</text><g transform="translate(1.23456 2) scale(0.004 -0.004)"/><text>area: 1.2345'
    )
    text = inline(svg, "one", "")
    assert re.findall(r"<text>(.*?)</text>", text) == ['0.954 mm² id="m1"', "area: 1.2345"]
    assert "scale(0.004 -0.004)" in text and 'd="M 1.23 2"' in text


def test_tables_for_a_browser_can_be_reached_and_sorted():
    text = html([Section("T & u", {"name": TEXT, "%": fixed(1)}, [["`a-b`", 0.5], ["<c>", None]], ["A note."])])
    assert '<div class="box" role="region" aria-label="T &amp; u" tabindex="0"><table class="n2">' in text
    assert "<tr><td><code>a-b</code></td><td>0.5</td></tr>\n<tr><td>&lt;c&gt;</td><td>–</td></tr>" in text
    assert '<th scope="col">name</th>' in text and "<p>A note.</p>" in text


def test_own_networks_have_a_row_for_each_time_of_reading(tmp_path):
    kind = "4,signed,layer,paired-columns-mirrored,pcm"
    (tmp_path / "accuracy.csv").write_text(
        "network,dataset,condition,chip,time_s,compensation,weight_bits,polarity,scale,mapping,device,trained,accuracy\n"
        "mine,digits,float,,,,,,,,,,0.98\n"
        f"mine,digits,ideal,,,,{kind},yes,0.97\n"
        f"mine,digits,noisy,0,25,none,{kind},yes,0.96\nmine,digits,noisy,1,25,none,{kind},yes,0.92\n"
        f"mine,digits,noisy,0,3600,none,{kind},yes,0.9\n"
    )
    (tmp_path / "performance.csv").write_text(
        "network,dataset,corner,mapping,adc_law,bank,area_mm2,energy_nJ,latency_us,interval_us,macs,tops_per_W,"
        "tops_per_mm2,array_energy_share\nmine,digits,signed-shared,two-crossbars,E,largest,0.06,24,39,39,4,3,2,0.1\n"
    )
    (section,) = own_networks([tmp_path, tmp_path])
    shown = section.frame()
    assert shown["on chips, mean (%)"].tolist() == ["94.0", "90.0"] and shown["chips"].tolist() == ["2", "1"]
    assert shown["on chips, lowest (%)"].tolist() == ["92.0", "90.0"] and set(shown["floating point (%)"]) == {"98.0"}
    assert set(shown["quantised (%)"]) == {"–"} and set(shown["energy (nJ)"]) == {"24.0"}
    assert own_networks([]) == []
    header, _ = (tmp_path / "performance.csv").read_text().splitlines()
    (tmp_path / "performance.csv").write_text(f"{header}\n")
    with pytest.raises(ValueError, match=r"performance.csv has no row; remove it: the run makes it again"):
        own_networks([tmp_path])


def test_a_page_is_whole():
    text = whole("a <b>", "<p>c</p>")
    assert text.startswith("<!DOCTYPE html>\n") and "<title>a &lt;b&gt;</title>" in text and "<p>c</p>" in text
