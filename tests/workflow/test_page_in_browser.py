"""The page of a run in a browser: three widths, sorting by mouse and keyboard, paper, and no address asked."""

import shutil
from importlib.util import find_spec

import pytest
from support import browser

from xbar.report.contents import Entry
from xbar.report.figures.style import panels, save, theme
from xbar.report.page import Shown, index
from xbar.report.render import TEXT, Section, fixed, html

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
REASONS = {
    "no Chromium (Debian: chromium)": not PROGRAM,
    "websocket-client is not installed (envs/cluster.txt)": find_spec("websocket") is None,
}
pytestmark = [pytest.mark.browser, *(pytest.mark.skipif(state, reason=reason) for reason, state in REASONS.items())]
WIDTHS = (400, 800, 1200)
SAVED = [9.5, None, -20.25, 100.0]
RECORD = {
    "preset": "digits",
    "commit": {"hash": "0123456789abcdef"},
    "machine": {"cores": 2, "processor": "Abacus", "vector_units": "AVX2", "gpus": []},
    "time": {"cpu_s": 90.0},
    "packages": {"a-package-with-a-name-that-no-phone-shows-in-one-line-" + "x" * 40: "2.0"},
    "seeds": {"one": [0]},
    "config": {"networks": {"one": {"dataset": "digits"}}, "run": {"comparisons": []}},
}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page with a figure as wide as paper, a table wider than a phone, and one longer than its box."""
    folder = tmp_path_factory.mktemp("page")
    with theme():
        figure, ((axes,),) = panels(1, 1, 7.1, 2.0)
        axes.plot([1, 2], label="a line")
        save(figure, folder / "drawn")
    svg = (folder / "drawn.svg").read_text()
    wide = {"network": TEXT, "saved (%)": fixed(2), **{f"column-{number}": TEXT for number in range(20)}}
    rows = [[f"network {number}", saved, *["word"] * 20] for number, saved in zip((10, 9, 1, 2), SAVED, strict=True)]
    sections = [Section("Wide", wide, rows), Section("Long", {"a": TEXT}, [["b"]] * 200)]
    shown = Shown(
        [Entry("figure", "claims", "", "1 Claims", "Drawn.", ()), Entry("table", "claims", "", "1 Claims", "T.", ()),
         Entry("table", "search", "", "2 Networks", "Folded.", ())],
        {"claims": svg},
        {"claims": ("Wide", html(sections)), "search": ("Folded", html(sections))},
    )  # fmt: skip
    (folder / "index.html").write_text(index(RECORD, ["found"], shown, svg))
    with browser.opened(PROGRAM, (folder / "index.html").as_uri(), folder) as opened:
        yield opened
    assert opened.faults == []


def resize(page, width, **media):
    page.tell("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    page.tell("Emulation.setEmulatedMedia", **media)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_never_wider_than_the_window(page, width):
    """Wide tables and figures scroll inside their boxes."""
    resize(page, width)
    page.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.run("innerWidth") == width
    assert page.run("document.documentElement.scrollWidth") <= width
    wide, long = page.run("[...document.querySelectorAll('.box')].slice(0, 2).map(box => [box.scrollWidth > "
                          "box.clientWidth, box.scrollHeight > box.clientHeight])")  # fmt: skip
    assert long == [False, True] and wide[0] is True


def test_the_page_asks_no_address_for_anything(page):
    assert [address for address in page.requested if not address.startswith(("file:", "about:"))] == []


def column(page, place):
    return page.run(f"[...document.querySelector('table').tBodies[0].rows].map(row => row.cells[{place}].textContent)")


def test_a_click_sorts_numbers_as_numbers_and_a_missing_one_stays_last(page):
    head = "document.querySelectorAll('th')[1]"
    for order, state in (
        (["-20.25", "9.50", "100.00", "–"], "ascending"),
        (["100.00", "9.50", "-20.25", "–"], "descending"),
    ):
        page.run(f"{head}.querySelector('button').click()")
        assert column(page, 1) == order
        assert page.run(f"{head}.getAttribute('aria-sort')") == state


def test_the_keyboard_sorts_words_with_numbers_in_them(page):
    """The button of a header is reached by the tabulator and pressed by Enter."""
    page.run("document.querySelector('.box').focus()")
    for key, code in (("Tab", 9), ("Enter", 13)):
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            page.tell("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **text)
            text = {}
    assert column(page, 0) == ["network 1", "network 2", "network 9", "network 10"]
    assert page.run("document.querySelectorAll('th')[1].hasAttribute('aria-sort')") is False


def test_on_paper_folded_tables_are_left_out_and_no_figure_is_cut(page):
    resize(page, 700, media="print")
    page.run("document.querySelectorAll('details').forEach((each, place) => each.open = place == 0)")
    shown = page.run("[...document.querySelectorAll('details')].map(each => each.offsetHeight > 0)")
    assert shown[0] is True and not any(shown[1:])
    fits = "(box => box.scrollWidth <= box.clientWidth + 1 && box.scrollHeight <= box.clientHeight + 1)"
    assert page.run(f"[...document.querySelectorAll('.figure, details[open] .box')].every{fits}") is True
    assert page.run("getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
