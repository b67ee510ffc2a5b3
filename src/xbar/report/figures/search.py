"""Figures of architecture searches: Pareto fronts, progress against random sampling, signs of the chosen network."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.search import MEASURES, over_seeds, progress
from xbar.report.statistics import Interval

COSTS = {"area_um2": ("area (mm²)", 1e-6), "energy_pJ": ("energy per inference (nJ)", 1e-3)}
NEEDS = "an architecture search"


def front(results: Results) -> Figure:
    """Validation accuracy of completed trials against area and energy; front filled, chosen network ringed."""
    trials = results.search[results.search["state"] == "complete"]
    if trials.empty:
        return style.absent(NEEDS)
    looks = style.series(trials["search"].unique())
    data = list(trials.groupby("dataset", sort=False))
    figure, axes = style.panels(len(data), 2, style.PAGE_IN, 0.5 + 2.1 * len(data), sharey="row")
    for line, (dataset, of_data) in zip(axes, data, strict=True):
        for panel, (cost, (words, unit)) in zip(line, COSTS.items(), strict=True):
            for name, rows in of_data.groupby("search", sort=False):
                _points(panel, rows, unit * rows[cost], looks[str(name)])
            panel.set_xlabel(words)
            style.few_ticks(panel.xaxis)
        line[0].set_title(style.TITLES[str(dataset)], loc="left")
        line[0].set_ylabel("validation accuracy (%)")
    handles = [Line2D([], [], linestyle="", label=name, **look) for name, look in looks.items()]
    handles.append(Line2D([], [], **_RING, linestyle="", label="chosen; filled: on a front"))
    style.legend(figure, handles)
    return figure


_RING: dict[str, Any] = {"marker": "o", "markersize": 9, "markerfacecolor": "none", "color": style.INK}


def _points(panel: Axes, rows: pd.DataFrame, cost: pd.Series, look: Mapping[str, Any]) -> None:
    accuracy = 100 * rows["validation_accuracy"]
    for on_front, fill in ((0, "white"), (1, look["color"])):
        chosen = rows["front"] == on_front
        panel.plot(cost[chosen], accuracy[chosen], linestyle="", markerfacecolor=fill, **look)
    picked = rows["chosen"] == 1
    panel.plot(cost[picked], accuracy[picked], linestyle="", zorder=3, **_RING)


def search(results: Results) -> Figure:
    """Best accuracy and hypervolume after so many trials: mean over search seeds with its interval, data by data."""
    if results.search.empty:
        return style.absent(NEEDS)
    found = list(progress(results.search))
    looks = style.series(dict.fromkeys(one.search for one in found))
    data = results.search.groupby("dataset", sort=False)["search"].unique()
    figure, axes = style.panels(len(data), 2, style.PAGE_IN, 0.5 + 2.1 * len(data))
    for line, (dataset, names) in zip(axes, data.items(), strict=True):
        for panel, (measure, words) in zip(line, MEASURES.items(), strict=True):
            for name in names:
                _course(panel, over_seeds(found, name, measure, results.rules.confidence), looks[name])
            panel.set(xlabel="trials", ylabel=words)
        line[0].set_title(style.TITLES[str(dataset)], loc="left")
        _leave_out_the_start(line[0])
    style.legend(figure, [Line2D([], [], label=name, **look) for name, look in looks.items()])
    return figure


def _course(panel: Axes, ends: list[Interval], look: Mapping[str, Any]) -> None:
    at = np.arange(1, len(ends) + 1)
    panel.plot(at, [end.mean for end in ends], markevery=max(1, len(at) // 6), **look)
    panel.fill_between(at, [e.low for e in ends], [e.high for e in ends], color=look["color"], alpha=0.12, lw=0)


def _leave_out_the_start(panel: Axes) -> None:
    values = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in panel.get_lines()])
    low, high = np.quantile(values, 0.1), values.max()
    if high > low:
        panel.set_ylim(low - 0.3 * (high - low), high + 0.2 * (high - low))


def polarity(results: Results) -> Figure:
    """Signs of all columns of each chosen network, layer by layer: filled up, empty down."""
    chosen = results.search[results.search["chosen"] == 1]
    if chosen.empty:
        return style.absent(NEEDS)
    figure, axes = style.panels(len(chosen), 1, style.PAGE_IN, 0.5 + 0.9 * len(chosen))
    for panel, (_, row) in zip(axes[:, 0], chosen.iterrows(), strict=True):
        layers = str(row["signs"]).split()
        widest = max(map(len, layers))
        cells = np.full((len(layers), widest), np.nan)
        for layer, signs in enumerate(layers):
            cells[layer, : len(signs)] = [1.0 if sign == "+" else 0.0 for sign in signs]
        colours = ListedColormap([style.COLOURS["bipolar"], style.COLOURS["positive"]])
        panel.pcolormesh(cells, cmap=colours, vmin=0, vmax=1, edgecolors="white", linewidth=0.3)
        panel.set(yticks=np.arange(len(layers)) + 0.5, yticklabels=[f"layer {n}" for n in range(len(layers))])
        panel.invert_yaxis()
        panel.grid(visible=False)
        up = sum(text.count("+") for text in layers) / sum(map(len, layers))
        panel.set_title(f"{row['search']}: {row['polarity']}, {100 * up:.0f} % count up (orange)", loc="left")
    axes[-1, 0].set_xlabel("column")
    return figure
