"""Figure of the training steps: how much slower than plain PyTorch, here and elsewhere."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from xbar.report.figures import style

TICKS = (1, 1.5, 2, 3, 5, 8)
PREFIX = "step of "
OURS = "xbar"


def benchmarks(rows: pd.DataFrame) -> Figure:
    """Median ratio of the step times with the range over pairs, one panel per network, the median beside its mark."""
    steps = rows[rows["case"].str.startswith(PREFIX)]
    if steps.empty:
        return style.absent("benchmarks/steps.py")
    cases = list(steps.groupby("case", sort=False))
    subjects = list(dict.fromkeys(steps["subject"]))
    height = 1.0 + len(cases) * (0.3 + 0.34 * len(subjects))
    figure, axes = style.panels(len(cases), 1, style.COLUMN_IN, height, sharex=True)
    batches = list(dict.fromkeys(steps["batch"]))
    looks = dict(zip(batches, ({"marker": "o", "mfc": "white"}, {"marker": "s"}), strict=False))
    for panel, (case, of_case) in zip(axes[:, 0], cases, strict=True):
        _panel(panel, of_case, subjects, looks)
        style.title(panel, case.removeprefix(PREFIX))
    last = axes[-1, 0]
    last.set_xlim(0.95, 1.3 * steps["ratio_high"].max())  # shared: left to itself it would be that of one panel
    last.set_xlabel("training step, times plain PyTorch (1: as fast)")
    handles = [
        last.plot([], [], linestyle="", color=style.INK, label=f"batch {batch}", **look)[0]
        for batch, look in looks.items()
    ]
    style.legend(figure, handles)
    if told := _message(steps):
        style.message(figure, told)
    return figure


def _message(steps: pd.DataFrame) -> str:
    """The range of our medians, and of those of all others."""
    ends = [
        (of_one["ratio_median"].min(), of_one["ratio_median"].max())
        for of_one in (steps[steps["subject"] == OURS], steps[steps["subject"] != OURS])
    ]
    if steps["subject"].eq(OURS).all() or not steps["subject"].eq(OURS).any():
        return ""
    (low, high), (others_low, others_high) = ends
    return (
        f"A training step of {OURS} takes {low:.1f} to {high:.1f} times one of plain PyTorch. Others take"
        f" {others_low:.1f} to {others_high:.1f} times."
    )


def _panel(panel: Axes, rows: pd.DataFrame, subjects: list[str], looks: dict[str, dict]) -> None:
    for row in rows.itertuples():
        y = subjects.index(row.subject) + 0.4 * (list(looks).index(row.batch) - 0.5)
        colour = style.GOOD if row.subject == OURS else style.INK
        panel.plot([row.ratio_low, row.ratio_high], [y, y], color=colour, lw=1)
        panel.plot(row.ratio_median, y, color=colour, **looks[row.batch])
        panel.annotate(
            f"{row.ratio_median:.1f}", (row.ratio_high, y), xytext=(5, 0), textcoords="offset points", va="center",
            fontsize=7, color=colour,
        )  # fmt: skip
    panel.axvline(1, color=style.INK, lw=0.8)
    panel.set(xscale="log", ylim=(len(subjects) - 0.5, -0.5))
    panel.set_yticks(range(len(subjects)), subjects)
    panel.tick_params(axis="y", length=0)
    panel.xaxis.set_major_locator(FixedLocator(TICKS))
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_minor_formatter(NullFormatter())
