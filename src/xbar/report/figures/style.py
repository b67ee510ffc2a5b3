"""The one look of all figures: sizes, fonts, colours, markers, and how a figure becomes a PNG and an SVG."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from textwrap import wrap
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator

from xbar.files import atomic
from xbar.report.contents import ABSENT

COLUMN_IN, PAGE_IN = 3.5, 7.1  # one and two columns of a paper
DPI = 200
BEHIND: dict[str, Any] = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.4}  # of a label on lines
MESSAGE_LETTERS = 13.2  # bold letters of 8 pt in an inch

_SAFE = sns.color_palette("colorblind").as_hex()
INK, PALE = "#333333", "#9a9a9a"
COLOURS = {"float": INK, "signed": _SAFE[0], "unipolar": _SAFE[3], "mixed": _SAFE[2]}
PARTS = [_SAFE[i] for i in (0, 1, 2, 4, 8, 9, 3)] + ["#c8c8c8"]  # the last for the rest
COMPONENTS = {  # groups of `xbar.circuit.bill`: plain words, one colour in every run; neighbours differ in lightness
    "cells": ("cells", "#0072b2"),
    "lines": ("word lines and their drivers", "#9bd0f0"),
    "DACs": ("DACs", "#f0e442"),
    "ADCs": ("ADCs", "#d55e00"),
    "wires": ("wires to the bank", INK),
    "memory": ("activation memory", "#dd9cc0"),
}
REST = ("rest: front ends, switches, digital, control", "#c8c8c8")
SERIES = [_SAFE[i] for i in (0, 1, 2, 4, 9, 5)]
GOOD, BAD = _SAFE[0], _SAFE[3]
CONVERTERS = {"own": "o", "shared": "s"}  # marks
COSTS = {"area_um2": ("area (mm²)", 1e-6), "energy_pJ": ("energy per inference (nJ)", 1e-3)}  # labels and units
PAPER: dict[str, Any] = {"color": "black", "linewidth": 0.8, "linestyle": (0, (3, 2))}  # a line at the paper's number


@contextmanager
def theme() -> Iterator[None]:
    """Within it figures are drawn and saved; the same figure gives the same bytes."""
    settings = {
        **sns.axes_style("ticks"),
        "font.size": 8,
        "axes.titlesize": 8,
        "axes.labelsize": 8,
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "legend.fontsize": 7.5,
        "legend.frameon": False,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "lines.linewidth": 1.2,
        "lines.markersize": 4.5,
        "axes.grid": True,
        "grid.linewidth": 0.4,
        "grid.color": "#e4e4e4",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": INK,
        "svg.hashsalt": "xbar",
        "svg.fonttype": "none",  # text that can be searched and selected
    }
    with matplotlib.rc_context(settings):
        yield


def panels(rows: int, columns: int, width_in: float, height_in: float, **options: Any) -> tuple[Figure, np.ndarray]:
    """A figure and its axes, always as a 2-D array."""
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def absent(needs: str) -> Figure:
    """A panel in place of a figure for which this run has no data."""
    figure, axes = panels(1, 1, COLUMN_IN, 1.2)
    axes[0, 0].axis("off")
    axes[0, 0].text(0.5, 0.5, f"{ABSENT}\nNeeds {needs}.", ha="center", va="center", color=INK)
    return figure


def legend(figure: Figure, handles: Sequence[Any], columns: int = 4, title: str | None = None) -> None:
    """One legend for all panels, above them, in so many columns that it is no wider than the figure."""
    figure.set_dpi(DPI)  # text is not equally wide at every resolution
    renderer = FigureCanvasAgg(figure).get_renderer()
    columns = columns if figure.get_figwidth() >= PAGE_IN else 2
    for count in range(columns, 0, -1):
        made = figure.legend(
            handles=list(handles), loc="outside upper center", ncols=count, handletextpad=0.5, columnspacing=1.4,
            title=title, title_fontsize=7.5,
        )  # fmt: skip
        box = made.get_tightbbox(renderer)
        if box is None or box.width <= figure.bbox.width or count == 1:
            return
        made.remove()


def message(figure: Figure, words: str) -> None:
    """What the figure says, above it; of a figure with a legend, above that. Call it last."""
    together = wrap(words.replace(" %", "\u00a0%"), int(MESSAGE_LETTERS * figure.get_figwidth()))
    told = "\n".join(together).replace("\u00a0", " ")
    if figure.legends:
        made = figure.legends[0]
        made.set_title(told, FontProperties(size=8, weight="bold"))
        made.set_alignment("left")
    else:
        figure.suptitle(told, x=0.01, ha="left", fontsize=8, fontweight="bold")


def label(kind: pd.Series) -> str:
    """A network in a few words: bits, signs and, where it is the exception, the scale."""
    if kind["polarity"] == "float":
        return "float"
    words = f"{kind['weight_bits']:.0f}-bit, {kind['polarity']}"
    return f"{words}, layer scale" if kind["scale"] == "layer" else words


def labels(kinds: pd.DataFrame) -> dict[str, str]:
    """Labels of the networks of one dataset. Of those that would read alike, one of another architecture than most adds
    the end of its name; where that does not tell them apart, they keep their names."""
    words = kinds.apply(label, axis=1).astype(str)
    usual = kinds["architecture"].mode().get(0)
    others = ["" if kind["architecture"] == usual else f", {_end(str(name), kind)}" for name, kind in kinds.iterrows()]
    longer = words + others
    alike, told_apart = (texts.groupby(words).transform(how) for texts, how in ((words, "size"), (longer, "nunique")))
    return {
        name: words[name] if alike[name] == 1 else longer[name] if alike[name] == told_apart[name] else str(name)
        for name in kinds.index
    }


def _end(name: str, kind: pd.Series) -> str:
    """The name of a network without its dataset and bits, which its label has already: `searched`."""
    bits = "" if pd.isna(kind["weight_bits"]) else f"{kind['weight_bits']:.0f}b-"
    return name.removeprefix(f"{kind['dataset']}-").removeprefix(bits)


def levels(kind: pd.Series) -> str:
    """What `weight_bits` mean: the levels of a device, or of a pair of them where weights are signed."""
    if kind["polarity"] == "float":
        return ""
    most = 2 ** int(kind["weight_bits"])
    return f"{2 * most - 1} levels of a pair" if kind["polarity"] == "signed" else f"{most} levels"


def line_style(kind: pd.Series) -> dict[str, Any]:
    """Colour by polarity, dash by bits, marker by scale: told apart without colour too."""
    fine = pd.isna(kind["weight_bits"]) or kind["weight_bits"] >= 4
    return {
        "color": COLOURS[kind["polarity"]],
        "linestyle": "-" if fine else (0, (4, 1.5)),
        "marker": {"network": "o", "layer": "s"}.get(kind["scale"], "D"),
        "markerfacecolor": COLOURS[kind["polarity"]],
    }


def line_styles(kinds: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """`line_style` of the networks of one dataset; what would look alike gets a marker of its own."""
    looks: dict[str, dict[str, Any]] = {}
    plain: list[dict[str, Any]] = []
    for name, kind in kinds.iterrows():
        look = line_style(kind)
        plain.append(look)
        seen = plain.count(look) - 1
        looks[str(name)] = look | {"marker": "vP*X"[(seen - 1) % 4]} if seen else look
    return looks


def hollow(one_seed: bool) -> dict[str, Any]:
    """What a mark has besides its look where it stands for one seed."""
    return {"markerfacecolor": "white"} if one_seed else {}


def series(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Colour and marker of each of several comparisons, told apart without colour too."""
    marks = zip(cycle(SERIES), cycle("os^DvP"), strict=False)
    return {name: {"color": colour, "marker": marker} for name, (colour, marker) in zip(names, marks, strict=False)}


def bar_of_seeds(axes: Axes, place: float, seeds: pd.Series, width: float, colour: str, fill: float = 0.75) -> None:
    """A bar up to the mean of all seeds with a dot for each; the bar of one seed is hollow."""
    face = to_rgba(colour, fill) if len(seeds) > 1 else "white"
    axes.bar(place, seeds.mean(), width=width, facecolor=face, edgecolor=colour, linewidth=0.8, zorder=2)
    axes.plot(np.full(len(seeds), place), seeds, ".", color=INK, ms=2.5, zorder=3)


def title(axes: Axes, words: str) -> None:
    """The dataset or comparison that a row or column of panels is about."""
    axes.set_title(words, loc="left", fontweight="bold")


def leave_out_the_start(axes: Axes) -> None:
    """The lowest tenth of the values of all lines may leave the axis, so that the rest can be told apart."""
    values = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axes.get_lines()] or [np.empty(0)])
    if len(values) > 10 and np.ptp(values) > 0:
        low, high = np.quantile(values, 0.1), values.max()
        axes.set_ylim(low - 0.1 * (high - low), high + 0.1 * (high - low))


def few_ticks(axis: Axis, most: int = 6) -> None:
    """Round tick values, few enough to read at column width."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))


def save(figure: Figure, stem: str | Path) -> None:
    """Write the figure as {stem}.png and {stem}.svg, each whole or not at all, without the date."""
    _settle(figure)
    with atomic(f"{stem}.png") as part:
        figure.savefig(part, format="png", dpi=DPI, metadata={"Software": None})
    with atomic(f"{stem}.svg") as part:
        figure.savefig(part, format="svg", metadata={"Date": None, "Creator": None})


def _settle(figure: Figure) -> None:
    """Lay out once, to six digits: the last ones of the solver differ from time to time and enter names in the SVG."""
    figure.set_dpi(DPI)  # as above
    figure.draw_without_rendering()
    figure.set_layout_engine(None)  # not "none", with which each of the two files is drawn twice
    for axes in figure.axes:
        axes.set_position(np.round(axes.get_position(original=True).bounds, 6))
