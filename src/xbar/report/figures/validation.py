"""Figure of the cost model against published chips: the factor between what is predicted and what was published."""

from collections.abc import Iterator
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.validation import QUANTITIES, YES, score

BANDS = {10: "#f0f0f0", 2: "#d8d8d8"}  # factors of error shaded in the background
COLOURS = {True: style.GOOD, False: style.PALE}  # of what counts and of what does not
LETTERS = 27  # of a label in one line


class Row(NamedTuple):
    """A line of the figure: a chip that counts, or all predictions that are kept out for one reason."""

    label: str
    counts: bool
    rows: pd.DataFrame


@figure(
    stage="4 Costs",
    caption=(
        "The cost model against published chips: predicted over published. Above: each chip that counts as a test. "
        "The legend names what is compared. Below: predictions that do not count, together by the reason, with their "
        "number. Bar: lowest to highest of all ADC models. Dots: the middle of the ADC models, a dot for each "
        "prediction. No constant of the model was taken from a chip that counts. Currents of cells are assumed, alike "
        "for all chips. Shaded: within factors of 2 and 10. validation.csv has every prediction."
    ),
    reads=("validation",),
)
def validation(results: Results) -> Figure:
    """Predicted over published by all ADC models: chip by chip for those that count, else reason by reason."""
    table = results.validation.dropna(subset="factor")
    if table.empty:
        return style.absent("the table of published chips")
    rows = [*_chips(table[table["counted"] == YES]), *_reasons(table[table["counted"] != YES])]
    heights = [row.label.count("\n") + 1.6 for row in rows]
    figure, axes = style.panels(1, 1, style.COLUMN_IN, 1.6 + 0.115 * sum(heights))
    _factors(axes[0, 0], rows, heights)
    style.legend(figure, _legend(rows))
    style.message(figure, _message(table))
    return figure


def _chips(counted: pd.DataFrame) -> Iterator[Row]:
    """The chips that count, from the lowest factor to the highest."""
    chips = [(str(macro), rows) for macro, rows in counted.groupby("macro", sort=False)]
    for macro, rows in sorted(chips, key=lambda chip: chip[1]["factor"].median()):
        told = f": {_quantities(rows)}" if counted["quantity"].nunique() > 1 else ""
        yield Row(fill(f"{macro}{told}", LETTERS), True, rows)


def _quantities(rows: pd.DataFrame) -> str:
    """What is predicted, in words."""
    return ", ".join(dict.fromkeys(QUANTITIES[quantity].partition(",")[0] for quantity in rows["quantity"]))


def _reasons(others: pd.DataFrame) -> Iterator[Row]:
    """All that do not count, by reason and by what is predicted."""
    for (reason, quantity), rows in others.groupby(["counted", "quantity"], sort=False):
        words = f"{str(reason).replace('_', ' ')}: {QUANTITIES[quantity].partition(',')[0]} ({rows['macro'].nunique()})"
        yield Row(fill(words, LETTERS), False, rows)


def _factors(panel: Axes, rows: list[Row], heights: list[float]) -> None:
    for factor, shade in BANDS.items():
        panel.axvspan(1 / factor, factor, color=shade, linewidth=0, zorder=0)
    panel.axvline(1, color=style.INK, lw=0.8)
    places, y = [], 0.0
    for row, height in zip(rows, heights, strict=True):
        places.append(y + height / 2)
        y += height
        colour, factors = COLOURS[row.counts], row.rows["factor"]
        ends = [factors.min(), factors.max()]
        panel.plot(ends, 2 * [places[-1]], color=colour, lw=3, solid_capstyle="butt", alpha=0.6)
        middles = np.exp(np.log(factors).groupby(row.rows["macro"], sort=False).mean())
        panel.plot(middles, len(middles) * [places[-1]], ls="", color=colour, **_dot(row.counts))
    panel.set_yticks(places, [row.label for row in rows])
    panel.tick_params(axis="y", length=0, labelsize=7)
    panel.grid(visible=False, axis="y")
    panel.set(xscale="log", xlabel="predicted over published", ylim=(y + 0.3, -0.3))
    panel.xaxis.set_major_locator(LogLocator())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.xaxis.set_minor_locator(NullLocator())


def _dot(counts: bool) -> dict[str, Any]:
    return {"marker": "o", "ms": 4.0, "mew": 0.9, "mfc": COLOURS[True] if counts else "white"}


def _legend(rows: list[Row]) -> list[Artist]:
    told = {_quantities(row.rows) for row in rows if row.counts}
    words = {True: f"counts as a test{': ' + told.pop() if len(told) == 1 else ''}", False: "does not count"}
    kinds = [counts for counts in (True, False) if any(row.counts == counts for row in rows)]
    return [
        *(Line2D([], [], color=COLOURS[kind], label=words[kind], **_dot(kind)) for kind in kinds),
        *(Patch(color=shade, label=f"within a factor of {factor}") for factor, shade in reversed(BANDS.items())),
    ]


def _message(table: pd.DataFrame) -> str:
    """How many chips the best ADC model predicts within a factor of two, and the worst prediction."""
    scores = score(table)
    if scores.empty:
        return "No published chip counts as a test of the cost model."
    right = (scores["within_2"] * scores["n"]).round()
    best = scores.index[right == right.max()]
    models = f"ADC model{'s' * (len(best) > 1)} {' and '.join(map(str, best))}"
    factors = table.loc[table["counted"] == YES, "factor"]
    return (
        f"{models} predict{'s' * (len(best) == 1)} {right.max():.0f} of {scores.loc[best, 'n'].max():.0f} chips within"
        f" a factor of 2. Predictions of these chips lie between {factors.min():.2g} and {factors.max():.2g} times."
    )
