"""Figures of test accuracy: by bits and polarity, and against the programming noise of the devices."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.contents import figure
from xbar.report.figures import compared, ends, style
from xbar.report.figures.ends import End
from xbar.report.results import Results
from xbar.report.statistics import networks, over_seeds, per_seed

SHIFT = 0.1  # between neighbouring networks of the noise figure, % of full scale


@figure(
    stage="2 Networks",
    caption=(
        "Test accuracy by bits and signs. Dot: mean over seeds on noisy simulated chips, with its interval. The dot "
        "of float is the floating-point network. A network of one seed has no interval, and an open dot. Ticks below: "
        "single seeds, each the mean of its chips. Cross: the mapped network without noise. Diamond: the paper. Bits "
        "are those of a device. Unipolar weights have 2^bits levels. So have mixed weights, in which each column has "
        "one sign. Signed weights are pairs of devices and have 2^(bits+1) - 1 levels. Colours are signs. Layer "
        "scale: each layer has a scale of its own. Literal: the literal reading of the paper. Searched: the "
        "architecture that the search found."
    ),
    reads=("accuracy", "claims", "datasets"),
)
def accuracy(results: Results) -> Figure:
    """Every network of every dataset: seeds, mean with interval, the mapped network without noise, the paper."""
    kinds = networks(results.accuracy)
    if kinds.empty:
        return style.absent("at least one evaluated network")
    datasets = list(kinds["dataset"].unique())
    tallest = int(kinds["dataset"].value_counts().max())
    width = style.PAGE_IN if len(datasets) > 1 else 0.7 * style.PAGE_IN
    figure, axes = style.panels(1, len(datasets), width, 1.0 + 0.32 * tallest)
    for panel, dataset in zip(axes[0], datasets, strict=True):
        _accuracy_panel(panel, results, kinds[kinds["dataset"] == dataset])
        style.title(panel, results.title(dataset))
    shows_paper = bool(set(_paper_values(results)) & set(kinds.index))
    style.legend(figure, _accuracy_legend(results, shows_paper))
    style.message(figure, _message(results, kinds))
    return figure


def _message(results: Results, kinds: pd.DataFrame) -> str:
    """The range of the means on noisy chips, and floating point, by dataset."""
    means = over_seeds(results.accuracy, results.rules.confidence)
    told = []
    for dataset, of_data in means.groupby(means["network"].map(kinds["dataset"]), sort=False):
        floating, chips = (100 * of_data.loc[of_data["condition"] == name, "mean"] for name in ("float", "noisy"))
        ends = [f"{chips.min():.1f} to {chips.max():.1f} % on noisy chips"] if len(chips) else []
        ends += [f"{floating.max():.1f} % in floating point"] if len(floating) else []
        told += [f"{results.title(str(dataset))}: {', '.join(ends)}."]
    return " ".join(told)


def _accuracy_panel(panel: Axes, results: Results, kinds: pd.DataFrame) -> None:
    means = over_seeds(results.accuracy, results.rules.confidence).set_index(["network", "condition"])
    seeds = per_seed(results.accuracy)
    names = style.labels(kinds)
    for row, (network, kind) in enumerate(kinds.iterrows()):
        colour = style.COLOURS[kind["polarity"]]
        condition = "float" if kind["polarity"] == "float" else "noisy"
        if (network, "ideal") in means.index:
            panel.plot(100 * means.loc[(network, "ideal"), "mean"], row, "x", color=colour, ms=5, zorder=4)
        if (network, condition) in means.index:
            mean = means.loc[(network, condition)]
            own = seeds[(seeds["network"] == network) & (seeds["condition"] == condition)]["accuracy"]
            panel.plot(100 * own, np.full(len(own), row + 0.28), "|", color=colour, ms=5, mew=0.9)
            panel.plot([100 * mean["low"], 100 * mean["high"]], [row, row], color=colour, lw=1.4)
            fill = colour if mean["n"] > 1 else "white"
            panel.plot(100 * mean["mean"], row, "o", color=colour, mfc=fill, zorder=3)
    for network, paper in _paper_values(results).items():
        if network in kinds.index:
            panel.plot(paper, list(kinds.index).index(network), "d", mfc="none", mec="black", ms=7, zorder=4)
    about = means.groupby("network")["n"].max().reindex(kinds.index, fill_value=0)
    words = [f"{names[name]}\n{_about(kind, about[name])}" for name, kind in kinds.iterrows()]
    panel.set_yticks(range(len(kinds)), words, fontsize=7)
    panel.set_ylim(len(kinds) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.set_xlabel("test accuracy (%)")
    panel.margins(x=0.08)
    style.few_ticks(panel.xaxis)


def _about(kind: pd.Series, seeds: float) -> str:
    """Levels and seeds; one seed has no interval."""
    found = "1 seed: no interval" if seeds == 1 else f"{seeds:.0f} seeds"
    return ", ".join(filter(None, (style.levels(kind), found)))


def _paper_values(results: Results) -> Mapping[str, float]:
    """The paper's accuracies in percent, by the networks that are held against them."""
    judged = results.claims[(results.claims["network"] != "") & results.claims["paper"].notna()]
    return dict(zip(judged["network"], judged["paper"], strict=True))


def _accuracy_legend(results: Results, shows_paper: bool) -> list[Line2D]:
    share = f"{100 * results.rules.confidence:g} %"
    ink = style.INK
    handles = [
        Line2D([], [], color=ink, marker="o", label=f"mean, {share} interval over seeds"),
        Line2D([], [], color=ink, marker="|", linestyle="", label="one seed (mean of its chips)"),
        Line2D([], [], color=ink, marker="x", ms=5, linestyle="", label="without noise"),
        Line2D([], [], color="black", marker="d", mfc="none", ms=7, linestyle="", label="paper"),
    ]
    return handles if shows_paper else handles[:-1]


@figure(
    stage="2 Networks",
    caption=(
        "Test accuracy against the programming noise of the devices. Points: mean over seeds, the chips of a seed "
        "averaged first. Under each level stands the number of chips of a seed. 0 is the mapped network without "
        "noise. Bars: one standard deviation over seeds. Networks of one seed have no bars, and open marks. Networks "
        "stand a little beside each other. Colours are signs. Dashed: fewer than 4 bits. Of each number of bits the "
        "networks of one comparison are shown. accuracy.csv has the others."
    ),
    reads=("accuracy", "datasets"),
)
def noise(results: Results) -> Figure:
    """Accuracy of the compared networks against the programming noise of their devices."""
    rows = _with_noise(results)
    rows = rows[rows["network"].isin(compared.plain(results))]
    if rows.empty:
        return style.absent("a compared network evaluated at two noise levels")
    kinds = networks(results.accuracy)
    datasets = list(rows["dataset"].unique())
    width = style.PAGE_IN if len(datasets) > 1 else 0.7 * style.PAGE_IN
    figure, axes = style.panels(1, len(datasets), width, 3.2)
    handles: dict[str, Line2D] = {}
    for panel, dataset in zip(axes[0], datasets, strict=True):
        of_dataset = kinds[(kinds["dataset"] == dataset) & kinds.index.isin(rows["network"])]
        handles |= _noise_lines(panel, rows[rows["dataset"] == dataset], of_dataset)
        style.title(panel, results.title(dataset))
        panel.set(xlabel="programming noise (% of full-scale conductance)", ylabel="test accuracy (%)")
    bar = Line2D([], [], linestyle="", marker="|", ms=8, color=style.INK, label="± 1 sd over seeds (one seed: none)")
    style.legend(figure, [*handles.values(), bar], 3)
    lost = "; ".join(_lost(rows[rows["dataset"] == name], results.title(name), kinds) for name in datasets)
    style.message(figure, f"Accuracy lost from no noise to the highest level: {lost}.")
    return figure


def _lost(rows: pd.DataFrame, title: str, kinds: pd.DataFrame) -> str:
    """The most points that a network of one dataset loses from no noise to the highest level, and which one it is."""
    means = 100 * rows.groupby(["network", "noise"])["accuracy"].mean().unstack()
    lost = (means.iloc[:, 0] - means.iloc[:, -1]).dropna()
    if lost.empty:
        return f"{title} unknown"
    return f"{title} at most {lost.max():.1f} points ({style.labels(kinds.loc[lost.index])[str(lost.idxmax())]})"


def _noise_lines(panel: Axes, rows: pd.DataFrame, kinds: pd.DataFrame) -> dict[str, Line2D]:
    """Mean and sd over seeds, networks a little beside each other; below every level the chips of a seed."""
    looks, names, handles, last = style.line_styles(kinds), style.labels(kinds), {}, {}
    seeds = rows.groupby(["network", "noise", "seed"])["accuracy"].agg(["mean", "size"])
    for place, (network, words) in enumerate(names.items()):
        points = 100 * seeds.loc[network, "mean"].groupby("noise").agg(["mean", "std"])
        look = looks[network] | style.hollow(points["std"].isna().all())
        x = 100 * points.index + SHIFT * (place - (len(kinds) - 1) / 2)
        panel.errorbar(x, points["mean"], points["std"], elinewidth=0.7, ms=3.5, lw=1.2, **look)
        last[words] = End(float(x[-1]), float(points["mean"].iloc[-1]), look["color"])
        label = f"{words}: {style.levels(kinds.loc[network])}"
        handles[label] = Line2D([], [], ms=3.5, label=label, **look)
    ends.name(panel, last)
    chips = seeds["size"].groupby("noise").max()
    panel.set_xticks(100 * chips.index, [_level(level, count) for level, count in chips.items()], fontsize=7)
    return handles


def _level(noise: float, chips: int) -> str:
    return f"{100 * noise:g}\n" + ("off" if noise == 0 else "1 chip" if chips == 1 else f"{chips} chips")


def _with_noise(results: Results) -> pd.DataFrame:
    """Test rows of mapped networks with their noise as a share of full scale; networks with two levels or more."""
    rows = results.accuracy[(results.accuracy["split"] == "test") & (results.accuracy["polarity"] != "float")]
    rows = rows.assign(noise=[_noise(row, results.programming_noise) for row in rows.itertuples()])
    rows = rows.dropna(subset="noise")
    return rows[rows.groupby("network")["noise"].transform("nunique") > 1]


def _noise(row: Any, configured: Mapping[str, float]) -> float:  # pandas makes a named tuple of each row
    if row.condition == "ideal":
        return 0.0
    if row.condition == "noisy":
        return configured.get(row.device, np.nan)
    level = row.condition.removeprefix("noise-")
    return float(level) if level != row.condition else np.nan
