"""What a search found, trial by trial and over its seeds: best accuracy so far, hypervolume, the report's table."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from xbar.report import render
from xbar.report.contents import table
from xbar.report.render import CODE, SIGNIFICANT, TEXT, WHOLE, Section, fixed, signed
from xbar.report.results import Results
from xbar.report.savings import corner_totals, option, reference_rows
from xbar.report.statistics import Interval, interval

LIMITS = {"best": render.PERCENT, "volume": (0.0, 1.0)}
REACHED = {"best": "best validation accuracy (%)", "volume": "hypervolume (accuracy, energy)"}
SAME = ["search_seed", "architecture", "polarity", "signs", "validation_accuracy"]  # the same trial in two searches
SEARCHES_NOTE = (
    "best: highest validation accuracy of a search seed, with noise on mapped crossbars, mean over the seeds. The test"
    " set is no part of a search. hypervolume: of accuracy and energy; the reference is the most expensive completed"
    " trial of all searches on the same data. chosen: by the rule of the configuration, over all seeds. An architecture"
    " lists the columns of each convolution with k kernel, s stride and p pooling, then the positions that are"
    " averaged, and the classes."
)
GAINED_NOTE = (
    "Differences at the end of searches of as many trials, seed by seed. shared: trials of the first search that the"
    " second made too with the same seed, alike in architecture, signs and accuracy. Both searches begin with the same"
    " random candidates. A guided search falls back on random ones where its sampler proposes none that is new and"
    " allowed. Only the other trials are guided."
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


def courses(found: list[Progress], search: str, measure: str, confidence: float) -> list[Interval]:
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


@table(
    stage="2 Networks",
    caption=(
        "What each search found and which network it chose, what guided searches gained over random sampling, and the "
        "chosen networks beside the signed ones."
    ),
    reads=("search", "cost"),
    needs="searches",
)
def search(results: Results) -> list[Section]:
    """Three sections. Each search: its trials, what it reached over its seeds, and the network that it chose. What
    guided searches gained over random sampling. The chosen networks beside the signed ones."""
    share = render.interval_of(results.rules.confidence)
    best, volume = f"best: {share}", f"hypervolume: {share}"
    rows = list(_searches(results))
    columns = {"search": CODE, "sampler": TEXT, "seeds": WHOLE, "trials": WHOLE, "failed": WHOLE}
    columns |= {"best (%)": fixed(2), best: render.interval(2, LIMITS["best"])}
    columns |= {"hypervolume": fixed(3), volume: render.interval(3, LIMITS["volume"]), "chosen": TEXT, "signs": TEXT}
    columns |= {"its accuracy (%)": fixed(2, 100), "area (mm²)": SIGNIFICANT, "energy (nJ)": SIGNIFICANT}
    sections = [Section("Architecture search", columns, rows, [SEARCHES_NOTE] if rows else [])]
    if beaten := list(_against_random(results)):
        columns = {"search": CODE, "minus": CODE, "seeds": WHOLE, "trials": WHOLE, "shared": WHOLE}
        columns |= {"best (points)": signed(2), best: render.interval(2)}
        columns |= {"hypervolume": signed(3), volume: render.interval(3)}
        sections.append(Section("Gain over random sampling", columns, beaten, [GAINED_NOTE]))
    if beside := list(_beside_signed(results)):
        columns = {"search": CODE, "signed network": CODE}
        columns |= dict.fromkeys(("area (mm²)", "signed (mm²)", "energy (nJ)", "signed (nJ)"), SIGNIFICANT)
        sections.append(Section("Chosen and signed networks", columns, beside, [_beside_note(results)]))
    return sections


def _searches(results: Results) -> Iterator[list[Any]]:
    found = list(progress(results.search))
    for name, group in results.search.groupby("search", sort=False):
        ends = [courses(found, str(name), measure, results.rules.confidence)[-1] for measure in REACHED]
        failed = int((group["state"] == "failed").sum())
        cells: list[Any] = [name, group["sampler"].iloc[0], ends[0].n, len(group), failed]
        for end in ends:
            cells += [end.mean, (end.low, end.high)]
        chosen = _chosen(group)
        about = [chosen["architecture"], chosen["polarity"], chosen["validation_accuracy"]]
        yield [*cells, *about, *_size(chosen)]


def _chosen(trials: pd.DataFrame) -> pd.Series:
    return trials[trials["chosen"] == 1].iloc[0]


def _size(of: pd.Series) -> list[float]:
    """Area, mm², and energy, nJ."""
    return [of["area_um2"] * 1e-6, of["energy_pJ"] * 1e-3]


def _against_random(results: Results) -> Iterator[list[Any]]:
    """Guided searches against random ones on the same data with as many trials a seed."""
    about = results.search.groupby("search", sort=False).agg(
        dataset=("dataset", "first"), sampler=("sampler", "first"), trials=("trial", "nunique"), all=("trial", "size")
    )
    found = list(progress(results.search))
    for name, one in about[about["sampler"] != "random"].iterrows():
        alike = (about["dataset"] == one["dataset"]) & (about["trials"] == one["trials"])
        for other in about.index[alike & (about["sampler"] == "random")]:
            pair = str(name), str(other)
            ends = [gains(found, pair, measure, results.rules.confidence) for measure in REACHED]
            cells: list[Any] = [*pair, ends[0].n, one["all"], shared(results.search, pair)]
            for end in ends:
                cells += [end.mean, (end.low, end.high)]
            yield cells


def _beside_signed(results: Results) -> Iterator[list[Any]]:
    """What each search chose beside every signed network on the same data that this run prices."""
    priced = corner_totals(results.cost, results.comparisons)
    if priced.empty:
        return
    priced = reference_rows(priced, results.rules.reference)
    signed_ones = priced[priced["corner"] == "signed-own"].drop_duplicates("network")
    for name, group in results.search.groupby("search", sort=False):
        chosen = _size(_chosen(group))
        for _, other in signed_ones[signed_ones["dataset"] == group["dataset"].iloc[0]].iterrows():
            pairs = zip(chosen, _size(other), strict=True)
            yield [name, other["network"], *(number for pair in pairs for number in pair)]


def _beside_note(results: Results) -> str:
    return (
        "Left: the chosen network with shared converters, at the ADC model and bank of the search. Beside it: the"
        f" signed network of a comparison with own converters, as {option(results.rules.reference)}."
        " The search prices what a short training measured. The signed network was trained fully."
    )
