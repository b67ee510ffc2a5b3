"""Names at the ends of curves, which a reader finds without a legend."""

from collections.abc import Mapping
from typing import NamedTuple

from matplotlib.axes import Axes

from xbar.report.figures import style

LINE = 0.085  # between two names, share of the panel's height


class End(NamedTuple):
    """The last point of a curve in units of its axes, and the colour of its name."""

    x: float
    y: float
    colour: str


def name(panel: Axes, ends: Mapping[str, End]) -> None:
    """A name right of the end of every curve. Of curves that end at about one x, names are at least a line apart.

    Limits and scale of both axes, which may be logarithmic, are those of the panel now.
    """
    panel.set(xlim=panel.get_xlim(), ylim=panel.get_ylim())
    shares = panel.transScale + panel.transLimits  # from data to shares of the panel
    free: dict[int, float] = {}
    for words, end in sorted(ends.items(), key=lambda item: -item[1].y):
        across, own = shares.transform((end.x, end.y))
        column = round(5 * across)
        free[column] = min(own, free.get(column, 2.0) - LINE)
        panel.annotate(
            words, (across, free[column]), xycoords="axes fraction", xytext=(6, 0), textcoords="offset points",
            va="center", fontsize=7.5, color=end.colour, annotation_clip=False, bbox=style.BEHIND, zorder=4,
        )  # fmt: skip
