"""The page beside hybrid.csv: trainings from random weights, and how much of what faults cost each repair returns."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from xbar.hybrid.repair import HEALTHY
from xbar.report.render import CODE, SIGNIFICANT, TEXT, WHOLE, Section, fixed, markdown

SCRATCH = "Means over seeds; ±: standard deviation. float: the same steps in floating point, without cells."
REPAIR = (
    "Means over seeds and chips. brought back: share of the loss against the same chips without faults; its interval is"
    " two standard errors of the paired differences between chips."
)
WEAR = {"pulses a cell": SIGNIFICANT, "RESETs a cell": SIGNIFICANT, "updates without a pulse (%)": fixed(1, 100)}


def hybrid_page(rows: pd.DataFrame) -> str:
    """Two tables: networks from random weights, and repaired chips."""
    scratch, repair = (rows[rows["task"] == task] for task in ("scratch", "repair"))
    first = {"network": CODE, "rule": TEXT, "seeds": WHOLE, "accuracy (%)": fixed(2, 100), "±": fixed(2, 100)} | WEAR
    second = {"network": CODE, "method": TEXT, "chips": WHOLE, "accuracy (%)": fixed(2, 100)}
    second |= {"brought back (%)": fixed(0, 100), "±": fixed(0, 100)} | WEAR
    return markdown(
        [
            Section("Networks trained on pulsed cells", first, list(_scratch(scratch)), [SCRATCH]),
            Section("Chips with stuck cells, repaired", second, list(_repaired(repair)), [REPAIR]),
        ]
    )


def _scratch(rows: pd.DataFrame) -> Iterator[list[Any]]:
    for (network, method), of in rows.groupby(["network", "method"], sort=False):
        yield [network, method, len(of), of["accuracy"].mean(), of["accuracy"].std(), *_wear(of)]


def _repaired(rows: pd.DataFrame) -> Iterator[list[Any]]:
    for network, of_network in rows.groupby("network", sort=False):
        returned = brought_back(of_network)
        for method, of in of_network.groupby("method", sort=False):
            share, interval = returned.get(str(method), (float("nan"), float("nan")))
            yield [network, method, len(of), of["accuracy"].mean(), share, interval, *_wear(of)]


def _wear(of: pd.DataFrame) -> list[Any]:
    return [(of["pulses"] / of["cells"]).mean(), (of["resets"] / of["cells"]).mean(), of["idle"].mean()]


def brought_back(rows: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """By method, the share of the loss by faults that it returns, and two standard errors over chips."""
    chips = rows.pivot(index=["seed", "chip"], columns="method", values="accuracy")
    loss = (chips[HEALTHY] - chips["none"]).mean()
    gains = chips.drop(columns=[HEALTHY, "none"]).sub(chips["none"], axis=0) / loss
    return {str(name): (gain.mean(), 2 * gain.sem()) for name, gain in gains.items()}
