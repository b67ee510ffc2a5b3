"""The HTML report in a browser: it opens without a complaint and without a network, and shows what it holds."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from support import browser
from support.entries import FIGURES, TABLES

PROGRAM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
REASONS = {
    "no Chromium (Debian: chromium)": not PROGRAM,
    "websocket-client is not installed (envs/cluster.txt)": find_spec("websocket") is None,
}
pytestmark = [pytest.mark.browser, *(pytest.mark.skipif(state, reason=reason) for reason, state in REASONS.items())]

SHOWN = """(() => {
  const image = document.querySelector('div.grow img');
  const frame = document.querySelector('div.grow iframe');
  if (image && image.complete) return [image.naturalWidth, image.naturalHeight];
  if (frame) return [frame.clientWidth, frame.clientHeight];
})()"""


def test_the_report_shows_every_figure_and_table_and_complains_of_nothing(finished, tmp_path):
    answer = finished.snakemake("--report", str(tmp_path / "report.html"))
    assert answer.returncode == 0, answer.stdout
    with browser.opened(PROGRAM, (tmp_path / "report.html").as_uri(), tmp_path) as page:
        page.until("document.body.innerText.includes('arXiv:1910.13850')")
        categories = page.run("Object.keys(categories).sort()")
        shown = {result["path"]: see(page, result["path"]) for result in results(page)}
        faults, requested = page.faults, page.requested

    assert categories[0] == "1 Claims" and "6 Others" not in categories, "every table and figure has its stage"
    figures = {Path(path).stem: seen for path, seen in shown.items() if path.endswith(".svg")}
    assert set(figures) == {*FIGURES, "time"}
    assert all(width > 300 and height > 100 for width, height in shown.values())
    tables = {Path(path).stem: seen for path, seen in shown.items() if path.endswith(".html")}
    assert set(tables) == set(TABLES)
    assert faults == []
    assert [address for address in requested if not address.startswith(("file:", "data:", "about:", "blob:"))] == []


def results(page):
    """What the report can show in the page itself, with the place in its menu."""
    return [one for one in page.run(
        "Object.entries(results).map(([path, one]) => ({path: path, name: one.name, caption: one.caption}))"
    ) if one["path"].endswith((".svg", ".html"))]  # fmt: skip


def see(page, path):
    """Width and height of one result, looked at as its button would show it."""
    kind = "img" if path.endswith(".svg") else "html"
    page.run("app.setView({content: 'text', contentText: ''})")
    page.run(f"app.setView({{content: '{kind}', contentPath: results['{path}'].data_uri, resultPath: '{path}'}})")
    return page.until(SHOWN)
