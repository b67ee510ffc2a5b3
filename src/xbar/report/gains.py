"""What a guided search reaches beyond its baselines at equal work, seed by seed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from xbar.report.statistics import interval
from xbar.search.front import hypervolume

AT_LEAST = 0.95  # accuracy of the measure energy-at-95
Of = Callable[[pd.DataFrame, float], float]


class Reached(NamedTuple):
    """A seed of a search after each of its trials: `work` spent, s, and every measure of MEASURES."""

    search: str
    seed: int
    work: np.ndarray
    measures: dict[str, np.ndarray]

    def at(self, measure: str, work: float) -> float:
        """The measure once at most so much work was spent; that of the first trial if it took more."""
        return float(self.measures[measure][max(0, int(np.searchsorted(self.work, work, side="right")) - 1)])


def _strict(trials: pd.DataFrame, worst_pJ: float) -> float:
    return hypervolume(trials["box_accuracy"].to_numpy(), trials["box_energy"].to_numpy())


def _volume(trials: pd.DataFrame, worst_pJ: float) -> float:
    return hypervolume(trials["validation_accuracy"].to_numpy(), trials["energy_pJ"].to_numpy() / worst_pJ)


def _energy_at(trials: pd.DataFrame, worst_pJ: float) -> float:
    return float(trials.loc[trials["validation_accuracy"] >= AT_LEAST, "energy_pJ"].min()) * 1e-3


def _within_limit(trials: pd.DataFrame, worst_pJ: float) -> float:
    return float(trials.loc[trials["within_limit"] == 1, "validation_accuracy"].max())


def _best(trials: pd.DataFrame, worst_pJ: float) -> float:
    return float(trials["validation_accuracy"].max())


# What is reached where no trial does: nothing, or the highest energy of a completed trial.
MEASURES: Mapping[str, tuple[Of, str]] = {
    "hypervolume-strict": (_strict, "1"),
    "hypervolume": (_volume, "1"),
    "energy-at-95": (_energy_at, "nJ"),
    "accuracy-within-limit": (_within_limit, "1"),
    "best-accuracy": (_best, "1"),
}


def reached(trials: pd.DataFrame) -> list[Reached]:
    """Every seed of every search, its trials in order. A trial without work counts as the mean of its seed's others."""
    worst_pJ = trials[trials["state"] == "complete"].groupby("dataset")["energy_pJ"].max()
    found = []
    for (search, seed), rows in trials.groupby(["search", "search_seed"], sort=False):
        ordered = rows.sort_values("trial")
        work = ordered["work"].fillna(ordered["work"].mean()).fillna(0.0).cumsum().to_numpy()
        found.append(Reached(str(search), int(seed), work, _measures(ordered, worst_pJ)))
    return found


def _measures(rows: pd.DataFrame, worst_pJ: pd.Series) -> dict[str, np.ndarray]:
    worst = float(worst_pJ.get(rows["dataset"].iloc[0], np.nan))
    parts = [rows.iloc[: count + 1] for count in range(len(rows))]
    done = [part[part["state"] == "complete"] for part in parts]
    found = {name: np.array([of(part, worst) for part in done]) for name, (of, _) in MEASURES.items()}
    return {
        name: np.where(np.isnan(values), worst * 1e-3 if name == "energy-at-95" else 0.0, values)
        for name, values in found.items()
    }


def pairs(trials: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Each search by the model with every other search on the same data."""
    about = trials.groupby("search", sort=False).agg(dataset=("dataset", "first"), sampler=("sampler", "first"))
    for name, one in about[about["sampler"] == "model"].iterrows():
        for other in about.index[(about["dataset"] == one["dataset"]) & (about["sampler"] != "model")]:
            yield str(name), str(other)


def gain_rows(trials: pd.DataFrame, confidence: float) -> Iterator[dict[str, Any]]:
    """Rows of `xbar.tables.SEARCH_GAIN`: at the most work that every common seed of both searches spent."""
    found = reached(trials)
    for search, baseline in pairs(trials):
        sides = [{one.seed: one for one in found if one.search == name} for name in (search, baseline)]
        seeds = sorted(sides[0].keys() & sides[1].keys())
        work = min((float(side[seed].work[-1]) for side in sides for seed in seeds), default=0.0)
        for measure, (_, unit) in MEASURES.items() if seeds else ():
            ends = np.array([[side[seed].at(measure, work) for seed in seeds] for side in sides])
            gain = interval(ends[0] - ends[1], confidence)
            yield {
                "search": search, "baseline": baseline, "measure": measure, "unit": unit, "reached": ends[0].mean(),
                "least": ends[0].min(), "baseline_reached": ends[1].mean(), "mean": gain.mean, "low": gain.low,
                "high": gain.high, "seeds": gain.n, "work": work,
            }  # fmt: skip
