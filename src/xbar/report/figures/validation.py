"""Figure of the cost model against published macros: predicted against published, and the factor between."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.figures import style
from xbar.report.markdown import significant
from xbar.report.results import Results
from xbar.report.validation import CASE, QUANTITIES, RATIO, kind, spread

MARKERS = dict(zip((*QUANTITIES.values(), RATIO), "o^Dvs", strict=True))
NARROW, WIDE = 2.0, 10.0  # factors of error shaded in the background


def validation(results: Results) -> Figure:
    """Left: every prediction of every ADC law. Right: predicted over published, macro by macro."""
    table = results.validation
    if table.empty:
        return style.absent("the table of published macros")
    table = table.assign(kind=table.apply(kind, axis=1))
    laws = {law: style.PARTS[i] for i, law in enumerate(sorted(table["adc_law"].unique()))}
    cases = list(table.groupby(CASE, sort=False))
    figure = Figure(figsize=(style.PAGE_IN, max(4.6, 0.6 + 0.15 * len(cases))), layout="constrained")
    axes = figure.subplot_mosaic([["all", "factors"], ["legend", "factors"]], height_ratios=(2, 1))
    _scatter(axes["all"], table, laws)
    _factors(axes["factors"], cases, laws)
    axes["legend"].axis("off")
    axes["legend"].legend(handles=_legend(table, laws), loc="upper center")
    return figure


def _scatter(panel: Axes, table: pd.DataFrame, laws: dict[str, str]) -> None:
    found = table.dropna(subset="factor")
    for row in found.itertuples():
        panel.plot(row.published, row.predicted, MARKERS[row.kind], **_look(laws[row.adc_law], row.lends_constants))
    values = found[["published", "predicted"]].to_numpy()
    ends = np.asarray([values.min() / 2, values.max() * 2])
    for factor, shade in ((WIDE, 0.10), (NARROW, 0.16)):
        panel.fill_between(ends, ends / factor, ends * factor, color=style.PALE, alpha=shade, linewidth=0, zorder=0)
    panel.plot(ends, ends, color=style.INK, lw=0.8)
    panel.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="published", ylabel="predicted", aspect="equal")


def _factors(panel: Axes, cases: list[tuple], laws: dict[str, str]) -> None:
    for factor, shade in ((WIDE, 0.10), (NARROW, 0.16)):
        panel.axvspan(1 / factor, factor, color=style.PALE, alpha=shade, linewidth=0, zorder=0)
    panel.axvline(1, color=style.INK, lw=0.8)
    for y, (_, rows) in enumerate(cases):
        for row in rows.dropna(subset="factor").itertuples():
            panel.plot(row.factor, y, MARKERS[row.kind], **_look(laws[row.adc_law], row.lends_constants))
    panel.set_yticks(range(len(cases)), [_label(*case) for case, _ in cases])
    panel.yaxis.tick_right()
    panel.tick_params(axis="y", length=0, labelsize=6.5)
    panel.set(xscale="log", xlabel="predicted over published", ylim=(len(cases) - 0.4, -0.6))


def _look(colour: str, lends_constants: str = "no") -> dict:
    """Hollow where the model has constants of the macro."""
    if lends_constants == "yes":
        return {"color": colour, "ms": 3.6, "mew": 0.9, "mfc": "white", "alpha": 0.85}
    return {"color": colour, "ms": 4, "mew": 0.4, "mec": "white", "alpha": 0.85}


def _label(macro: str, quantity: str, relative_to: str) -> str:
    return f"{macro} / {relative_to}" if relative_to else f"{macro}, {QUANTITIES[quantity]}"


def _legend(table: pd.DataFrame, laws: dict[str, str]) -> list[Line2D]:
    factors = spread(table)
    return [
        *(Line2D([], [], linestyle="", marker="o", label=f"ADC law {law}", **_look(laws[law])) for law in laws),
        *(
            Line2D([], [], linestyle="", marker=MARKERS[of.Index], color=style.INK,
                   label=f"{of.Index}: × {significant(of.low, 2)} to {significant(of.high, 2)}")
            for of in factors.itertuples()
        ),
        Line2D([], [], linestyle="", marker="o", color=style.INK, mfc="white", label="lends constants to the model"),
    ]  # fmt: skip
