"""Figure of which open choice of the circuit decides the savings."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from xbar.report.conditions import SAVED
from xbar.report.contents import figure
from xbar.report.figures import compared, style
from xbar.report.results import Results

MOST_OPTIONS = 9
PLAIN = {  # options of options.csv; what has no words here has its name
    "mapping": "how signed weights are stored",
    "adc_law": "ADC model",
    "bank": "number of shared ADCs",
    "bank_parts": "what else the bank holds",
    "bank_distance": "distance to the bank",
    "wire_area": "area of the wires to the bank",
    "write_circuits": "write circuits",
    "columns_per_adc": "columns per own ADC",
    "arrays crossbar": "size and packing of arrays",
    "adc_bits unipolar_extra_bits": "ADC bits",
    "own_adc_bits": "bits of own ADCs",
    "dac_bits": "DAC bits",
    "input_encoding dac pulse_ns": "input encoding and DAC",
    "opamp_scale": "size of amplifiers",
    "g_max_uS": "highest conductance",
}
METHOD = "sobol ST"


@figure(
    stage="4 Costs",
    caption=(
        "Which open choice of the circuit decides what both steps together save. Bar: total Sobol index, the share of "
        "the variance over drawn circuits that goes with a choice, its interactions with others included. Interactions "
        "count for every choice in them, so the bars add up to more than 100 %. The choices that explain most are "
        "shown. Time is not made equal. Of each dataset the first comparison of the fewest bits is shown."
    ),
    reads=("sensitivity", "accuracy", "datasets"),
)
def sensitivity(results: Results) -> Figure:
    """Total Sobol indices of the deciding choices as bars: area on the left, energy on the right, a bar a dataset."""
    table = results.sensitivity
    table = table[table["method"] == METHOD]
    names = compared.first_of_each_dataset(results)
    names = {name: words for name, words in names.items() if name in set(table["comparison"])}
    if not names:
        return style.absent("a comparison of a signed and a unipolar network")
    table = table[table["comparison"].isin(names)]
    options = deciding(table)
    size = style.PAGE_IN, 0.9 + (0.09 + 0.09 * len(names)) * len(options)
    figure, axes = style.panels(1, len(SAVED), *size, sharey="row")
    looks = style.series(names)
    for panel, measure in zip(axes[0], SAVED, strict=True):
        of_measure = table[table["measure"] == f"{measure}_saving both"]
        shares = 100 * of_measure.pivot(index="option", columns="comparison", values="number")
        _bars(panel, shares.reindex(options), {name: look["color"] for name, look in looks.items()})
        panel.set_xlabel(f"share of the variance of the {measure} saved (%)")
    axes[0, 0].set_yticks(range(len(options)), [_plain(option) for option in options])
    axes[0, 0].set_ylim(len(options) - 0.5, -0.5)
    style.legend(figure, [Patch(color=looks[name]["color"], label=words) for name, words in names.items()])
    style.message(figure, _message(table, names))
    return figure


def _message(table: pd.DataFrame, names: dict[str, str]) -> str:
    """The choice that decides each saving of each dataset, as the longest bar has it."""
    told = []
    for measure in SAVED:
        of_measure = table[table["measure"] == f"{measure}_saving both"].set_index("option")
        by_option: dict[str, list[str]] = {}
        for name, words in names.items():
            shares = of_measure.loc[of_measure["comparison"] == name, "number"]
            by_option.setdefault(_plain(str(shares.idxmax())), []).append(f"{words} {100 * shares.max():.0f} %")
        strongest = (f"{option} ({', '.join(of)})" for option, of in by_option.items())
        told += [f"The {measure} saved depends most on: {', '.join(strongest)}."]
    return " ".join(told)


def _plain(option: str) -> str:
    return PLAIN.get(option, option.replace("_", " "))


def deciding(shares: pd.DataFrame) -> list[str]:
    """The options with the largest share of the variance of a saving in a comparison, the strongest first."""
    largest = shares.groupby("option", sort=False)["number"].max()
    return list(largest.sort_values(ascending=False, kind="stable").index[:MOST_OPTIONS])


def _bars(panel: Axes, shares: pd.DataFrame, colours: dict[str, str]) -> None:
    high = 0.8 / len(colours)
    for place, (name, colour) in enumerate(colours.items()):
        for y, share in enumerate(shares[name].clip(lower=0)):  # an estimate of nothing may be below 0
            at = y - 0.4 + high * (place + 0.5)
            panel.barh(at, share, height=0.9 * high, color=colour)
            panel.text(share + 1, at, f"{share:.0f}", va="center", fontsize=6.5)
    panel.set_xlim(0, 100)
    panel.tick_params(axis="y", length=0)
    panel.grid(visible=False, axis="y")
