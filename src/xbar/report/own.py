"""The user's own networks on the page of a run: accuracy step by step, and what one inference costs."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from xbar.report.render import CODE, SIGNIFICANT, TEXT, WHOLE, Section, fixed
from xbar.tables import OWN_ACCURACY, PERFORMANCE, read_table

STEPS = ("float", "quantised", "ideal")
COLUMNS = {
    "network": CODE,
    "weights": TEXT,
    "floating point (%)": fixed(1, 100),
    "quantised (%)": fixed(1, 100),
    "on arrays without noise (%)": fixed(1, 100),
    "time after programming (s)": SIGNIFICANT,
    "compensation": TEXT,
    "on chips, mean (%)": fixed(1, 100),
    "on chips, lowest (%)": fixed(1, 100),
    "chips": WHOLE,
    "area (mm²)": SIGNIFICANT,
    "energy (nJ)": SIGNIFICANT,
    "latency (µs)": SIGNIFICANT,
}
NOTE = (
    "quantised: weights and converters have their bits. time: from programming to reading the devices. compensation:"
    " array is one digital factor for each array. Area, energy and latency are those of one inference at the reference"
    " circuit. Products that no array computes are not in them (digital.csv of the network)."
)


def own_networks(folders: Iterable[Path]) -> list[Section]:
    """One table of all networks, a row for each time of reading and compensation; none if there is no network.

    `folders`: where the jobs of each network wrote; a folder that is named twice counts once.
    """
    rows = [row for folder in dict.fromkeys(folders) for row in _rows(folder)]
    lead = "How accurate are your own networks on simulated chips, and what does an inference cost?"
    return [Section("Your own networks", COLUMNS, rows, [NOTE], lead)] if rows else []


def _rows(folder: Path) -> Iterable[list]:
    accuracy = read_table(folder / "accuracy.csv", OWN_ACCURACY)
    cost = read_table(folder / "performance.csv", PERFORMANCE)
    if cost.empty:
        raise ValueError(f"{folder / 'performance.csv'} has no row; remove it: the run makes it again")
    before = accuracy[accuracy["condition"].isin(STEPS)].set_index("condition")["accuracy"]
    chips, circuit = accuracy[accuracy["condition"] == "noisy"], cost.iloc[0]
    spent = [circuit["area_mm2"], circuit["energy_nJ"], circuit["latency_us"]]
    for (time, compensation), read in chips.groupby(["time_s", "compensation"], sort=False, dropna=False):
        first = read.iloc[0]
        weights = f"{first['weight_bits']:.0f} bits, {first['polarity']}"
        found = [read["accuracy"].mean(), read["accuracy"].min(), len(read)]
        yield [first["network"], weights, *map(before.get, STEPS), time, _words(compensation), *found, *spent]


def _words(compensation: object) -> str:
    return "none" if pd.isna(compensation) or not compensation else str(compensation)
