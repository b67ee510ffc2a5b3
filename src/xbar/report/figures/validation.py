"""Figure of the cost model against published macros: the factor between what is predicted and what was published."""

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.render import significant
from xbar.report.results import Results
from xbar.report.validation import CASE, QUANTITIES, RATIO, kind, spread

MARKERS = dict(zip((*QUANTITIES.values(), RATIO), "o^Dvs", strict=True))
BANDS = {10: "#f0f0f0", 2: "#d8d8d8"}  # factors of error shaded in the background


@figure(
    stage="4 Costs",
    caption=(
        "The cost model against published macros: predicted over published on a logarithmic axis. Lines are published "
        "numbers and ratios of two operating points of one macro; marks are ADC models, as in the table. "
        "Shaded: within factors of 2 and 10. The legend says the factors of error: absolute numbers are far off, "
        "ratios between operating points of one macro are closer, and only ratios are reported. Not blind: some "
        "assumptions were set after a first comparison, as the table says. Not modelled: leakage, clock, reference "
        "buffers, write circuits, wires between layers, activation memory, a gain amplifier per layer."
    ),
    reads=("validation",),
)
def validation(results: Results) -> Figure:
    """Predicted over published, macro by macro, with every ADC model."""
    table = results.validation
    if table.empty:
        return style.absent("the table of published macros")
    table = table.assign(kind=table.apply(kind, axis=1))
    laws = {law: style.PARTS[i] for i, law in enumerate(sorted(table["adc_law"].unique()))}
    cases = list(table.groupby(CASE, sort=False))
    figure, axes = style.panels(1, 1, style.PAGE_IN, 1.6 + 0.155 * len(cases))
    _factors(axes[0, 0], cases, laws)
    style.legend(figure, _legend(table, laws), 3)
    return figure


def _factors(panel: Axes, cases: list[tuple], laws: dict[str, str]) -> None:
    for factor, shade in BANDS.items():
        panel.axvspan(1 / factor, factor, color=shade, linewidth=0, zorder=0)
    panel.axvline(1, color=style.INK, lw=0.8)
    for y, (_, rows) in enumerate(cases):
        for row in rows.dropna(subset="factor").itertuples():
            panel.plot(row.factor, y, MARKERS[row.kind], **_look(laws[row.adc_law], row.lends_constants))
    panel.set_yticks(range(len(cases)), [_label(*case) for case, _ in cases])
    panel.tick_params(axis="y", length=0, labelsize=7)
    panel.set(xscale="log", xlabel="predicted over published", ylim=(len(cases) - 0.4, -0.6))
    panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.xaxis.set_minor_locator(NullLocator())


def _look(colour: str, lends_constants: str = "no") -> dict:
    """Hollow where the model has constants of the macro."""
    if lends_constants == "yes":
        return {"color": colour, "ms": 3.6, "mew": 0.9, "mfc": "white", "alpha": 0.85}
    return {"color": colour, "ms": 4, "mew": 0.4, "mec": "white", "alpha": 0.85}


def _label(macro: str, quantity: str, relative_to: str) -> str:
    return f"{macro} / {relative_to}" if relative_to else f"{macro}, {QUANTITIES[quantity]}"


def _legend(table: pd.DataFrame, laws: dict[str, str]) -> list[Artist]:
    factors = spread(table)
    return [
        *(Line2D([], [], linestyle="", marker="o", label=f"ADC model {law}", **_look(laws[law])) for law in laws),
        *(
            Line2D([], [], linestyle="", marker=MARKERS[of.Index], color=style.INK,
                   label=f"{of.Index}: × {significant(of.low, 2)} to {significant(of.high, 2)}")
            for of in factors.itertuples()
        ),
        Line2D([], [], linestyle="", marker="o", color=style.INK, mfc="white", label="lends constants to the model"),
        *(Patch(color=shade, label=f"within a factor of {factor}") for factor, shade in reversed(BANDS.items())),
    ]  # fmt: skip
