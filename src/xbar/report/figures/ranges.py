"""Figure of the ranges that converters must cover, layer by layer, before and after training with one scale."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.statistics import networks, scale_pairs

QUANTITIES = {
    "input_range": "input",
    "weight_range": "|weight|",
    "current_range": "|column sum|",
}
KINDS = {
    "float": ("floating point", style.INK, "D"),
    "layer": ("scale per layer", style.COLOURS["signed"], "s"),
    "network": ("one scale for the network", style.COLOURS["unipolar"], "o"),
}


@figure(
    stage="2 Networks",
    caption=(
        "What converters and devices must cover, layer by layer: 99.9 % quantile of the inputs, largest weight, "
        "99.9 % quantile of the column sums (of one array in mapped networks). Absolute units, on training data, on "
        "logarithmic axes. Before: the floating-point network. After: the mapped networks named above the left "
        "panels with a scale per layer, and with one scale for the whole network. Pale bars: full scale. Error "
        "bars: lowest to highest seed. Numbers: widest over narrowest layer."
    ),
    reads=("layers", "accuracy", "datasets"),
)
def ranges(results: Results) -> Figure:
    """Inputs, weights and column sums of the floating-point network, of scale = layer and of scale = network."""
    groups = {name: group for name, group in _groups(results).items() if group}
    layers = results.layers[results.layers["network"].isin([n for g in groups.values() for n in g.values()])]
    if layers.empty:
        return style.absent("a floating-point network and mapped networks of its architecture")
    kinds = networks(results.accuracy)
    figure, axes = style.panels(len(groups), 3, style.PAGE_IN, 0.6 + 1.85 * len(groups))
    for row, (dataset, group) in zip(axes, groups.items(), strict=True):
        for panel, (column, words) in zip(row, QUANTITIES.items(), strict=True):
            for scale, network in group.items():
                _line(panel, layers[layers["network"] == network], column, scale)
            _finish(panel, words)
        style.title(row[0], results.title(dataset))
        row[0].set_title(_mapped(kinds, group), loc="right")
    for panel in axes[-1]:
        panel.set_xlabel("layer")
    style.legend(figure, _legend(), 3)
    return figure


def _groups(results: Results) -> dict[str, dict[str, str]]:
    """For every dataset its floating-point network and a signed one of each scale, of the most bits with both."""
    kinds = networks(results.accuracy)
    pairs = sorted(scale_pairs(results.accuracy), key=lambda pair: -kinds.loc[pair[0], "weight_bits"])
    groups: dict[str, dict[str, str]] = {}
    for dataset in kinds["dataset"].unique():
        of_dataset = kinds[kinds["dataset"] == dataset]
        paired = [dict(zip(("network", "layer"), pair, strict=True)) for pair in pairs if pair[0] in of_dataset.index]
        uniform = of_dataset.index[of_dataset["scale"] == "network"]
        floats = of_dataset.index[of_dataset["polarity"] == "float"]
        before = {"float": floats[0]} if len(floats) else {}
        after = paired[0] if paired else {"network": uniform[0]} if len(uniform) else {}
        groups[dataset] = before | after
    return groups


def _mapped(kinds: pd.DataFrame, group: dict[str, str]) -> str:
    """What the mapped networks of a group are, whatever their scale."""
    found = [kinds.loc[network] for scale, network in group.items() if scale != "float"]
    return style.label(found[0].replace("layer", "network")) if found else ""


def _line(panel: Axes, rows: pd.DataFrame, column: str, scale: str) -> None:
    if rows[column].isna().all():
        return
    words, colour, marker = KINDS[scale]
    seeds = rows.groupby("layer")[column].agg(["mean", "min", "max"])
    spans = [seeds["mean"] - seeds["min"], seeds["max"] - seeds["mean"]]
    panel.errorbar(
        seeds.index,
        seeds["mean"],
        yerr=spans,
        color=colour,
        marker=marker,
        capsize=2,
        elinewidth=0.8,
        label=words,
        markerfacecolor="white" if scale == "layer" else colour,
    )
    full_scale = _full_scale(rows, column).groupby(rows["layer"]).mean().dropna()
    panel.hlines(full_scale, full_scale.index - 0.3, full_scale.index + 0.3, color=colour, lw=2.4, alpha=0.35)
    if seeds["mean"].min() > 0:
        height = 0.93 - 0.12 * list(KINDS).index(scale)
        spread = f"×{seeds['mean'].max() / seeds['mean'].min():.1f}"
        panel.text(0.99, height, spread, color=colour, transform=panel.transAxes, ha="right", va="center", fontsize=7.5)


def _full_scale(rows: pd.DataFrame, column: str) -> pd.Series:
    """What the converter or device covers, in the units of the range: NaN in floating-point networks."""
    if column == "input_range":
        return rows["x_max"]
    if column == "weight_range":
        return rows["w_max"]
    return rows["x_max"] * rows["w_max"] * rows["i_max"]  # a column sum is in units of x_max * w_max


def _finish(panel: Axes, words: str) -> None:
    panel.set_yscale("log")
    low, high = panel.get_ylim()
    panel.yaxis.set_major_locator(LogLocator(subs=range(1, 10) if high < 5 * low else (1, 2, 3, 5)))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.yaxis.set_minor_locator(NullLocator())
    panel.set_ylabel(f"{words} (–)")
    drawn = [np.asarray(line.get_xdata(), dtype=float) for line in panel.get_lines()]
    layers = np.unique(np.concatenate([*drawn, np.empty(0)])).tolist()
    if layers:
        panel.set_xticks(layers, [f"{layer:.0f}" for layer in layers])
        panel.set_xlim(-0.45, layers[-1] + 0.45 + 0.28 * len(layers))


def _legend() -> list[Line2D]:
    handles = [
        Line2D([], [], color=colour, marker=marker, mfc="white" if scale == "layer" else colour, label=words)
        for scale, (words, colour, marker) in KINDS.items()
    ]
    bar = Line2D([], [], color=style.PALE, lw=2.4, alpha=0.6, label="full scale of converter or device")
    spread = Line2D([], [], linestyle="", marker="$×$", color=style.INK, label="widest over narrowest layer")
    bars = Line2D([], [], linestyle="", marker="|", markersize=8, color=style.INK, label="lowest to highest seed")
    return [*handles, bar, spread, bars]
