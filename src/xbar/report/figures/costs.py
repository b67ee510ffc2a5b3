"""Figure of area and energy by component for the four circuits of a comparison."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from xbar.circuit.bill import GROUPS
from xbar.config.claims import Corner, ReferenceSpec
from xbar.report.contents import figure
from xbar.report.figures import compared, style
from xbar.report.results import Results
from xbar.report.savings import MAPPINGS_IN_WORDS, of_sides, reference_rows
from xbar.savings.corners import BASELINE, CORNERS

DRAWN = {"area_um2": ("area (mm²)", 1e6), "energy_pJ": ("energy per inference (nJ)", 1e3)}
BAR: dict[str, Any] = {"height": 0.72, "linewidth": 0.4, "edgecolor": "white"}
IN_WORDS: dict[Corner, str] = {
    "signed-own": "signed, own converters",
    "signed-shared": "signed, shared converters",
    "unipolar-own": "unipolar, own converters",
    "unipolar-shared": "unipolar, shared converters",
}


@figure(
    stage="4 Costs",
    caption=(
        "Where area and energy go, at the reference circuit named above. Beside each bar stand its total and the "
        "change against signed weights with own converters. Own: each layer has converters of its own. Shared: one "
        "bank of converters serves all layers. Of each dataset the first comparison of the fewest bits is shown. "
        "cost.csv has every component of every comparison."
    ),
    reads=("cost", "accuracy", "datasets"),
)
def costs(results: Results) -> Figure:
    """Stacked bars of the groups of `style.COMPONENTS` at the options of the reference circuit."""
    cost = of_sides(reference_rows(results.cost, results.rules.reference), results.comparisons)
    names = {
        name: told for name, told in compared.first_of_each_dataset(results).items() if name in set(cost["comparison"])
    }
    if not names:
        return style.absent("a comparison of a signed and a unipolar network")
    figure, axes = style.panels(len(names), 2, style.PAGE_IN, 0.9 + 1.15 * len(names), sharey="row")
    for row, (name, told) in zip(axes, names.items(), strict=True):
        for panel, measure in zip(row, DRAWN, strict=True):
            _bars(panel, cost[cost["comparison"] == name], measure)
            panel.set_xlabel(DRAWN[measure][0])
            style.few_ticks(panel.xaxis)
        style.title(row[0], told)
    handles = [Patch(color=colour, label=words) for words, colour in (*style.COMPONENTS.values(), style.REST)]
    style.legend(figure, handles, title=_circuit(results.rules.reference))
    return figure


def _circuit(reference: ReferenceSpec) -> str:
    bank = "as many shared ADCs as the largest layer needs" if reference.bank == "largest" else f"{reference.bank} ADCs"
    return f"signed weights in {MAPPINGS_IN_WORDS[reference.mapping]}; ADC model {reference.adc_law}; {bank}"


def _bars(panel: Axes, rows: pd.DataFrame, measure: str) -> None:
    groups = {part: group for group, parts in GROUPS.items() for part in parts}
    values = rows.groupby(["corner", rows["component"].map(groups).fillna("")])[measure].sum() / DRAWN[measure][1]
    totals = values.groupby("corner").sum()
    for y, corner in enumerate(CORNERS):
        left = 0.0
        for group, (_, colour) in style.COMPONENTS.items():
            width = float(values.get((corner, group), 0.0))
            panel.barh(y, width, left=left, color=colour, **BAR)
            left += width
        panel.barh(y, totals[corner] - left, left=left, color=style.REST[1], **BAR)
        words = f"{totals[corner]:#.3g}".rstrip(".") if totals[corner] < 1000 else f"{totals[corner]:.0f}"
        if corner != BASELINE:
            words += f"  ({_change(100 * (totals[corner] / totals[BASELINE] - 1))})"
        panel.text(totals[corner] + 0.015 * totals.max(), y, words, va="center", fontsize=7.5)
    panel.set_yticks(range(len(CORNERS)), [IN_WORDS[corner] for corner in CORNERS])
    panel.set_ylim(len(CORNERS) - 0.5, -0.5)
    panel.set_xlim(0, 1.42 * totals.max())
    panel.tick_params(axis="y", length=0)
    panel.grid(visible=False, axis="y")


def _change(percent: float) -> str:
    rounded = round(percent)
    return "±0 %" if rounded == 0 else f"{'+' if rounded > 0 else '−'}{abs(rounded)} %"
