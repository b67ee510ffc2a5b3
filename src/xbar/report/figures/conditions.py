"""Figure of when the paper's savings hold: shares of drawn circuits by what is known of them."""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xbar.report.conditions import CONDITIONS, SAVED, alone, targets
from xbar.report.contents import figure
from xbar.report.figures import compared, style
from xbar.report.results import Results
from xbar.report.savings import MAPPINGS_IN_WORDS

OPEN = "any circuit"
HEADS = {"latency": "time over the baseline's:", "array_energy": "energy in the array:"}
DARK = 55.0  # from this share on the number in a cell is white
APART = 2.0  # times the share of all others, from which on a network is named apart
GAP = 0.35  # between two conditions, in cells


@figure(
    stage="4 Costs",
    caption=(
        "In how many drawn circuits both steps together save what the paper says. Number and shade: share of the "
        "circuits (%) that save at least that much. A row is what is known of the circuit. All other choices are "
        "drawn. Time is latency of both steps over that of the drawn baseline. It is not made equal. Energy in the "
        "array is its share of the baseline's energy. Each listed value of an option is equally likely, so these "
        "shares are no probabilities. No network was trained for two crossbars or an offset column. Paired columns, "
        "mirrored, stand in. conditions.md has the savings themselves."
    ),
    reads=("conditions", "claims", "accuracy", "datasets"),
)
def conditions(results: Results) -> Figure:
    """Two heat maps, area and energy: what is known of a circuit by comparison, the share of circuits in the cell."""
    rows = alone(results.conditions)
    found = set(rows["comparison"])
    names = {name: words for name, words in compared.shown(results).items() if name in found}
    if not names:
        return style.absent("a comparison of a signed and a unipolar network")
    rows = rows[rows["comparison"].isin(names)]
    cases = list(rows[list(CONDITIONS)].drop_duplicates().itertuples(index=False, name=None))
    places = np.arange(len(cases)) + GAP * np.cumsum(_starts(cases))
    size = style.PAGE_IN, 1.0 + 0.19 * places[-1]
    figure, axes = style.panels(1, len(SAVED), *size, sharey="row")
    shares = rows.set_index(["comparison", *CONDITIONS])
    for panel, measure in zip(axes[0], SAVED, strict=True):
        table = [[100 * shares[f"{measure}_holds"].get((name, *case), np.nan) for name in names] for case in cases]
        _map(panel, np.asarray(table), places)
        panel.set_xticks(range(len(names)), [words.replace(", ", ",\n") for words in names.values()])
        panel.set_title(f"% of circuits that save {targets(results.claims)[measure]:g} % of {measure}", loc="left")
    axes[0, 0].set_yticks(places, [_words(case) for case in cases])
    axes[0, 0].set_ylim(places[-1] + 0.5, -0.5)
    drawn = rows[(rows[list(CONDITIONS)] == "").all(axis=1)].set_index("comparison")
    told = [_range(100 * drawn[f"{of}_holds"], names, f"{targets(results.claims)[of]:g} % of {of}") for of in SAVED]
    style.message(figure, f"Of all drawn circuits {', and '.join(told)}.")
    return figure


def _range(percent: pd.Series, names: dict[str, str], saving: str) -> str:
    """In how many circuits a saving is reached; a network that stands far above all others is named apart."""
    best, others = str(percent.idxmax()), percent.drop(percent.idxmax())
    if others.empty or percent.max() < APART * others.max():
        return f"{percent.min():.0f} to {percent.max():.0f} % save {saving}"
    ends = f"{others.min():.0f} to {others.max():.0f} %"
    return f"{ends} save {saving}, but {percent.max():.0f} % with {names[best]}"


def _starts(cases: list[tuple[str, ...]]) -> list[bool]:
    """Which cases are the first of a condition, the very first left out."""
    known = [[bool(value) for value in case] for case in cases]
    return [False, *(before != after for before, after in pairwise(known))]


def _words(case: tuple[str, ...]) -> str:
    told = dict(zip(CONDITIONS, case, strict=True))
    if mapping := told["mapping"]:
        return MAPPINGS_IN_WORDS.get(mapping, mapping)
    return next((f"{HEADS[name]} {value}" for name, value in told.items() if value), OPEN)


def _map(panel: Axes, percent: np.ndarray, places: np.ndarray) -> None:
    """A cell for each share, of the same shade for the same number in every run."""
    for y, row in zip(places, percent, strict=True):
        ends = (-0.5, len(row) - 0.5, y + 0.5, y - 0.5)
        panel.imshow(row[None], extent=ends, aspect="auto", cmap="Blues", vmin=0, vmax=100, interpolation="nearest")
        for x, share in enumerate(row):
            if not pd.isna(share):
                colour = "white" if share > DARK else style.INK
                panel.text(x, y, _number(share), color=colour, ha="center", va="center", fontsize=7.5)
    panel.tick_params(length=0, top=True, bottom=False, labeltop=True, labelbottom=False)
    panel.spines[:].set_visible(False)
    panel.grid(visible=False)


def _number(share: float) -> str:
    return "<1" if 0 < share < 1 else f"{share:.0f}"
