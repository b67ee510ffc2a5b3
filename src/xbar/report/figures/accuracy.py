"""Figures of test accuracy: by bits and polarity, and against the programming noise of the devices."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.statistics import networks, over_seeds, per_seed


def accuracy(results: Results) -> Figure:
    """Every network of every dataset: seeds, mean with interval, the mapped network without noise, the paper."""
    kinds = networks(results.accuracy)
    if kinds.empty:
        return style.absent("at least one evaluated network")
    datasets = list(kinds["dataset"].unique())
    tallest = int(kinds["dataset"].value_counts().max())
    width = style.PAGE_IN if len(datasets) > 1 else 0.7 * style.PAGE_IN
    figure, axes = style.panels(1, len(datasets), width, 1.0 + 0.26 * tallest)
    for panel, dataset in zip(axes[0], datasets, strict=True):
        _accuracy_panel(panel, results, kinds[kinds["dataset"] == dataset])
        style.title(panel, dataset)
    shows_paper = bool(set(_paper_values(results)) & set(kinds.index))
    style.legend(figure, _accuracy_legend(results, shows_paper))
    return figure


def _accuracy_panel(panel: Axes, results: Results, kinds: pd.DataFrame) -> None:
    means = over_seeds(results.accuracy, results.rules.confidence).set_index(["network", "condition"])
    seeds = per_seed(results.accuracy)
    names = style.labels(kinds)
    for row, (network, kind) in enumerate(kinds.iterrows()):
        colour = style.COLOURS[kind["polarity"]]
        condition = "float" if kind["polarity"] == "float" else "noisy"
        if (network, "ideal") in means.index:
            panel.plot(100 * means.loc[(network, "ideal"), "mean"], row, "o", mfc="white", mec=colour, zorder=2)
        if (network, condition) in means.index:
            mean = means.loc[(network, condition)]
            own = seeds[(seeds["network"] == network) & (seeds["condition"] == condition)]["accuracy"]
            panel.plot(100 * own, np.full(len(own), row + 0.28), "|", color=colour, ms=5, mew=0.9)
            panel.plot([100 * mean["low"], 100 * mean["high"]], [row, row], color=colour, lw=1.4)
            panel.plot(100 * mean["mean"], row, "o", color=colour, zorder=3)
    for network, paper in _paper_values(results).items():
        if network in kinds.index:
            panel.plot(paper, list(kinds.index).index(network), "d", mfc="none", mec="black", ms=7, zorder=4)
    panel.set_yticks(range(len(kinds)), [names[network] for network in kinds.index])
    panel.set_ylim(len(kinds) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.set_xlabel("test accuracy (%)")
    style.few_ticks(panel.xaxis)


def _paper_values(results: Results) -> Mapping[str, float]:
    """The paper's accuracies in percent, by the network that stands for them here."""
    published = results.claims.set_index("claim")["paper"]
    return {
        rule.network: published[claim] for claim, rule in results.rules.accuracy.items() if claim in published.index
    }


def _accuracy_legend(results: Results, shows_paper: bool) -> list[Line2D]:
    share = f"{100 * results.rules.confidence:g} %"
    ink = style.INK
    handles = [
        Line2D([], [], color=ink, marker="o", label=f"mean, {share} interval over seeds"),
        Line2D([], [], color=ink, marker="|", linestyle="", label="one seed (mean of its chips)"),
        Line2D([], [], color=ink, marker="o", mfc="white", linestyle="", label="noise off"),
        Line2D([], [], color="black", marker="d", mfc="none", ms=7, linestyle="", label="paper"),
    ]
    return handles if shows_paper else handles[:-1]


def noise(results: Results) -> Figure:
    """Accuracy of every mapped network against the programming noise of its devices."""
    rows = _with_noise(results)
    if rows.empty:
        return style.absent("a mapped network evaluated at two noise levels")
    kinds = networks(results.accuracy)
    datasets = list(rows["dataset"].unique())
    width = style.PAGE_IN if len(datasets) > 1 else 0.7 * style.PAGE_IN
    figure, axes = style.panels(1, len(datasets), width, 3.2)
    for panel, dataset in zip(axes[0], datasets, strict=True):
        of_dataset = kinds[(kinds["dataset"] == dataset) & (kinds["polarity"] != "float")]
        for network, words in style.labels(of_dataset).items():
            _noise_line(panel, rows[rows["network"] == network], style.line_style(kinds.loc[network]), words)
        style.title(panel, dataset)
        panel.set(xlabel="programming noise (% of full-scale conductance)", ylabel="test accuracy (%)")
    lines = {line.get_label(): line for panel in axes[0] for line in panel.get_lines()}
    band = Patch(color=style.PALE, alpha=0.3, label="± 1 sd over seeds and chips")
    style.legend(figure, [*lines.values(), band])
    return figure


def _noise_line(panel: Axes, rows: pd.DataFrame, line: dict, words: str) -> None:
    if rows.empty:
        return
    points = 100 * rows.groupby("noise")["accuracy"].agg(["mean", "std"])
    x = 100 * points.index
    panel.plot(x, points["mean"], label=words, **line)
    low, high = points["mean"] - points["std"].fillna(0), points["mean"] + points["std"].fillna(0)
    panel.fill_between(x, low, high, color=line["color"], alpha=0.12, linewidth=0)


def _with_noise(results: Results) -> pd.DataFrame:
    """Test rows of mapped networks with their noise as a share of full scale; networks with two levels or more."""
    rows = results.accuracy[(results.accuracy["split"] == "test") & (results.accuracy["polarity"] != "float")]
    rows = rows.assign(noise=[_noise(row, results.programming_noise) for row in rows.itertuples()])
    rows = rows.dropna(subset="noise")
    return rows[rows.groupby("network")["noise"].transform("nunique") > 1]


def _noise(row: tuple, configured: Mapping[str, float]) -> float:
    if row.condition == "ideal":
        return 0.0
    if row.condition == "noisy":
        return configured.get(row.device, np.nan)
    level = row.condition.removeprefix("noise-")
    return float(level) if level != row.condition else np.nan
