"""What a search found, trial by trial and over its seeds: best accuracy so far, hypervolume, the report's table."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from xbar.report import markdown
from xbar.report.markdown import between, number, significant
from xbar.report.results import Results
from xbar.report.savings import corner_totals, option, reference_rows
from xbar.report.statistics import Interval, interval

LIMITS = {"best": markdown.PERCENT, "volume": (0.0, 1.0)}
MEASURES = {"best": "best validation accuracy (%)", "volume": "hypervolume (accuracy, energy)"}
DIGITS = {"best": 2, "volume": 3}
SAME = ["search_seed", "architecture", "polarity", "signs", "validation_accuracy"]  # the same trial in two searches
SEARCHES_NOTE = (
    "best: highest validation accuracy of a search seed with noise on mapped crossbars, mean over the seeds; the test"
    " set is no part of a search. hypervolume: of accuracy and energy, the most expensive completed trial of all"
    " searches on the same data as the reference. chosen: by the rule of the configuration, over all seeds. An"
    " architecture lists columns, then k kernel, s stride, p pooling of each convolution, the positions that are"
    " averaged, and the classes."
)
GAINED_NOTE = (
    "Differences at the end of searches of as many trials, seed by seed. shared: trials of the first search that the"
    " second made too with the same seed, alike in architecture, signs and accuracy. Both begin with the same random"
    " candidates, and a guided search goes on with these wherever its sampler proposes none that is new and allowed:"
    " only the other trials are guided."
)


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
    least, most = LIMITS[measure]
    return [mean._replace(low=np.maximum(least, mean.low), high=np.minimum(most, mean.high)) for mean in means]


def gains(found: list[Progress], pair: tuple[str, str], measure: str, confidence: float) -> Interval:
    """What the first search reached at its end beyond the second: over the seeds that both have, seed by seed."""
    ends = [{one.seed: getattr(one, measure)[-1] for one in found if one.search == name} for name in pair]
    return interval([ends[0][seed] - ends[1][seed] for seed in ends[0] if seed in ends[1]], confidence)


def shared(trials: pd.DataFrame, pair: tuple[str, str]) -> int:
    """How many trials of the first search the second one made too, with the same seed."""
    own, other = (trials.loc[trials["search"] == name, SAME].fillna(-1.0) for name in pair)
    return int(pd.MultiIndex.from_frame(own).isin(pd.MultiIndex.from_frame(other)).sum())


def search(results: Results) -> str:
    """Every search in a line: its trials, what it reached over its seeds, and the network that it chose; then what
    guided searches gained over random sampling, and the chosen networks beside the signed ones."""
    rows = list(_searches(results))
    interval_of = markdown.interval_of(results.rules.confidence)
    headers = ["search", "sampler", "seeds", "trials", "failed", "best (%)", interval_of, "hypervolume", interval_of]
    headers += ["chosen", "signs", "its accuracy (%)", "area (mm²)", "energy (nJ)"]
    pages = [markdown.table("Architecture search", headers, rows, [SEARCHES_NOTE] if rows else [])]
    if beaten := list(_against_random(results)):
        headers = ["search", "minus", "seeds", "trials", "shared", "best (points)", interval_of]
        headers += ["hypervolume", interval_of]
        pages.append(markdown.table("Gain over random sampling", headers, beaten, [GAINED_NOTE]))
    if beside := list(_beside_signed(results)):
        headers = ["search", "signed network", "area (mm²)", "signed (mm²)", "energy (nJ)", "signed (nJ)"]
        pages.append(markdown.table("Chosen and signed networks", headers, beside, [_beside_note(results)]))
    return "\n".join(pages)


def _searches(results: Results) -> Iterator[list[str]]:
    found = list(progress(results.search))
    for name, group in results.search.groupby("search", sort=False):
        ends = {measure: over_seeds(found, str(name), measure, results.rules.confidence)[-1] for measure in MEASURES}
        failed = int((group["state"] == "failed").sum())
        cells = [f"`{name}`", group["sampler"].iloc[0], str(ends["best"].n), str(len(group)), str(failed)]
        for measure, end in ends.items():
            digits = DIGITS[measure]
            cells += [number(end.mean, digits), between(end.low, end.high, digits, LIMITS[measure])]
        chosen = _chosen(group)
        accuracy = number(100 * chosen["validation_accuracy"], 2)
        yield [*cells, chosen["architecture"], chosen["polarity"], accuracy, *_size(chosen)]


def _chosen(trials: pd.DataFrame) -> pd.Series:
    return trials[trials["chosen"] == 1].iloc[0]


def _size(of: pd.Series) -> list[str]:
    return [significant(of["area_um2"] * 1e-6), significant(of["energy_pJ"] * 1e-3)]


def _against_random(results: Results) -> Iterator[list[str]]:
    """Guided searches against random ones on the same data with as many trials a seed."""
    about = results.search.groupby("search", sort=False).agg(
        dataset=("dataset", "first"), sampler=("sampler", "first"), trials=("trial", "nunique"), all=("trial", "size")
    )
    found = list(progress(results.search))
    for name, one in about[about["sampler"] != "random"].iterrows():
        alike = (about["dataset"] == one["dataset"]) & (about["trials"] == one["trials"])
        for other in about.index[alike & (about["sampler"] == "random")]:
            pair = str(name), str(other)
            ends = {measure: gains(found, pair, measure, results.rules.confidence) for measure in MEASURES}
            cells = [f"`{name}`", f"`{other}`", str(ends["best"].n), str(one["all"]), str(shared(results.search, pair))]
            for measure, end in ends.items():
                cells += [f"{end.mean:+.{DIGITS[measure]}f}", between(end.low, end.high, DIGITS[measure])]
            yield cells


def _beside_signed(results: Results) -> Iterator[list[str]]:
    """What each search chose beside every signed network on the same data that this run prices."""
    priced = corner_totals(results.cost, results.comparisons)
    if priced.empty:
        return
    priced = reference_rows(priced, results.rules.reference)
    signed = priced[priced["corner"] == "signed-own"].drop_duplicates("network")
    for name, group in results.search.groupby("search", sort=False):
        chosen = _size(_chosen(group))
        for _, other in signed[signed["dataset"] == group["dataset"].iloc[0]].iterrows():
            pairs = zip(chosen, _size(other), strict=True)
            yield [f"`{name}`", f"`{other['network']}`", *(cell for pair in pairs for cell in pair)]


def _beside_note(results: Results) -> str:
    return (
        "Left the chosen network with one bank for all layers, at the ADC law and bank of the search's configuration;"
        f" beside it the signed network of a comparison with periphery per layer, as {option(results.rules.reference)}."
        " A search prices what a short training measured, the signed network was trained fully."
    )
