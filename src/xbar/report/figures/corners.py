"""Figure of the circuits of every dataset with every baseline, bank and ADC model."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.savings import OWN, of_sides
from xbar.report.statistics import networks

DRAWN = {"area_mm2": "area (mm²)", "energy_nJ": "energy per inference (nJ)", "latency_us": "time (µs)"}
MARKERS = "os^Dv"
PLACE = ["network", "mapping", "bank"]


@figure(
    stage="4 Costs",
    caption=(
        "Area and energy per inference (a mark for every ADC model), time and interval between inferences of every "
        "circuit. A line is a circuit: signed networks with every baseline mapping and unipolar networks, each with "
        "own converters and with every bank of shared ones. Of each dataset only the comparisons of the fewest bits "
        "are shown: the bits of a device change the currents of its cell and no other cost. ADC models A to D "
        "are published: a survey of converters, a fit of in-memory-computing macros at 28 nm, cells and power of a SAR "
        "converter, and ISAAC's converter rescaled. E is a fit of measured ADCs of two macros."
    ),
    reads=("performance", "accuracy", "datasets"),
)
def corners(results: Results) -> Figure:
    """Area and energy by ADC model, latency and the interval between inferences, one line per circuit."""
    table = of_fewest_bits(results)
    if table.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    data = {name: list(rows.groupby(PLACE, sort=False)) for name, rows in table.groupby("dataset", sort=False)}
    heights = [len(circuits) + 1.0 for circuits in data.values()]
    size = style.PAGE_IN, 0.9 + 0.15 * sum(heights) + 0.25 * len(data)
    figure, axes = style.panels(len(data), len(DRAWN), *size, sharey="row", height_ratios=heights)
    laws = sorted(table["adc_law"].unique())
    looks = {law: {"color": style.PARTS[i], "marker": MARKERS[i]} for i, law in enumerate(laws)}
    for row, (dataset, circuits) in zip(axes, data.items(), strict=True):
        for panel, measure in zip(row, DRAWN, strict=True):
            _lines(panel, circuits, measure, looks)
        row[0].set_yticks(range(len(circuits)), [_label(*place) for place, _ in circuits])
        row[0].set_ylim(len(circuits) - 0.4, -0.6)
        style.title(row[0], results.title(str(dataset)))
    for panel, words in zip(axes[-1], DRAWN.values(), strict=True):
        panel.set_xlabel(words)
    style.legend(figure, _legend(looks), len(looks) + 2)
    return figure


def of_fewest_bits(results: Results) -> pd.DataFrame:
    """Performance of the networks in the comparisons of the fewest bits on each dataset, each network once.

    More bits look the same: the bits of a device change the currents of its cell and no other cost.
    """
    table = of_sides(results.performance, results.comparisons)
    bits = table["network"].map(networks(results.accuracy)["weight_bits"]).fillna(0.0)
    of_comparison = bits.groupby(table["comparison"]).transform("max")
    fewest = table[of_comparison == of_comparison.groupby(table["dataset"]).transform("min")]
    fewest = fewest.drop_duplicates([*PLACE, "adc_law"])
    signed = fewest["corner"].str.startswith("signed")
    fewest = pd.concat([fewest[signed], fewest[~signed]])
    return fewest.iloc[np.argsort(fewest.groupby(["network", "mapping"], sort=False).ngroup(), kind="stable")]


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
        _round_logarithms(panel)
    panel.tick_params(axis="y", length=0, labelsize=7)
    panel.grid(visible=False, axis="y")


def _round_logarithms(panel: Axes) -> None:
    """1, 2 and 5 of every decade, on an axis wide enough for three of them."""
    panel.set_xscale("log")
    low, high = panel.get_xlim()
    panel.set_xlim(low / 1.2, high * 1.2)
    panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.xaxis.set_minor_formatter(NullFormatter())


def _label(network: str, mapping: str, bank: str) -> str:
    words = f"{network}, {mapping}" if mapping != "unipolar" else network
    return f"{words}: {bank if bank == OWN else f'bank {bank}'}"


def _legend(looks: dict[str, dict]) -> list[Line2D]:
    return [
        *(Line2D([], [], linestyle="", ms=4, label=f"ADC model {law}", **look) for law, look in looks.items()),
        Line2D([], [], linestyle="", marker="o", color=style.INK, ms=4, label="latency"),
        Line2D([], [], linestyle="", marker="|", color=style.INK, ms=7, label="interval between inferences"),
    ]
