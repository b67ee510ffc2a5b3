"""Figure of area and energy by component for the four circuits of every comparison."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from xbar.config.claims import ReferenceSpec
from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.savings import of_sides, reference_rows
from xbar.savings.corners import BASELINE, CORNERS

DRAWN = {"area_um2": ("area (mm²)", 1e6), "energy_pJ": ("energy per inference (nJ)", 1e3)}
REST = "other"
BAR: dict[str, Any] = {"height": 0.72, "linewidth": 0.4, "edgecolor": "white"}


@figure(
    stage="4 Costs",
    caption=(
        "Area and energy per inference by component for the four circuits of every comparison, at the reference "
        "circuit of config.yaml, named above. Signed: with the baseline mapping named; unipolar: one device for a "
        "weight. Own: own converters in every layer; shared: one bank of converters for all layers. Numbers: change "
        "against signed weights with own converters."
    ),
    reads=("cost",),
)
def costs(results: Results) -> Figure:
    """Stacked bars at the options of the reference circuit; the number behind a bar is what it saves."""
    cost = of_sides(reference_rows(results.cost, results.rules.reference), results.comparisons)
    comparisons = dict(iter(cost.groupby("comparison", sort=False)))
    if not comparisons:
        return style.absent("a comparison of a signed and a unipolar network")
    parts = _largest(pd.concat(comparisons.values()))
    figure, axes = style.panels(len(comparisons), 2, style.PAGE_IN, 0.8 + 1.05 * len(comparisons), sharey="row")
    for row, (name, rows) in zip(axes, comparisons.items(), strict=True):
        for panel, measure in zip(row, DRAWN, strict=True):
            _bars(panel, rows, measure, parts)
        style.title(row[0], name)
    for panel, (words, _) in zip(axes[-1], DRAWN.values(), strict=True):
        panel.set_xlabel(words)
    colours = dict(zip(parts, style.PARTS, strict=False)) | {REST: style.PARTS[-1]}
    handles = [Patch(color=colour, label=part.replace("_", " ")) for part, colour in colours.items()]
    style.legend(figure, handles, title=_circuit(results.rules.reference))
    return figure


def _circuit(reference: ReferenceSpec) -> str:
    return f"baseline: {reference.mapping}; ADC model {reference.adc_law}; bank: {reference.bank}"


def _largest(cost: pd.DataFrame) -> list[str]:
    """The components with the largest share of any bar; as many as there are colours."""
    shares = pd.DataFrame(
        {measure: cost[measure] / cost.groupby(["network", "corner"])[measure].transform("sum") for measure in DRAWN}
    )
    largest = shares.max(axis=1).groupby(cost["component"]).max().sort_values(ascending=False, kind="stable")
    return list(largest.index[: len(style.PARTS) - 1])


def _bars(panel: Axes, rows: pd.DataFrame, measure: str, parts: list[str]) -> None:
    _, unit = DRAWN[measure]
    totals = {corner: rows.loc[rows["corner"] == corner, measure].sum() / unit for corner in CORNERS}
    longest = max(totals.values())
    for y, corner in enumerate(CORNERS):
        left = 0.0
        of_corner = rows[rows["corner"] == corner]
        values = of_corner.set_index("component")[measure] / unit
        for part, colour in zip(parts, style.PARTS, strict=False):
            width = values.get(part, 0.0)
            panel.barh(y, width, left=left, color=colour, **BAR)
            left += width
        panel.barh(y, totals[corner] - left, left=left, color=style.PARTS[-1], **BAR)
        saved = 100 * (1 - totals[corner] / totals[BASELINE])
        if corner != BASELINE:
            panel.text(totals[corner] + 0.015 * longest, y, _change(-saved), va="center", fontsize=7.5)
    panel.set_yticks(range(len(CORNERS)), [_name(*corner.split("-")) for corner in CORNERS])
    panel.set_ylim(len(CORNERS) - 0.5, -0.5)
    panel.set_xlim(0, 1.16 * longest)
    panel.tick_params(axis="y", length=0)
    panel.grid(visible=False, axis="y")


def _name(polarity: str, converters: str) -> str:
    return f"{polarity}, {converters}"


def _change(percent: float) -> str:
    rounded = round(percent)
    return "±0 %" if rounded == 0 else f"{'+' if rounded > 0 else '−'}{abs(rounded)} %"
