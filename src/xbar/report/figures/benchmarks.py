"""Figure of the training steps: how much slower than plain float torch, here and elsewhere."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from xbar.report.figures import style

TICKS = (1, 1.5, 2, 3, 5, 8)
PREFIX = "step of "


def benchmarks(rows: pd.DataFrame) -> Figure:
    """Median ratio of the step times with the range over pairs, one panel per network."""
    steps = rows[rows["case"].str.startswith(PREFIX)]
    if steps.empty:
        return style.absent("benchmarks/steps.py")
    cases = list(steps.groupby("case", sort=False))
    figure, axes = style.panels(1, len(cases), style.PAGE_IN, 2.0, sharey=True, sharex=True)
    subjects = list(dict.fromkeys(steps["subject"]))
    batches = list(dict.fromkeys(steps["batch"]))
    looks = dict(zip(batches, ({"marker": "o", "mfc": "white"}, {"marker": "s"}), strict=False))
    for panel, (case, of_case) in zip(axes[0], cases, strict=True):
        _panel(panel, of_case, subjects, looks)
        panel.set_title(case.removeprefix(PREFIX), loc="left", fontweight="bold")
    axes[0, 0].set_xlim(0.9, 1.1 * steps["ratio_high"].max())  # shared: left to itself it would be that of one panel
    axes[0, 0].set_yticks(range(len(subjects)), subjects)
    axes[0, 0].set_ylim(len(subjects) - 0.5, -0.5)
    handles = [
        panel.plot([], [], linestyle="", color=style.INK, label=f"batch {batch}", **look)[0]
        for batch, look in looks.items()
    ]
    style.legend(figure, handles)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame, subjects: list[str], looks: dict[str, dict]) -> None:
    for row in rows.itertuples():
        y = subjects.index(row.subject) + 0.3 * (list(looks).index(row.batch) - 0.5)
        colour = style.GOOD if row.subject == "xbar" else style.INK
        panel.plot([row.ratio_low, row.ratio_high], [y, y], color=colour, lw=1)
        panel.plot(row.ratio_median, y, color=colour, **looks[row.batch])
    panel.axvline(1, color=style.INK, lw=0.8)
    panel.set(xscale="log", xlabel="step time over float torch")
    panel.xaxis.set_major_locator(FixedLocator(TICKS))
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_minor_formatter(NullFormatter())
