"""Figure of the four corners of every comparison with every baseline, bank and ADC law."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.savings import OWN, of_sides

COLUMNS = {"area_mm2": "area (mm²)", "energy_nJ": "energy per inference (nJ)", "latency_us": "time (µs)"}
MARKERS = "os^Dv"
PLACE = ["corner", "mapping", "bank"]


def corners(results: Results) -> Figure:
    """Area and energy by ADC law, latency and the interval between inferences, one line per circuit."""
    table = of_sides(results.performance, results.comparisons)
    if table.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    comparisons = dict(iter(table.groupby("comparison", sort=False)))
    most = max(rows.groupby(PLACE).ngroups for rows in comparisons.values())
    size = style.PAGE_IN, 0.8 + (0.4 + 0.135 * most) * len(comparisons)
    figure, axes = style.panels(len(comparisons), len(COLUMNS), *size, sharey="row")
    laws = sorted(table["adc_law"].unique())
    looks = {law: {"color": style.PARTS[i], "marker": MARKERS[i]} for i, law in enumerate(laws)}
    for row, (name, rows) in zip(axes, comparisons.items(), strict=True):
        circuits = [case for _, of_mapping in rows.groupby("mapping", sort=False) for case in _circuits(of_mapping)]
        for panel, measure in zip(row, COLUMNS, strict=True):
            _lines(panel, circuits, measure, looks)
        row[0].set_yticks(range(len(circuits)), [_label(*place) for place, _ in circuits])
        row[0].set_ylim(len(circuits) - 0.4, -0.6)
        style.title(row[0], name)
    for panel, words in zip(axes[-1], COLUMNS.values(), strict=True):
        panel.set_xlabel(words)
    style.legend(figure, _legend(looks), len(looks) + 2)
    return figure


def _circuits(of_mapping: pd.DataFrame) -> list[tuple]:
    """Place and rows of every circuit with one mapping: own periphery first, then bank by bank."""
    return list(of_mapping.groupby(PLACE, sort=False))


def _lines(panel: Axes, circuits: list[tuple], measure: str, looks: dict[str, dict]) -> None:
    for y, ((_, _, bank), rows) in enumerate(circuits):
        if bank == OWN and y:
            panel.axhline(y - 0.5, color=style.PALE, lw=0.4)
        values = rows[measure]
        panel.plot([values.min(), values.max()], [y, y], color=style.PALE, lw=0.6, zorder=1)
        if measure == "latency_us":
            panel.plot(values.iloc[0], y, "o", color=style.INK, ms=3.4)
            panel.plot(rows["interval_us"].iloc[0], y, "|", color=style.INK, ms=6)
        else:
            for law, value in zip(rows["adc_law"], values, strict=True):
                panel.plot(value, y, ms=3.2, **looks[law])
    if measure == "energy_nJ":
        panel.set_xlim(left=0)
        style.few_ticks(panel.xaxis)
    else:
        panel.set_xscale("log")
        panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        panel.xaxis.set_minor_formatter(NullFormatter())
    panel.tick_params(axis="y", length=0, labelsize=6)
    panel.grid(visible=False, axis="y")


def _label(corner: str, mapping: str, bank: str) -> str:
    words = mapping.replace("differential-", "") + (", signed" if corner.startswith("bipolar") else "")
    return f"{words}: {'own periphery' if bank == OWN else f'bank {bank}'}"


def _legend(looks: dict[str, dict]) -> list[Line2D]:
    return [
        *(Line2D([], [], linestyle="", ms=4, label=f"ADC law {law}", **look) for law, look in looks.items()),
        Line2D([], [], linestyle="", marker="o", color=style.INK, ms=4, label="latency"),
        Line2D([], [], linestyle="", marker="|", color=style.INK, ms=7, label="interval between inferences"),
    ]
