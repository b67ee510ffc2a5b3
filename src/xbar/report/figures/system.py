"""Figures of circuits by events: one inference over time, use of the parts, and mean power over the rate."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.savings import OWN
from xbar.report.statistics import networks
from xbar.report.system import BUSY, TIMES, shown_rows
from xbar.system.rows import OVERLAPPED, SERIAL

STATIONS = {"bus": "bus", "lines": "lines", "adcs": "ADCs", "digital": "digital"}
FINEST = 2000  # shares of the time axis that are told apart
LOOKS: dict[str, dict[str, Any]] = {SERIAL: {"mfc": "white"}, OVERLAPPED: {}}


@figure(
    stage="4 Costs",
    caption=(
        "One inference of the unipolar network of the first comparison, event by event, at the last bank of "
        "circuit.banks. Above: serial work with one sample stage. Below: overlapped work with two, so that the next "
        "product is read while one is converted. Colours are layers. Bus: inputs of every product are fetched and "
        "its outputs stored. Lines: DACs and arrays, from the first to the last pulse. ADCs: all turns of a product. "
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
    style.legend(figure, handles, title=f"{name}, bank of {bank}")
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
        "Circuits by events at the reference circuit. Left: latency and the interval between inferences over those of "
        "the closed form. Right: share of the interval in which parts work, mean over layers or ADCs. White: serial "
        "work, with one sample stage and memory of one inference as it is priced. Filled: overlapped work, with two "
        "stages and twice the memory. Of each dataset only the comparisons of the fewest bits are shown."
    ),
    reads=("system", "accuracy", "datasets"),
)
def schedules(results: Results) -> Figure:
    """Times over the closed form and use of the parts: a line for each circuit."""
    rows = shown_rows(results)
    if rows.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    circuits = list(rows.groupby(["place", "network", "bank"], sort=False))
    figure, axes = style.panels(1, 2, style.PAGE_IN, 0.9 + 0.17 * len(circuits), sharey=True)
    measured = [{f"{time}_factor": time for time in TIMES}, BUSY]
    look = style.series(word for words in measured for word in words.values())
    for panel, words in zip(axes[0], measured, strict=True):
        scale = 100 if words is BUSY else 1
        for y, (_, of_circuit) in enumerate(circuits):
            by_schedule = of_circuit.set_index("schedule")
            for (name, word), schedule in product(words.items(), LOOKS):
                panel.plot(scale * by_schedule.loc[schedule, name], y, ms=3.6, **look[word] | LOOKS[schedule])
        panel.tick_params(axis="y", length=0, labelsize=7)
    axes[0, 0].axvline(1, **style.PAPER)
    axes[0, 0].set_yticks(range(len(circuits)), [_label(results, network, bank) for (_, network, bank), _ in circuits])
    axes[0, 0].set_ylim(len(circuits) - 0.4, -0.6)
    axes[0, 0].set_xlabel("time over the closed form")
    axes[0, 1].set_xlabel("busy (% of the interval)")
    handles = [Line2D([], [], ls="", ms=4, label=word, **look[word]) for word in look]
    handles += [Line2D([], [], ls="", ms=4, marker="o", color=style.INK, label=word, **LOOKS[word]) for word in LOOKS]
    style.legend(figure, handles, 8)
    latency = {name: rows.loc[rows["schedule"] == name, "latency_factor"] for name in LOOKS}
    told = (f"{name} work takes {of.min():.2f} to {of.max():.2f} times" for name, of in latency.items())
    style.message(figure, f"Latency of an inference: {', '.join(told)} that of the closed form.")
    return figure


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
        "Mean power over the rate at which inputs arrive, at the reference circuit. Curves end at the highest rate "
        "of overlapped work, at their marks. Solid: all parts leak all the time. Dotted: parts leak only while an "
        "inference lasts. Vertical: the rate at which the sensor delivers inputs (system.period_s in config.yaml). "
        "Of each dataset the first comparison of the fewest bits is shown. Energies are best read as ratios: "
        "validation.md."
    ),
    reads=("system", "accuracy", "datasets"),
)
def power(results: Results) -> Figure:
    """Mean power of every circuit over the rate of inputs, a panel for each data set."""
    rows = shown_rows(results)
    if rows.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    rows = rows[rows["schedule"] == OVERLAPPED]
    data = {}
    for name, of in rows.groupby("dataset", sort=False):
        first = next(sides for sides in results.comparisons.values() if set(sides.values()) & set(of["network"]))
        data[str(name)] = of[of["network"].isin(first.values())]
    figure, axes = style.panels(1, len(data), style.PAGE_IN if len(data) > 1 else 0.7 * style.PAGE_IN, 3.4)
    handles: dict[str, Line2D] = {}
    for panel, (name, of) in zip(axes[0], data.items(), strict=True):
        handles |= _powers(panel, of)
        style.title(panel, results.title(name))
        panel.set(xscale="log", yscale="log", xlabel="inputs per second")
    axes[0, 0].set_ylabel("mean power (µW)")
    gated = Line2D([], [], color=style.INK, lw=1.0, ls=":", label="leaks only at work")
    style.legend(figure, [*handles.values(), gated], 4)
    return figure


def _powers(panel: Axes, rows: pd.DataFrame) -> dict[str, Line2D]:
    """Dynamic energy at the rate of inputs, with leakage: a line for each corner and bank."""
    handles = {}
    words = [f"{row.corner.split('-')[0]}, {_bank(row.bank)}" for row in rows.itertuples()]
    looks = style.series(words)
    for word, row in zip(words, rows.itertuples(), strict=True):
        rates = np.geomspace(0.1, 1e9 / row.interval_ns, 60)
        drawn_uW = row.energy_pJ * rates * 1e-6
        look = {"lw": 1.0, "ms": 4, "markevery": [-1], **looks[word]}
        panel.plot(rates, drawn_uW + row.leakage_uW, **look)
        at_work = np.minimum(row.latency_ns * rates * 1e-9, 1)
        panel.plot(rates, drawn_uW + row.leakage_uW * at_work, **look | {"ls": ":", "marker": ""})
        handles[word] = Line2D([], [], label=word, lw=1.0, ms=4, **looks[word])
    for period_s in rows["period_s"].dropna().unique():
        panel.axvline(1 / period_s, **style.PAPER)
    return handles


def _bank(bank: str) -> str:
    return f"{bank} converters" if bank == OWN else f"bank {bank}"
