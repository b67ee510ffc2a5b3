"""Figure of the claims at a glance: the paper's value, ours against every baseline, the verdict."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.claims import EVERY_BASELINE
from xbar.report.contents import figure
from xbar.report.figures import compared, style
from xbar.report.judged import CONDITIONAL, NOT_RUN, OTHER_DATA
from xbar.report.results import Results
from xbar.report.savings import MAPPINGS_IN_WORDS, of_fewest_bits
from xbar.report.statistics import networks
from xbar.savings.verdicts import NONE

INTERVAL: dict[str, Any] = {"lw": 1.0, "marker": "|", "ms": 6}
RANGE: dict[str, Any] = {"lw": 0.8, "alpha": 0.45}
SHORT = {CONDITIONAL: "on this test set", OTHER_DATA: ""}
LEAST = -100.0  # saving, %, at which bars are cut
STEP = 1.35  # between two networks; the baselines of one lie within 1


@figure(
    stage="1 Claims",
    caption=(
        "Claims of the paper at a glance. Above: test accuracy, the mean over seeds. Its bar is the interval over "
        "seeds, or over seeds and test examples where that reaches further. Diamond: the paper. Open marks: one seed. "
        "Below: savings against each way to store signed weights, at equal time and the reference circuit. Dashed: "
        "the paper. The thin bars are no intervals. They reach from the lowest to the highest saving over ADC models "
        "and conditions, and end at -100 %. For both steps the bank is the one of answer.md. At the right: the "
        "verdict. A saving must reach the paper's number, less a tolerance, in every condition, with every ADC model "
        "and against every baseline. So a mark beyond the dashed line may be not found: then the thin bars begin "
        "before it. Of each kind the networks of the fewest bits are shown, since more bits change the currents of "
        "cells and no other cost. Data that is not the paper's has neither its mark nor a verdict."
    ),
    reads=("claims", "accuracy", "datasets"),
)
def claims(results: Results) -> Figure:
    """Accuracies above with intervals, savings below with a mark for each baseline and its range over conditions."""
    rows = results.claims
    if rows.empty:
        return style.absent("the claims table")
    saving = rows["baseline"] != ""
    few = of_fewest_bits(results.comparisons, networks(results.accuracy))
    blocks = [rows[~saving], rows[saving & rows["comparison"].isin([*few, ""])]]
    shown = [block for block in blocks if len(block)]
    heights = [_height(block) for block in shown]
    figure, axes = style.panels(len(shown), 1, style.PAGE_IN, 1.1 + 0.21 * sum(heights), height_ratios=heights)
    for panel, block in zip(axes[:, 0], shown, strict=True):
        draw = _savings if block["baseline"].iloc[0] else _accuracies
        draw(panel, results, block)
        style.few_ticks(panel.xaxis, 9)
    if set(rows["verdict"]) == {OTHER_DATA}:
        data = ", ".join(results.title(name) for name in rows["dataset"].unique())
        style.title(axes[0, 0], f"{data}: {OTHER_DATA}, no verdict")
    style.legend(figure, _legend(results, blocks[1]), 3)
    if told := _message(blocks[0], blocks[1][blocks[1]["baseline"] == EVERY_BASELINE]):
        style.message(figure, told)
    return figure


def _message(accuracies: pd.DataFrame, savings: pd.DataFrame) -> str:
    """How many of the verdicts shown are of each kind."""
    told = []
    for words, found in (("accuracies", accuracies), ("savings", savings)):
        verdicts = found.loc[~found["verdict"].isin([OTHER_DATA, NOT_RUN]), "verdict"]
        counts = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.value_counts(sort=False).items())
        told += [f"Of {len(verdicts)} {words}: {counts}."] if counts else []
    if len(savings) and told and NONE in set(savings["verdict"]):
        told += ["Not found: not reached in every circuit."]
    return " ".join(told)


def _height(block: pd.DataFrame) -> float:
    """In lines of text."""
    if not block["baseline"].iloc[0]:
        return len(block) + 1.0
    return STEP * block.groupby(["claim", "paper_version"])["comparison"].nunique().add(1).sum() + 1.0


def _accuracies(panel: Axes, results: Results, rows: pd.DataFrame) -> None:
    names = style.labels(networks(results.accuracy))
    for y, row in enumerate(rows.itertuples()):
        panel.plot([row.low, row.high], [y, y], color=style.INK, **INTERVAL)
        panel.plot(row.ours, y, "o", color=style.INK, ms=5.5, zorder=3, **style.hollow(row.n == 1))
        if row.verdict != OTHER_DATA:
            panel.plot(row.paper, y, "d", mfc="none", mec="black", ms=6.5, zorder=4)
        _say(panel, y, row.verdict)
    labels = [f"{results.title(row.dataset)}: {names.get(row.network, row.network)}" for row in rows.itertuples()]
    _finish(panel, list(range(len(rows))), labels, len(rows) - 0.4)
    panel.set_xlabel("test accuracy (%)")


def _savings(panel: Axes, results: Results, rows: pd.DataFrame) -> None:
    """A group of lines for each claim, headed by what is claimed."""
    looks, y = _looks(rows), 0.0
    places, labels = [], []
    for _, claim in rows.groupby(["claim", "paper_version"], sort=False):
        first = claim.iloc[0]
        panel.annotate(
            _heading(first), (0.0, y), xycoords=("axes fraction", "data"), xytext=(3, 0), va="center", fontsize=7.5,
            textcoords="offset points", fontweight="bold", color=style.INK,
        )  # fmt: skip
        top = y + 0.5
        for comparison, of_one in claim.groupby("comparison", sort=False):
            y += STEP
            _baselines(panel, y, of_one, looks)
            _say(panel, y, of_one["verdict"].iloc[0])
            places.append(y)
            labels.append(compared.words(results, str(comparison), of_one["dataset"].iloc[0]))
        if first["verdict"] != OTHER_DATA:
            panel.plot(2 * [first["paper"]], [top, y + 0.5], **style.PAPER)
        y += STEP
    _finish(panel, places, labels, y - 0.5)
    panel.axvline(0, color=style.PALE, lw=0.8, zorder=0)
    panel.set_xlim(max(LEAST, float(rows["low"].min()) - 5), 100)
    panel.set_xlabel("saved against signed weights, equal time (%)")


def _baselines(panel: Axes, y: float, rows: pd.DataFrame, looks: Mapping[str, Any]) -> None:
    for place, (baseline, look) in enumerate(looks.items()):
        at = y + (place + 0.5) / len(looks) - 0.5
        for row in rows[rows["baseline"] == baseline].itertuples():
            panel.plot([max(LEAST, row.low), row.high], [at, at], color=look["color"], **RANGE)
            panel.plot(row.ours, at, linestyle="", ms=4, zorder=3, **look)


def _looks(rows: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return style.series(name for name in rows["baseline"].unique() if name not in ("", EVERY_BASELINE))


def _heading(row: pd.Series) -> str:
    words = row["quantity"].removesuffix(" (up to)")
    most = "up to " if words != row["quantity"] else ""
    paper = "" if row["verdict"] == OTHER_DATA else f"   (paper: {most}{row['paper']:g} %)"
    return f"{words.capitalize()}{paper}"


def _say(panel: Axes, y: float, verdict: str) -> None:
    panel.annotate(
        SHORT.get(verdict, verdict), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=7.5,
        color=style.INK, annotation_clip=False,
    )  # fmt: skip


def _finish(panel: Axes, places: list[Any], labels: list[str], low: float) -> None:
    panel.set_yticks(places, labels)
    panel.set_ylim(low, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.grid(visible=False, axis="y")


def _legend(results: Results, savings: pd.DataFrame) -> list[Line2D]:
    share = f"{100 * results.rules.confidence:g} %"
    handles = [
        Line2D([], [], ls="", ms=4, label=MAPPINGS_IN_WORDS[name], **look) for name, look in _looks(savings).items()
    ]
    if handles:
        handles.append(
            Line2D([], [], color=style.INK, **RANGE, label="lowest to highest of all circuits (no interval)")
        )
    if set(results.claims["verdict"]) != {OTHER_DATA}:
        handles.append(Line2D([], [], color="black", marker="d", mfc="none", ms=6.5, linestyle="", label="paper"))
    if len(savings) < len(results.claims):
        handles.append(Line2D([], [], color=style.INK, **INTERVAL, label=f"mean and {share} interval, the wider"))
    return handles
