"""Figures of architecture searches: Pareto fronts, progress against random sampling."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.gains import Reached, reached
from xbar.report.results import Results
from xbar.report.search import REACHED, designed_by_hand
from xbar.report.statistics import networks

BEST = "best-accuracy"  # of gains.MEASURES
NEEDS = "an architecture search"
SHOWN = 4.0  # points below the best trial; what lies further down would press the others together
STAR: dict[str, Any] = {"color": style.INK, "marker": "*", "markersize": 10, "zorder": 4}
RING: dict[str, Any] = {"marker": "o", "markersize": 9, "markerfacecolor": "none", "color": style.INK, "zorder": 5}


@figure(
    stage="2 Networks",
    caption=(
        "What a search found: validation accuracy under noise on mapped crossbars against area and energy. Dot: a "
        "completed trial. Line: the best trial of a search that costs no more. Ring: the network that the rule of "
        "config.yaml chose. Star: a unipolar network designed by hand. Those were trained fully, each seed with a "
        "validation fold of its own. Trials were trained briefly, and several folds together test them. So the "
        "accuracies of stars and dots do not compare. Trials more than four points below the best are not drawn. "
        "Searches of the same seed begin with the same random trials, so their dots may cover each other. A sentence "
        "stands in place of a cost that all trials share."
    ),
    reads=("search", "datasets", "cost", "accuracy"),
    needs="searches",
)
def front(results: Results) -> Figure:
    """Validation accuracy of completed trials against area and energy, with a front for each search."""
    trials = results.search[results.search["state"] == "complete"]
    if trials.empty:
        return style.absent(NEEDS)
    looks, by_hand = style.series(trials["search"].unique()), designed_by_hand(results)
    kinds, data = networks(results.accuracy), list(trials.groupby("dataset", sort=False))
    figure, axes = style.panels(len(data), 2, style.PAGE_IN, 0.5 + 2.1 * len(data), sharey="row")
    for line, (dataset, of_data) in zip(axes, data, strict=True):
        stars = by_hand[by_hand["dataset"] == dataset]
        stars = stars.assign(words=list(style.labels(kinds.loc[stars["network"]]).values()))
        drawn = [_cost(panel, of_data, cost, looks, stars) for panel, cost in zip(line, style.COSTS, strict=True)]
        best = 100 * max(rows["validation_accuracy"].max() for rows in (of_data, stars) if len(rows))
        line[0].set_ylim(best - SHOWN, best + 0.15 * SHOWN)
        first = line[drawn.index(True)] if any(drawn) else line[0]
        first.tick_params(labelleft=True)
        first.set_ylabel("validation accuracy (%)")
        style.title(first, results.title(str(dataset)))
    style.legend(figure, _front_legend(looks, bool(by_hand["dataset"].isin(trials["dataset"]).any())))
    if told := _chosen(trials, by_hand):
        style.message(figure, told)
    return figure


def _chosen(trials: pd.DataFrame, by_hand: pd.DataFrame) -> str:
    """Accuracy and energy of the first chosen network, and the energies of those of the same data designed by hand."""
    picked = trials[trials["chosen"] == 1]
    if picked.empty:
        return ""
    one = picked.iloc[0]
    reached = f"{100 * one['validation_accuracy']:.1f} % at {1e-3 * one['energy_pJ']:.0f} nJ"
    told = f"In its short training the chosen network reaches {reached}."
    others = by_hand[by_hand["dataset"] == one["dataset"]]
    if others.empty:
        return told
    energy_nJ = 1e-3 * others["energy_pJ"]
    return f"{told} Those designed by hand take {energy_nJ.min():.0f} to {energy_nJ.max():.0f} nJ."


def _cost(panel: Axes, trials: pd.DataFrame, cost: str, looks: Mapping[str, Any], stars: pd.DataFrame) -> bool:
    """Trials and fronts against one cost, unless all cost alike: then a sentence."""
    words, unit = style.COSTS[cost]
    if np.ptp(trials[cost]) <= 1e-6 * trials[cost].max():
        name, of = words.split(" (")
        panel.axis("off")
        alike = f"{name}: {unit * trials[cost].iloc[0]:.3g} {of.rstrip(')')}\nin every trial"
        panel.text(0.5, 0.5, alike, transform=panel.transAxes, ha="center", va="center", color=style.INK)
        return False
    for name, rows in trials.groupby("search", sort=False):
        look, by_cost = looks[str(name)], rows.sort_values(cost, kind="stable")
        places, accuracy = unit * by_cost[cost], 100 * by_cost["validation_accuracy"]
        panel.plot(places, accuracy, ls="", alpha=0.5, zorder=3, **look | {"ms": 3})
        panel.plot(places, accuracy.cummax(), drawstyle="steps-post", color=look["color"], lw=1.4)
        picked = by_cost["chosen"] == 1
        panel.plot(places[picked], accuracy[picked], ls="", **RING)
    for _, star in stars.iterrows():
        affordable = trials.loc[trials[cost] <= star[cost], "validation_accuracy"]
        above = not (affordable > star["validation_accuracy"]).any()
        _star(panel, unit * star[cost], 100 * star["validation_accuracy"], star["words"], above)
    panel.set_xlabel(words)
    style.few_ticks(panel.xaxis)
    return True


def _star(panel: Axes, x: float, y: float, words: str, above: bool) -> None:
    """A network designed by hand, and its name on the side of the front where it lies; at the left near the end."""
    panel.plot(x, y, ls="", **STAR)
    low, high = panel.get_xlim()
    side = -1 if x > low + 0.6 * (high - low) else 1
    panel.annotate(
        words, (x, y), (6 * side, 1 if above else -1), textcoords="offset points", fontsize=7,
        ha="left" if side > 0 else "right", va="bottom" if above else "top", zorder=1.9,
        path_effects=[withStroke(linewidth=2, foreground="white")],
    )  # fmt: skip


def _front_legend(looks: Mapping[str, Any], by_hand: bool) -> list[Line2D]:
    searches = [Line2D([], [], label=f"search {name}", **look) for name, look in looks.items()]
    stars = {"designed by hand": STAR} if by_hand else {}
    marks = [Line2D([], [], ls="", label=name, **look) for name, look in {"chosen": RING, **stars}.items()]
    return [*searches, *marks]


@figure(
    stage="2 Networks",
    caption=(
        "How a search went. Above: the best validation accuracy so far. Below: the hypervolume, the share of a box of "
        "accuracy and logarithm of energy that the trials dominate. config.yaml states the box. Work is the processor "
        "time of the trainings, by their products and steps. Thin: one search seed. Thick with marks: their mean. A "
        "search of one seed is a single line. The axes leave out the lowest tenth of the values."
    ),
    reads=("search", "search_gain", "datasets"),
    needs="searches",
)
def search(results: Results) -> Figure:
    """Best accuracy and hypervolume against work: every search seed, and their mean, data by data."""
    if results.search.empty:
        return style.absent(NEEDS)
    found = reached(results.search)
    looks = style.series(dict.fromkeys(one.search for one in found))
    data = results.search.groupby("dataset", sort=False)["search"].unique()
    figure, axes = style.panels(2 * len(data), 1, style.COLUMN_IN, 0.9 + 3.4 * len(data))
    for place, (dataset, names) in enumerate(data.items()):
        for panel, (measure, words) in zip(axes[2 * place :, 0], REACHED.items(), strict=False):
            seeds = {name: [one for one in found if one.search == name] for name in names}
            unit = 100 if measure == BEST else 1
            for name, of_one in seeds.items():
                _course(panel, of_one, measure, unit, looks[name])
            panel.set(xlabel="work (s)", ylabel=f"{words} (%)" if unit == 100 else words)
            style.leave_out_the_start(panel)
        style.title(axes[2 * place, 0], results.title(str(dataset)))
    style.legend(figure, _search_legend(looks, [one.search for one in found]))
    style.message(figure, _message(results, found))
    return figure


def _message(results: Results, found: Sequence[Reached]) -> str:
    """What the first search gains over its baselines in the first measure of the figure, or what it reaches."""
    gains = results.search_gain[results.search_gain["measure"] == BEST]
    if len(gains):
        gains = gains[gains["search"] == gains["search"].iloc[0]]
        told = (
            f"{100 * gain.mean:+.1f} points over {gain.baseline} ({100 * gain.low:.1f} to {100 * gain.high:.1f})"
            for gain in gains.itertuples(index=False, name="Gain")
        )
        return f"Best accuracy of {gains['search'].iloc[0]} at equal work: {'; '.join(told)}."
    best = max(found, key=lambda one: one.measures[BEST][-1])
    return f"Search {best.search} ends at {100 * best.measures[BEST][-1]:.1f} % validation accuracy."


def _course(panel: Axes, seeds: Sequence[Reached], measure: str, unit: float, look: Mapping[str, Any]) -> None:
    """Thin lines end where their seed does, the mean where the first of them does."""
    if len(seeds) == 1:
        panel.step(seeds[0].work, unit * seeds[0].measures[measure], where="post", **dict(look) | {"marker": ""})
        return
    work = np.linspace(max(one.work[0] for one in seeds), min(one.work[-1] for one in seeds), 60)
    for one in seeds:
        panel.step(one.work, unit * one.measures[measure], where="post", color=look["color"], lw=0.6, alpha=0.7)
    mean = [unit * np.mean([one.at(measure, at) for one in seeds]) for at in work]
    panel.plot(work, mean, markevery=10, **look)


def _search_legend(looks: Mapping[str, Any], searches: Sequence[str]) -> list[Line2D]:
    """A search of one seed is its own mean, and has no marks."""
    several = {name for name in looks if searches.count(name) > 1}
    handles = [
        Line2D([], [], label=f"search {name}: mean" if name in several else f"search {name}: one seed", **look)
        for name, look in ((name, look if name in several else {**look, "marker": ""}) for name, look in looks.items())
    ]
    return [*handles, Line2D([], [], color=style.INK, lw=0.6, label="one search seed")] if several else handles
