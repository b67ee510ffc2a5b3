"""Figure of the cost model against published chips: the factor between what is predicted and what was published."""

from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.render import significant
from xbar.report.results import Results
from xbar.report.validation import CASE, QUANTITIES, YES, score

MARKERS = dict(zip(QUANTITIES, "o^D", strict=True))
BANDS = {10: "#f0f0f0", 2: "#d8d8d8"}  # factors of error shaded in the background
COUNTED: dict[str, Any] = {"ms": 4.2, "mew": 0.4, "mec": "white"}
SHOWN: dict[str, Any] = {"ms": 3.4, "mew": 0.9, "mfc": "white"}


@figure(
    stage="4 Costs",
    caption=(
        "The cost model against published chips: predicted over published on a logarithmic axis. Lines are published "
        "numbers; colours are ADC models, as in the table. Filled marks count: silicon in scope from which no "
        "constant of the model was taken, one number a chip, by a rule written down before these predictions. Hollow "
        "marks are shown only. Currents of cells are assumed, alike for all chips. Shaded: within factors of 2 and "
        "10. The legend has the score of each ADC model: chips within a factor of two, and as spread the geometric "
        "standard deviation of the factors."
    ),
    reads=("validation",),
)
def validation(results: Results) -> Figure:
    """Predicted over published, chip by chip, with every ADC model; those that count stand on top."""
    table = results.validation.dropna(subset="factor")
    if table.empty:
        return style.absent("the table of published chips")
    laws = {law: style.PARTS[i] for i, law in enumerate(sorted(table["adc_law"].unique()))}
    cases = sorted(table.groupby(CASE, sort=False), key=lambda case: case[1]["counted"].iloc[0] != YES)
    figure, axes = style.panels(1, 1, style.PAGE_IN, 1.8 + 0.155 * len(cases))
    _factors(axes[0, 0], cases, laws)
    style.legend(figure, _legend(table, laws), 3)
    return figure


def _factors(panel: Axes, cases: list[tuple], laws: dict[str, str]) -> None:
    for factor, shade in BANDS.items():
        panel.axvspan(1 / factor, factor, color=shade, linewidth=0, zorder=0)
    panel.axvline(1, color=style.INK, lw=0.8)
    for y, (_, rows) in enumerate(cases):
        for row in rows.itertuples():
            look = COUNTED if row.counted == YES else SHOWN
            panel.plot(row.factor, y, MARKERS[row.quantity], color=laws[row.adc_law], alpha=0.85, **look)
    panel.set_yticks(range(len(cases)), [f"{macro}, {QUANTITIES[quantity]}" for (macro, quantity), _ in cases])
    panel.tick_params(axis="y", length=0, labelsize=7)
    panel.set(xscale="log", xlabel="predicted over published", ylim=(len(cases) - 0.4, -0.6))
    panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.xaxis.set_minor_locator(NullLocator())


def _legend(table: pd.DataFrame, laws: dict[str, str]) -> list[Artist]:
    scores = score(table)
    return [
        *(Line2D([], [], linestyle="", marker="o", color=laws[law], label=_told(law, scores), **COUNTED)
          for law in laws),
        *(Line2D([], [], linestyle="", marker=MARKERS[quantity], color=style.INK, label=words, **COUNTED)
          for quantity, words in QUANTITIES.items() if quantity in set(table["quantity"])),
        Line2D([], [], linestyle="", marker="o", color=style.INK, label="shown, does not count", **SHOWN),
        *(Patch(color=shade, label=f"within a factor of {factor}") for factor, shade in reversed(BANDS.items())),
    ]  # fmt: skip


def _told(law: str, scores: pd.DataFrame) -> str:
    if law not in scores.index:
        return f"ADC model {law}"
    row = scores.loc[law]
    return (
        f"ADC model {law}: {round(row.within_2 * row.n)} of {row.n:.0f} within × 2, spread {significant(row.spread, 2)}"
    )
