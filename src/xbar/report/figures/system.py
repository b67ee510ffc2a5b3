"""Figures of circuits by events: one inference over time, use of the parts, and mean power over the rate."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from xbar.report.contents import figure
from xbar.report.figures import compared, ends, style
from xbar.report.results import Results
from xbar.report.savings import OWN
from xbar.report.statistics import networks
from xbar.report.system import BUSY, TIMES, shown_rows
from xbar.system.rows import OVERLAPPED, SERIAL

STATIONS = {"bus": "bus", "lines": "lines", "adcs": "ADCs", "digital": "digital"}
FINEST = 2000  # shares of the time axis that are told apart
SLOWEST = 0.1  # inputs per second at which curves of power begin
NAMES = 0.42  # share of a panel of power that names take, left of the curves
LOOKS: dict[str, dict[str, Any]] = {SERIAL: {"mfc": "white"}, OVERLAPPED: {}}


@figure(
    stage="4 Costs",
    caption=(
        "One inference of the unipolar network of the first comparison, event by event, at the last bank of "
        "circuit.banks. Above: serial work with one sample stage. Below: overlapped work with two, so that the next "
        "product is read while one is converted. Colours are layers. Bus: inputs of every product are fetched and its "
        "outputs stored. Lines: DACs and arrays, from the first to the last pulse. ADCs: all turns of a product. "
        "Digital: passes after the last turn."
    ),
    reads=("events",),
)
def inference(results: Results) -> Figure:
    """A Gantt chart: a row for each part, a bar for each activity."""
    events = results.events
    if events.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    figure, axes = style.panels(2, 1, style.PAGE_IN, 3.6, sharex=True)
    layers = sorted(events["layer"].unique())
    colours = {layer: style.SERIES[i % len(style.SERIES)] for i, layer in enumerate(layers)}
    for panel, schedule in zip(axes[:, 0], (SERIAL, OVERLAPPED), strict=True):
        of_schedule = events[events["schedule"] == schedule]
        for (y, station), layer in product(enumerate(STATIONS), layers):
            own = of_schedule[(of_schedule["station"] == station) & (of_schedule["layer"] == layer)]
            spans = _merged(own[["start_ns", "end_ns"]].to_numpy() / 1e3, events["end_ns"].max() / 1e3 / FINEST)
            panel.broken_barh(spans, (y - 0.36, 0.72), color=colours[layer], lw=0.3)
        panel.set_yticks(range(len(STATIONS)), list(STATIONS.values()))
        panel.set_ylim(len(STATIONS) - 0.5, -0.5)
        panel.tick_params(axis="y", length=0)
        panel.grid(visible=False, axis="y")
        panel.axvline(of_schedule["end_ns"].max() / 1e3, color=style.INK, lw=0.8)
        style.title(panel, f"{schedule}: {of_schedule['end_ns'].max() / 1e3:.2f} µs")
    axes[-1, 0].set_xlabel("time (µs)")
    axes[-1, 0].set_xlim(left=0)
    name, bank = events[["network", "bank"]].iloc[0]
    handles = [Patch(color=colour, label=f"layer {layer:g}") for layer, colour in colours.items()]
    style.legend(figure, handles)
    serial, overlapped = (events.loc[events["schedule"] == of, "end_ns"].max() for of in (SERIAL, OVERLAPPED))
    share = f"overlapped work takes {100 * overlapped / serial:.0f} % of the time of serial work"
    style.message(figure, f"{name}, bank of {bank}: {share}.")
    return figure


def _merged(spans: np.ndarray, gap: float) -> list[tuple[float, float]]:
    """Spans (start, end) as (start, width); those that lie closer than `gap` are one."""
    found: list[list[float]] = []
    for start, end in sorted(spans.tolist()):
        if found and start - found[-1][1] < gap:
            found[-1][1] = max(end, found[-1][1])
        else:
            found.append([start, end])
    return [(start, end - start) for start, end in found]


@figure(
    stage="4 Costs",
    caption=(
        "Circuits by events at the reference circuit. Left: latency and the interval between inferences, over those "
        "of the closed form. The interval lies a little below the latency. Right: share of the interval in which "
        "parts work, mean over layers or ADCs. The four parts lie one below the other. White: serial work, with one "
        "sample stage and memory of one inference as it is priced. Filled: overlapped work, with two stages and twice "
        "the memory. Bank: the number of shared ADCs, where largest is as many as the largest layer needs. Of each "
        "dataset the first comparison of the fewest bits is shown. system.csv has the others."
    ),
    reads=("system", "accuracy", "datasets"),
)
def schedules(results: Results) -> Figure:
    """Times over the closed form and use of the parts: a line for each circuit."""
    rows = _of_first(results)
    if rows.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    circuits = list(rows.groupby(["place", "network", "bank"], sort=False))
    figure, axes = style.panels(1, 2, style.PAGE_IN, 1.5 + 0.3 * len(circuits), sharey=True)
    measured = [{f"{time}_factor": time for time in TIMES}, BUSY]
    looks = style.series(word for words in measured for word in words.values())
    for panel, words in zip(axes[0], measured, strict=True):
        _circuits(panel, [of_circuit for _, of_circuit in circuits], words, looks)
    axes[0, 0].axvline(1, **style.PAPER)
    axes[0, 0].set_yticks(range(len(circuits)), [_label(results, network, bank) for (_, network, bank), _ in circuits])
    axes[0, 0].set_ylim(len(circuits) - 0.5, -0.5)
    axes[0, 0].set_xlabel("time over the closed form (dashed: as long)")
    axes[0, 1].set_xlabel("busy (% of the interval)")
    kinds = [
        Line2D([], [], ls="", ms=4, marker="o", color=style.INK, label=f"{name} work", **LOOKS[name]) for name in LOOKS
    ]
    style.legend(figure, kinds, 8)
    latency = {name: rows.loc[rows["schedule"] == name, "latency_factor"] for name in LOOKS}
    told = (f"{name} work takes {of.min():.2f} to {of.max():.2f} times" for name, of in latency.items())
    style.message(figure, f"Latency of an inference, circuits drawn here: {', '.join(told)} that of the closed form.")
    return figure


def _circuits(panel: Axes, circuits: list[pd.DataFrame], words: dict[str, str], looks: dict[str, Any]) -> None:
    """A line for each circuit, striped, under the legend of the panel's own measures."""
    for y, of_circuit in enumerate(circuits):
        _marks(panel, y, of_circuit.set_index("schedule"), words, looks)
        panel.axhspan(y - 0.5, y + 0.5, color="#f4f4f4" if y % 2 else "white", lw=0, zorder=0)
    panel.tick_params(axis="y", length=0, labelsize=7.5)
    panel.grid(visible=False, axis="y")
    handles = [Line2D([], [], ls="", ms=4, label=word, **looks[word]) for word in words.values()]
    panel.legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, handletextpad=0, columnspacing=0.9
    )


def _of_first(results: Results) -> pd.DataFrame:
    """`shown_rows` of the first comparison of each dataset: others have another network."""
    rows = shown_rows(results)
    names = {side for name in compared.first_of_each_dataset(results) for side in results.comparisons[name].values()}
    return rows[rows["network"].isin(names)]


def _marks(panel: Axes, y: float, circuit: pd.DataFrame, words: dict[str, str], looks: dict[str, Any]) -> None:
    """Serial and overlapped work of one circuit, joined: a line for each measure, one below the other."""
    scale = 100 if words is BUSY else 1
    for place, (name, word) in enumerate(words.items()):
        at = y + 0.84 * ((place + 0.5) / len(words) - 0.5)
        panel.plot(scale * circuit.loc[list(LOOKS), name], 2 * [at], color=looks[word]["color"], lw=0.6, alpha=0.6)
        for schedule, look in LOOKS.items():
            panel.plot(scale * circuit.loc[schedule, name], at, ms=3.6, **looks[word] | look)


def _label(results: Results, network: str, bank: str) -> str:
    kinds = networks(results.accuracy)
    if network not in kinds.index:
        return f"{network}, {bank}"
    dataset = kinds.loc[network, "dataset"]
    words = style.labels(kinds[kinds["dataset"] == dataset])[network]
    return f"{results.title(dataset)}, {words}: {'own ADCs' if bank == OWN else f'bank {bank}'}"


@figure(
    stage="4 Costs",
    caption=(
        "Mean power over the rate at which inputs arrive, at the reference circuit. Curves end at the highest rate of "
        "overlapped work. Solid: all parts leak all the time. Dotted: the same circuit whose parts leak only while an "
        "inference lasts. Names stand where only leakage is left, from the highest power down. Squares and dashes: "
        "shared converters. Bank: their number, where largest is as many as the largest layer needs. Of each dataset "
        "the first comparison of the fewest bits is shown. Energies are best read as ratios: validation.md."
    ),
    reads=("system", "accuracy", "datasets"),
)
def power(results: Results) -> Figure:
    """Mean power of every circuit over the rate of inputs, a panel for each data set."""
    rows = _of_first(results)
    if rows.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    data = {str(name): of for name, of in rows[rows["schedule"] == OVERLAPPED].groupby("dataset", sort=False)}
    figure, axes = style.panels(1, len(data), style.PAGE_IN if len(data) > 1 else 0.7 * style.PAGE_IN, 3.6)
    for panel, (name, of) in zip(axes[0], data.items(), strict=True):
        _powers(panel, of)
        style.title(panel, results.title(name))
        panel.set_xlabel("inputs per second")
    axes[0, 0].set_ylabel("mean power (µW)")
    style.legend(figure, _power_legend(rows), 4)
    told = [
        f"{results.title(name)} {of['leakage_uW'].min():.3g} to {of['leakage_uW'].max():.3g} µW"
        for name, of in data.items()
    ]
    style.message(figure, f"Leakage sets the power at low rates: {', '.join(told)}.")
    return figure


def _powers(panel: Axes, rows: pd.DataFrame) -> None:
    """Dynamic energy at the rate of inputs, with leakage: a line for each corner and bank."""
    plateaus = {}
    for row in rows.itertuples():
        rates = np.geomspace(SLOWEST, 1e9 / row.interval_ns, 60)
        drawn_uW, look = row.energy_pJ * rates * 1e-6, _look(row.corner, row.bank)
        panel.plot(rates, drawn_uW + row.leakage_uW, markevery=[-1], **look)
        at_work = np.minimum(row.latency_ns * rates * 1e-9, 1)
        panel.plot(rates, drawn_uW + row.leakage_uW * at_work, **look | {"ls": ":", "marker": "", "lw": 0.9})
        plateaus[f"{row.corner.split('-')[0]}, {_bank(row.bank)}"] = (row.leakage_uW, look["color"])
    panel.set(xscale="log", yscale="log")
    for period_s in rows["period_s"].dropna().unique():
        panel.axvline(1 / period_s, **style.PAPER)
    _name(panel, plateaus)


def _name(panel: Axes, plateaus: dict[str, tuple[float, str]]) -> None:
    """A name left of every curve, the highest power on top, led to where only leakage is left."""
    fastest = panel.get_xlim()[1]
    panel.set(xlim=(SLOWEST * (SLOWEST / fastest) ** (NAMES / (1 - NAMES)), fastest), ylim=panel.get_ylim())
    panel.set_xticks([tick for tick in panel.get_xticks() if SLOWEST * 0.99 < tick < fastest])
    panel.xaxis.set_minor_locator(NullLocator())
    places = panel.transScale + panel.transLimits
    ordered = sorted(plateaus.items(), key=lambda plateau: -plateau[1][0])
    own = [places.transform((SLOWEST, leakage_uW))[1] for _, (leakage_uW, _) in ordered]
    top = min(0.97, np.mean(own) + ends.LINE * (len(own) - 1) / 2)
    for place, ((words, (_, colour)), share) in enumerate(zip(ordered, own, strict=True)):
        leader = {"arrowstyle": "-", "color": colour, "lw": 0.5, "relpos": (1, 0.5), "shrinkA": 1, "shrinkB": 0}
        panel.annotate(
            words, (NAMES, share), (NAMES - 0.06, top - 0.85 * ends.LINE * place), "axes fraction", ha="right",
            va="center", fontsize=7, color=colour, arrowprops=leader,
        )  # fmt: skip


def _look(corner: str, bank: str) -> dict[str, Any]:
    """Colour by signs, mark and dash by converters; signed lines are wider, so that those below others are seen."""
    signs, converters = corner.split("-")
    dash = {OWN: "-", "largest": (0, (5, 1.5))}.get(bank, (0, (5, 1.5, 1, 1.5)))
    width = 2.2 if signs == "signed" else 1.0
    return {"color": style.COLOURS[signs], "marker": style.CONVERTERS[converters], "ms": 4, "ls": dash, "lw": width}


def _power_legend(rows: pd.DataFrame) -> list[Line2D]:
    ink: dict[str, Any] = {"color": style.INK}
    leaks = [
        Line2D([], [], label="leaks all the time", **ink),
        Line2D([], [], ls=":", label="leaks only at work", **ink),
    ]
    sensor = [Line2D([], [], **style.PAPER | {"label": "rate of the sensor, where known"})]
    return [*leaks, *sensor] if rows["period_s"].notna().any() else leaks


def _bank(bank: str) -> str:
    return "own ADCs" if bank == OWN else f"bank {bank}"
