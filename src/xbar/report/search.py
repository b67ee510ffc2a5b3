"""What a search found, trial by trial and over its seeds: best accuracy so far, hypervolume, the report's table."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from xbar.report import markdown
from xbar.report.markdown import between, number, significant
from xbar.report.results import Results
from xbar.report.statistics import Interval, interval

MOST = {"best": 100.0, "volume": 1.0}
MEASURES = {"best": "best validation accuracy (%)", "volume": "hypervolume (accuracy, energy)"}


class Progress(NamedTuple):
    """One seed of one search after each of its trials: best accuracy so far, %, and hypervolume, share of the box."""

    search: str
    seed: int
    best: np.ndarray
    volume: np.ndarray


def progress(trials: pd.DataFrame) -> Iterator[Progress]:
    """Each search and seed, its trials in order; the hypervolumes of searches on the same data have one reference: no
    accuracy, the highest energy."""
    worst_pJ = trials[trials["state"] == "complete"].groupby("dataset")["energy_pJ"].max()
    for (search, seed), rows in trials.groupby(["search", "search_seed"], sort=False):
        rows = rows.sort_values("trial")
        done = rows["state"].eq("complete").to_numpy()
        accuracy = np.where(done, rows["validation_accuracy"], 0.0)
        energy = np.where(done, rows["energy_pJ"] / worst_pJ.get(rows["dataset"].iloc[0]), 1.0)
        volumes = [hypervolume(accuracy[: n + 1], energy[: n + 1]) for n in range(len(rows))]
        yield Progress(str(search), int(seed), 100 * np.maximum.accumulate(accuracy), np.asarray(volumes))


def hypervolume(accuracy: np.ndarray, cost: np.ndarray) -> float:
    """Area that the points dominate: accuracy above 0, cost (share of the worst) below 1."""
    total, reached = 0.0, 0.0
    order = np.lexsort((-accuracy, cost))
    ends = np.append(cost[order][1:], 1.0)
    for place, end in zip(order, ends, strict=True):
        reached = max(reached, accuracy[place])
        total += reached * max(0.0, end - cost[place])
    return total


def over_seeds(found: list[Progress], search: str, measure: str, confidence: float) -> list[Interval]:
    """Mean and interval over the seeds of a search, after each trial; intervals end where the measure does."""
    series = [getattr(one, measure) for one in found if one.search == search]
    means = [interval([values[n] for values in series], confidence) for n in range(min(map(len, series)))]
    return [mean._replace(low=np.maximum(0.0, mean.low), high=np.minimum(MOST[measure], mean.high)) for mean in means]


def gains(found: list[Progress], pair: tuple[str, str], measure: str, confidence: float) -> Interval:
    """What the first search reached at its end beyond the second: over the seeds that both have, seed by seed."""
    ends = [{one.seed: getattr(one, measure)[-1] for one in found if one.search == name} for name in pair]
    return interval([ends[0][seed] - ends[1][seed] for seed in ends[0] if seed in ends[1]], confidence)


def search(results: Results) -> str:
    """Every search in a line: its trials, what it reached over its seeds, and the network that it chose; then what
    guided searches gained over random sampling."""
    beaten = list(_against_random(results))
    percent = f"{100 * results.rules.confidence:.0f} % interval"
    headers = ["search", "minus", "seeds", "best (points)", percent, "hypervolume", percent]
    notes = ["Differences at the end of searches of as many trials, seed by seed."]
    gained = markdown.table("Gain over random sampling", headers, beaten, notes)
    return _searches(results) + (f"\n{gained}" if beaten else "")


def _against_random(results: Results) -> Iterator[list[str]]:
    """Guided searches against random ones on the same data with as many trials a seed."""
    about = results.search.groupby("search", sort=False).agg(
        dataset=("dataset", "first"), sampler=("sampler", "first"), trials=("trial", "nunique")
    )
    found = list(progress(results.search))
    for name, one in about[about["sampler"] != "random"].iterrows():
        alike = (about["dataset"] == one["dataset"]) & (about["trials"] == one["trials"])
        for other in about.index[alike & (about["sampler"] == "random")]:
            ends = [gains(found, (str(name), str(other)), measure, results.rules.confidence) for measure in MEASURES]
            cells = [f"`{name}`", f"`{other}`", str(ends[0].n)]
            for end, digits in zip(ends, (2, 3), strict=True):
                cells += [f"{end.mean:+.{digits}f}", between(end.low, end.high, digits)]
            yield cells


def _searches(results: Results) -> str:
    trials, rows = results.search, []
    found = list(progress(trials))
    for name, group in trials.groupby("search", sort=False):
        ends = {measure: over_seeds(found, str(name), measure, results.rules.confidence)[-1] for measure in MEASURES}
        chosen = group[group["chosen"] == 1].iloc[0]
        rows.append(
            [
                f"`{name}`",
                group["sampler"].iloc[0],
                str(ends["best"].n),
                str(len(group)),
                str(int((group["state"] == "failed").sum())),
                number(ends["best"].mean, 2),
                between(ends["best"].low, ends["best"].high, 2),
                number(ends["volume"].mean, 3),
                between(ends["volume"].low, ends["volume"].high, 3),
                chosen["architecture"],
                chosen["polarity"],
                number(100 * chosen["validation_accuracy"], 2),
                significant(chosen["area_um2"] * 1e-6),
                significant(chosen["energy_pJ"] * 1e-3),
            ]
        )
    percent = f"{100 * results.rules.confidence:.0f} %"
    headers = ["search", "sampler", "seeds", "trials", "failed", "best (%)", f"{percent} interval"]
    headers += [
        "hypervolume",
        f"{percent} interval",
        "chosen",
        "signs",
        "its accuracy (%)",
        "area (mm2)",
        "energy (nJ)",
    ]
    return markdown.table(
        "Architecture search",
        headers,
        rows,
        [
            "best: highest validation accuracy of a search seed with noise on mapped crossbars, mean over the seeds;"
            " the test set is no part of a search. hypervolume: of accuracy and energy, the most expensive completed"
            " trial of all searches on the same data as the reference. chosen: by the rule of the configuration, over"
            " all seeds. An architecture lists columns, then k kernel, s stride, p pooling of each convolution, the"
            " positions that are averaged, and the classes."
        ],
    )
