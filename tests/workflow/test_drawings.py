"""Every figure of the report, for runs of every extent: drawn without a warning, the same bytes every time."""

import pytest
from support import made_up
from support.entries import FIGURES

from xbar.report.figures.style import save, theme

NOT_SHOWN = ("conductances", "nothing")  # needs a comparison


def draw(figure, results, folder):
    paths = folder / f"{figure}.png", folder / f"{figure}.svg"
    with theme():
        save(FIGURES[figure](results), folder / figure)
    return [path.read_bytes() for path in paths]


@pytest.mark.parametrize(
    ("figure", "which"), [(name, which) for name in FIGURES for which in made_up.RUNS if (name, which) != NOT_SHOWN]
)
def test_every_run_can_be_drawn(figure, which, tmp_path):
    """Saved in both formats, twice, for one run: the others tell whether all that they hold can be drawn."""
    results = made_up.run(which)
    if which == "one seed, no pair":
        png, svg = draw(figure, results, tmp_path / "a")
        assert png.startswith(b"\x89PNG") and b"</svg>" in svg
        assert draw(figure, results, tmp_path / "b") == [png, svg], "the same run gives the same bytes"
    else:
        with theme():
            FIGURES[figure](results).savefig(tmp_path / "a.svg")
        assert b"</svg>" in (tmp_path / "a.svg").read_bytes()
