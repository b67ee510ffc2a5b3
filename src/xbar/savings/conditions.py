"""Under which conditions the paper's savings hold: shares of drawn circuits in which they do."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from xbar.mappings import MAPPINGS
from xbar.savings.options import Draws
from xbar.savings.sensitivity import MEASURES

CONDITIONS = ("mapping", "latency", "array_energy")
NUMBERS = (
    "area_saving_median", "area_saving_p10", "area_saving_p90", "area_holds", "energy_saving_median",
    "energy_saving_p10", "energy_saving_p90", "energy_holds", "both_hold", "latency_factor_median",
)  # fmt: skip
TIME_CLASSES = {"1.05 or less": 1.05, "1.05 to 1.5": 1.5, "1.5 to 3": 3.0, "more than 3": np.inf}  # up to
ARRAY_CLASSES = {"below 10 %": (0.0, 0.1), "10 to 40 %": (0.1, 0.4), "above 40 %": (0.4, np.inf)}


def condition_rows(
    draws: Draws, results: Mapping[str, np.ndarray], targets: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    """Savings of both steps under every condition, and the share of draws in which the `targets` are reached.

    A condition fixes none, some or all of three things. They are the mapping of the baseline, the latency of both steps
    over that of the baseline, and the share of the baseline's energy spent in the array. An empty column leaves one
    open. `targets`: `area_saving` and `energy_saving` as fractions. The shares depend on which values are drawn; they
    are no probabilities.
    """
    masks = _masks(draws, results)
    for values in product(*(("", *found) for found in masks.values())):
        fixed = [masks[name][value] for name, value in zip(CONDITIONS, values, strict=True) if value]
        members = np.flatnonzero(np.all(fixed, axis=0)) if fixed else np.arange(len(draws["mapping"]))
        if members.size:
            row: dict[str, Any] = dict(zip(CONDITIONS, values, strict=True))
            row["draws"] = members.size
            numbers = _numbers({name: found[members] for name, found in results.items()}, targets)
            for name, number in zip(NUMBERS, numbers, strict=True):
                row[name] = f"{number:.6g}"
            yield row


def _masks(draws: Draws, results: Mapping[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """For every condition its possible values and the draws that have them; mappings in the order of their rules."""
    mappings: dict[str, np.ndarray] = {
        name: draws["mapping"] == name for name in MAPPINGS if name in set(draws["mapping"])
    }
    factor, share = results["latency_factor"], results["array_energy_share"]
    classes = np.searchsorted(list(TIME_CLASSES.values()), factor * (1 - 1e-9))
    times: dict[str, np.ndarray] = {name: classes == place for place, name in enumerate(TIME_CLASSES)}
    shares = {name: (share >= low) & (share < high) for name, (low, high) in ARRAY_CLASSES.items()}
    return dict(zip(CONDITIONS, (mappings, times, shares), strict=True))


def _numbers(results: Mapping[str, np.ndarray], targets: Mapping[str, float]) -> tuple[float, ...]:
    """The numbers of NUMBERS over some draws."""
    area, energy = (results[measure] for measure in MEASURES)
    area_holds, energy_holds = area >= targets["area_saving"], energy >= targets["energy_saving"]
    return (
        *np.percentile(area, (50, 10, 90)),
        np.mean(area_holds),
        *np.percentile(energy, (50, 10, 90)),
        np.mean(energy_holds),
        np.mean(area_holds & energy_holds),
        np.median(results["latency_factor"]),
    )


def targets_of(claims: Sequence[Mapping[str, str]], version: str) -> dict[str, float]:
    """The paper's savings in one of its versions, as fractions: `area_saving` and `energy_saving`.

    Raises ValueError, one line, for a version that does not claim both.
    """
    found = {
        row["claim"].replace("-", "_"): float(row["paper"]) / 100
        for row in claims
        if row["paper_version"] == version and row["claim"] in ("area-saving", "energy-saving")
    }
    if set(found) != {"area_saving", "energy_saving"}:
        raise ValueError(f"claims: version {version} needs area-saving and energy-saving, has {sorted(found)}")
    return found
