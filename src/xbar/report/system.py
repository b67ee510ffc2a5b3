"""Table of the circuits by events: latency, interval, waiting, use of parts and power, beside the closed form."""

import pandas as pd

from xbar.report.contents import table
from xbar.report.render import CODE, SIGNIFICANT, TEXT, Section, fixed
from xbar.report.results import Results
from xbar.report.savings import of_fewest_bits
from xbar.report.statistics import networks
from xbar.system.rows import CLOSED

BUSY = {"lines_busy": "lines", "adcs_busy": "ADCs", "digital_busy": "digital", "bus_busy": "bus"}
TIMES = ("latency", "interval")


def shown_rows(results: Results) -> pd.DataFrame:
    """The circuits of the comparisons of the fewest bits, each once, with how long they take over the closed form.

    More bits of a device change the energy of its cell and no time.
    """
    chosen = of_fewest_bits(results.comparisons, networks(results.accuracy))
    names = dict.fromkeys(network for name in chosen for network in results.comparisons[name].values())
    rows = results.system[results.system["network"].isin(names)]
    factors = {f"{time}_factor": rows[f"{time}_ns"] / rows[f"closed_{time}_ns"] for time in TIMES}
    return rows.assign(**factors, place=rows["network"].map(list(names).index)).sort_values("place", kind="stable")


@table(
    stage="4 Costs",
    caption=(
        "Circuits by events: latency, interval, waiting, use of their parts and mean power, in two schedules, beside "
        "the closed form."
    ),
    reads=("system", "accuracy", "datasets"),
)
def system(results: Results) -> list[Section]:
    """Serial and overlapped work of every circuit; a note says how far the closed form is met."""
    rows = shown_rows(results)
    rows = rows[rows["schedule"] != CLOSED]
    named = {"network": CODE, "bank": TEXT, "schedule": TEXT}
    times, time_columns = [], dict(named)
    for time in TIMES:
        time_columns |= {f"{time} (µs)": SIGNIFICANT, f"{time} over closed form": fixed(3)}
    time_columns |= {"waiting (µs)": SIGNIFICANT, "added area (mm²)": SIGNIFICANT}
    used, used_columns = [], named | {f"{words} busy (%)": fixed(1, 100) for words in BUSY.values()}
    used_columns |= dict.fromkeys(("energy (nJ)", "leakage (µW)", "power (µW)", "power, gated (µW)"), SIGNIFICANT)
    for row in rows.itertuples():
        name = [row.network, row.bank, row.schedule]
        measured = [row.latency_ns / 1e3, row.latency_factor, row.interval_ns / 1e3, row.interval_factor]
        times.append([*name, *measured, row.waiting_ns / 1e3, row.added_um2 / 1e6])
        busy = [getattr(row, part) for part in BUSY]
        used.append([*name, *busy, row.energy_pJ / 1e3, row.leakage_uW, row.power_uW, row.gated_uW])
    notes, of_power = _notes(results) if times else ([], [])
    return [
        Section("Times of circuits by events", time_columns, times, notes),
        Section("Use of their parts, and power", used_columns, used, of_power),
    ]


def _notes(results: Results) -> tuple[list[str], list[str]]:
    closed = results.system[results.system["schedule"] == CLOSED]
    apart = max((closed[f"{time}_ns"] - closed[f"closed_{time}_ns"]).abs().max() for time in TIMES)
    periods = results.system.dropna(subset="period_s").groupby("dataset")["period_s"].first()
    told = ", ".join(f"{results.title(str(name))} {period:g} s" for name, period in periods.items())
    between = f"between two: {told}" if told else "no data set of this run has a time between two"
    times = [
        "Reference circuit, per inference of one input. serial: one sample stage for each column, and memory for the"
        " outputs of one inference, as cost.csv prices them. overlapped: two sample stages and twice the memory. The"
        " next product is read while one is converted, and inferences follow closely. added area: what these take"
        " beyond cost.csv. Both schedules count bus and digital units, which the closed form leaves out. waiting: of"
        " all products of an inference together.",
        f"Where the simulation does what the closed form assumes, its latencies and intervals lie at most {apart:g} ns"
        f" from performance.csv, in all {len(closed)} circuits of this run.",
    ]
    of_power = [
        "busy: share of the interval, mean over layers or ADCs. energy: without leakage."
        f" power: mean over inputs that arrive for ever ({between}), with parts that leak all the time. gated:"
        " parts leak only while an inference lasts. Analog parts leak nothing here, for want of a source.",
    ]
    return times, of_power
