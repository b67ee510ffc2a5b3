"""Figures of architecture searches: Pareto fronts, progress against random sampling, signs of the chosen network."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.gains import Reached, reached
from xbar.report.results import Results
from xbar.report.search import REACHED, designed_by_hand

COSTS = {"area_um2": ("area (mm²)", 1e-6), "energy_pJ": ("energy per inference (nJ)", 1e-3)}
NEEDS = "an architecture search"
ONE_SIGN = "one sign"  # as signs_text of search/choice.py has it
# What is alike where two searches made the same trial:
TRIAL = ["dataset", "search_seed", "architecture", "polarity", "signs", "validation_accuracy", *COSTS]
SEVERAL = "in several searches"
SHARED: dict[str, Any] = {"color": style.PALE, "marker": "D"}
SHOWN = 8.0  # points below the best trial; what lies further down would press the others together
STAR: dict[str, Any] = {"color": style.INK, "marker": "*", "markersize": 10, "zorder": 4}
RING: dict[str, Any] = {"marker": "o", "markersize": 9, "markerfacecolor": "none", "color": style.INK}
DIRECTIONS = {"count up": style.COLOURS["unipolar"], "count down": style.COLOURS["signed"]}


@figure(
    stage="2 Networks",
    caption=(
        "Every completed trial of a search: validation accuracy under noise on mapped crossbars against area and "
        "energy. Filled: trials that no other one of the same search matches or beats in accuracy, area and energy "
        "at once. Grey diamonds: trials that several searches made alike, in architecture, signs and accuracy, "
        "because searches of the same seed begin with the same random candidates. They are filled where they are on "
        "the front of one of them. Ringed: the network that the rule of config.yaml chose. Stars: unipolar "
        "networks designed by hand, trained fully and validated on the folds of their seeds; trials were trained "
        "briefly. Trials that are more than eight points below the best are not drawn. A sentence stands in place of "
        "a cost that all trials share."
    ),
    reads=("search", "datasets", "cost", "accuracy"),
    needs="searches",
)
def front(results: Results) -> Figure:
    """Validation accuracy of completed trials against area and energy; front filled, chosen network ringed."""
    trials = results.search[results.search["state"] == "complete"]
    if trials.empty:
        return style.absent(NEEDS)
    looks, trials, by_hand = style.series(trials["search"].unique()), _once(trials), designed_by_hand(results)
    data = list(trials.groupby("dataset", sort=False))
    figure, axes = style.panels(len(data), 2, style.PAGE_IN, 0.5 + 2.1 * len(data), sharey="row")
    for line, (dataset, of_data) in zip(axes, data, strict=True):
        drawn = [_cost(panel, of_data, cost, looks) for panel, cost in zip(line, COSTS, strict=True)]
        for panel, (cost, (_, unit)) in zip(line, COSTS.items(), strict=True):
            _stars(panel, by_hand[by_hand["dataset"] == dataset], cost, unit)
            panel.set_ylim(bottom=max(panel.get_ylim()[0], 100 * of_data["validation_accuracy"].max() - SHOWN))
        first = line[drawn.index(True)] if any(drawn) else line[0]
        first.tick_params(labelleft=True)
        first.set_ylabel("validation accuracy (%)")
        style.title(first, results.title(str(dataset)))
    stars = {"designed by hand": STAR} if by_hand["dataset"].isin(trials["dataset"]).any() else {}
    style.legend(figure, [*_front_legend(looks, SEVERAL in set(trials["search"])), *_marks(stars)])
    return figure


def _stars(panel: Axes, rows: pd.DataFrame, cost: str, unit: float) -> None:
    """Networks designed by hand, where the panel has axes."""
    if panel.axison:
        panel.plot(unit * rows[cost], 100 * rows["validation_accuracy"], linestyle="", **STAR)


def _marks(looks: Mapping[str, Mapping[str, Any]]) -> list[Line2D]:
    return [Line2D([], [], linestyle="", label=name, **look) for name, look in looks.items()]


def _once(trials: pd.DataFrame) -> pd.DataFrame:
    """A row for every trial; one that several searches made, from the same random start, stands for all of them."""
    rows = trials.groupby(TRIAL, sort=False, as_index=False)[["search", "front", "chosen"]].agg(
        {"search": lambda names: names.iloc[0] if names.nunique() == 1 else SEVERAL, "front": "max", "chosen": "max"}
    )
    return rows.iloc[np.argsort(rows["search"] != SEVERAL, kind="stable")]  # the others lie on top of these


def _cost(panel: Axes, trials: pd.DataFrame, cost: str, looks: Mapping[str, Any]) -> bool:
    """Trials against one cost, unless all cost alike: then a sentence."""
    words, unit = COSTS[cost]
    if np.ptp(trials[cost]) <= 1e-6 * trials[cost].max():
        name, of = words.split(" (")
        panel.axis("off")
        alike = f"{name}: {unit * trials[cost].iloc[0]:.3g} {of.rstrip(')')}\nin every trial"
        panel.text(0.5, 0.5, alike, transform=panel.transAxes, ha="center", va="center", color=style.INK)
        return False
    for name, rows in trials.groupby("search", sort=False):
        _points(panel, rows, unit * rows[cost], looks.get(str(name), SHARED))
    panel.set_xlabel(words)
    style.few_ticks(panel.xaxis)
    return True


def _points(panel: Axes, rows: pd.DataFrame, cost: pd.Series, look: Mapping[str, Any]) -> None:
    accuracy = 100 * rows["validation_accuracy"]
    for on_front, fill in ((0, "white"), (1, look["color"])):
        chosen = rows["front"] == on_front
        panel.plot(cost[chosen], accuracy[chosen], linestyle="", markerfacecolor=fill, **look)
    picked = rows["chosen"] == 1
    panel.plot(cost[picked], accuracy[picked], linestyle="", zorder=3, **RING)


def _front_legend(looks: Mapping[str, Any], several: bool) -> list[Line2D]:
    shared = {SEVERAL: SHARED} if several else {}
    fills = {"filled: on a front": style.INK, "open: on none": "white"}
    return [
        *_marks({**looks, **shared}),
        *(Line2D([], [], ls="", marker="o", color=style.INK, mfc=fill, label=name) for name, fill in fills.items()),
        Line2D([], [], **RING, linestyle="", label="chosen"),
    ]


@figure(
    stage="2 Networks",
    caption=(
        "How a search went: best validation accuracy and hypervolume against work, the processor time of its "
        "trainings by their products and steps. Hypervolume: the share of a box of accuracy and logarithm of energy "
        "that the trials dominate. The configuration states the box. Thin: every search seed; thick: their mean. "
        "The axes leave out the lowest tenth of the values."
    ),
    reads=("search", "datasets"),
    needs="searches",
)
def search(results: Results) -> Figure:
    """Best accuracy and hypervolume against work: every search seed, and their mean, data by data."""
    if results.search.empty:
        return style.absent(NEEDS)
    found = reached(results.search)
    looks = style.series(dict.fromkeys(one.search for one in found))
    data = results.search.groupby("dataset", sort=False)["search"].unique()
    figure, axes = style.panels(len(data), 2, style.PAGE_IN, 0.5 + 2.1 * len(data))
    for line, (dataset, names) in zip(axes, data.items(), strict=True):
        for panel, (measure, words) in zip(line, REACHED.items(), strict=True):
            for name in names:
                _course(panel, [one for one in found if one.search == name], measure, looks[name])
            panel.set(xlabel="work (s)", ylabel=words)
            style.leave_out_the_start(panel)
        style.title(line[0], results.title(str(dataset)))
    means = [Line2D([], [], label=f"{name}: mean", **look) for name, look in looks.items()]
    style.legend(figure, [*means, Line2D([], [], color=style.INK, lw=0.6, label="one search seed")])
    return figure


def _course(panel: Axes, seeds: Sequence[Reached], measure: str, look: Mapping[str, Any]) -> None:
    """Thin lines end where their seed does, the mean where the first of them does."""
    work = np.linspace(max(one.work[0] for one in seeds), min(one.work[-1] for one in seeds), 60)
    for one in seeds if len(seeds) > 1 else ():
        panel.step(one.work, one.measures[measure], where="post", color=look["color"], lw=0.6, alpha=0.7)
    panel.plot(work, [np.mean([one.at(measure, at) for one in seeds]) for at in work], markevery=10, **look)


@figure(
    stage="2 Networks",
    caption=(
        "Signs of the columns of each chosen network, layer by layer: orange columns count up, blue ones down. Above "
        "each: the groups of columns that have one sign, and how signs were assigned. Searches of one sign have none."
    ),
    reads=("search",),
    needs="searches",
)
def polarity(results: Results) -> Figure:
    """Signs of all columns of each chosen network, layer by layer."""
    chosen = results.search[(results.search["chosen"] == 1) & (results.search["polarity"] != ONE_SIGN)]
    if chosen.empty:
        return style.absent("a search of signs")
    heights = [0.5 + 0.14 * (1 + row["signs"].count(" ")) for _, row in chosen.iterrows()]
    figure, axes = style.panels(len(chosen), 1, style.PAGE_IN, 0.5 + sum(heights), height_ratios=heights)
    for panel, (_, row) in zip(axes[:, 0], chosen.iterrows(), strict=True):
        _signs(panel, str(row["signs"]).split())
        panel.set_title(f"{row['search']}: {_groups(str(row['polarity']))}", loc="left", fontweight="bold")
    axes[-1, 0].set_xlabel("column")
    style.legend(figure, [Patch(color=colour, label=words) for words, colour in DIRECTIONS.items()])
    return figure


def _signs(panel: Axes, layers: list[str]) -> None:
    cells = np.full((len(layers), max(map(len, layers))), np.nan)
    for layer, signs in enumerate(layers):
        cells[layer, : len(signs)] = [float(sign == "-") for sign in signs]
    colours = ListedColormap(list(DIRECTIONS.values()))
    panel.pcolormesh(cells, cmap=colours, vmin=0, vmax=1, edgecolors="white", linewidth=0.3)
    panel.set_yticks(np.arange(len(layers)) + 0.5, [str(layer) for layer in range(len(layers))])
    panel.tick_params(axis="y", length=0)
    panel.set_ylabel("layer")
    panel.invert_yaxis()
    panel.grid(visible=False)


def _groups(polarity: str) -> str:
    """The group that has one sign and how signs were assigned, in words."""
    group, _, assignment = polarity.partition(" ")
    whole = {"network": "one sign in the network", "layer": "one sign in a layer"}
    return f"{whole.get(group, f'groups of {group} columns')}, {assignment}"
