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
def system(results: Results) -> Section:
    """Serial and overlapped work of every circuit; the note says how far the closed form is met."""
    rows = shown_rows(results)
    cells = [
        [
            row.network, row.corner, row.bank, row.schedule, row.latency_ns / 1e3, row.latency_factor,
            row.interval_ns / 1e3, row.interval_factor, row.waiting_ns / 1e3, *(getattr(row, name) for name in BUSY),
            row.energy_pJ / 1e3, row.leakage_uW, row.power_uW, row.gated_uW, row.added_um2 / 1e6,
        ]
        for row in rows[rows["schedule"] != CLOSED].itertuples()
    ]  # fmt: skip
    columns = {"network": CODE, "corner": TEXT, "bank": TEXT, "schedule": TEXT}
    for time in TIMES:
        columns |= {f"{time} (µs)": SIGNIFICANT, f"{time} over closed form": fixed(3)}
    columns |= {"waiting (µs)": SIGNIFICANT, **{f"{words} busy (%)": fixed(1, 100) for words in BUSY.values()}}
    columns |= {"energy (nJ)": SIGNIFICANT, "leakage (µW)": SIGNIFICANT}
    columns |= dict.fromkeys(("power (µW)", "power, gated (µW)", "added area (mm²)"), SIGNIFICANT)
    return Section("Circuits by events", columns, cells, _notes(results) if cells else [])


def _notes(results: Results) -> list[str]:
    closed = results.system[results.system["schedule"] == CLOSED]
    apart = max((closed[f"{time}_ns"] - closed[f"closed_{time}_ns"]).abs().max() for time in TIMES)
    periods = results.system.dropna(subset="period_s").groupby("dataset")["period_s"].first()
    told = ", ".join(f"{results.title(str(name))} {period:g} s" for name, period in periods.items())
    between = f"between two: {told}" if told else "no data set of this run has a time between two"
    return [
        "Reference circuit, per inference of one input. serial: one sample stage for each column, and memory for the"
        " outputs of one inference, as cost.csv prices them. overlapped: two sample stages and twice the memory. The"
        " next product is read while one is converted, and inferences follow closely. added area: what these take"
        " beyond cost.csv. Both schedules count bus and digital units, which the closed form leaves out. waiting: of"
        " all products of an inference together. busy: at that interval, mean over layers or ADCs. energy: without"
        " leakage.",
        f"Where the simulation does what the closed form assumes, its latencies and intervals lie at most {apart:g} ns"
        f" from performance.csv, in all {len(closed)} circuits of this run.",
        f"power: mean over inputs that arrive for ever ({between}), with parts that leak all the time. gated:"
        " parts leak only while an inference lasts. Analog parts leak nothing here, for want of a source.",
    ]
