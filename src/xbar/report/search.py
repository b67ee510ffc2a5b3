"""What a search found: best accuracy and hypervolume over its seeds, finals, gains over its baselines, its choice."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from xbar.report import render
from xbar.report.contents import table
from xbar.report.gains import Reached, reached
from xbar.report.render import CODE, SIGNIFICANT, TEXT, WHOLE, Section, fixed, signed
from xbar.report.results import Results
from xbar.report.savings import corner_totals, option, reference_rows
from xbar.report.statistics import Interval, interval
from xbar.search.choice import GIVEN

REACHED = {  # measures of gains.py in figures and tables: words
    "best-accuracy": "best validation accuracy",
    "hypervolume-strict": "hypervolume in the box",
}
SEARCHES_NOTE = (
    "best: highest validation accuracy of a search seed, with noise on mapped crossbars, mean over the seeds. The test"
    " set is no part of a search. hypervolume: share that the trials dominate of a box of accuracy and logarithm of"
    " energy, which the configuration states. The best of many trials is better than it will be once more. chosen: by"
    " the rule of the configuration, over all seeds, with accuracy, area and energy of its short training. An"
    " architecture lists the columns of each convolution with k kernel, s stride and p pooling, then the positions that"
    " are averaged, and the classes."
)
FINALS_NOTE = (
    "Trials of the front in accuracy and energy, and the network of the search's own entry (given), each trained fully"
    " on every fold of the finals. accuracy: mean over these folds, on which no trial was measured. The interval is of"
    " the differences in one fold. chosen: the cheapest within the points of the configuration below the network given."
)
GAINED_NOTE = (
    "At the most work that all seeds of both searches spent, in seconds of processor time by products and steps; a"
    " failed trial counts as much as the mean of its seed. A gain is the search minus its baseline: of an energy, below"
    " 0 is better."
    " hypervolume-strict: in the box of the configuration. hypervolume: above no accuracy and below the most expensive"
    " completed trial. energy-at-95: least energy of a trial of 95 % or more; where none is, the highest of any"
    " completed trial of the data set."
    " accuracy-within-limit: best accuracy within the limit of the box; where no trial is, 0."
)


def courses(found: list[Reached], search: str, measure: str, confidence: float) -> list[Interval]:
    """Mean and interval over the seeds of a search, after each trial; intervals are cut at 0 and 1."""
    series = [one.measures[measure] for one in found if one.search == search]
    means = [interval([values[n] for values in series], confidence) for n in range(min(map(len, series)))]
    return [mean._replace(low=np.maximum(0.0, mean.low), high=np.minimum(1.0, mean.high)) for mean in means]


@table(
    stage="2 Networks",
    caption=(
        "What each search found, which network it chose, and its finals. Further: what searches by the model gained "
        "over their baselines at equal work, and the chosen networks beside the signed ones."
    ),
    reads=("search", "finals", "search_gain", "cost"),
    needs="searches",
)
def search(results: Results) -> list[Section]:
    """Up to four sections: searches and their choices, finals, gains over baselines, chosen beside signed networks."""
    share = render.interval_of(results.rules.confidence)
    rows = list(_searches(results))
    columns = {"search": CODE, "sampler": TEXT, "seeds": WHOLE, "trials": WHOLE, "failed": WHOLE}
    columns |= {"best (%)": fixed(2, 100), f"best: {share}": render.interval(2, render.PERCENT, 100)}
    columns |= {"hypervolume": fixed(3), f"hypervolume: {share}": render.interval(3, (0.0, 1.0)), "chosen": TEXT}
    columns |= {"signs": TEXT, "its accuracy (%)": fixed(2, 100), "area (mm²)": SIGNIFICANT}
    columns |= {"energy (nJ)": SIGNIFICANT}
    sections = [Section("Architecture search", columns, rows, [SEARCHES_NOTE] if rows else [])]
    if finals := list(_finals(results.finals, results.rules.confidence)):
        columns = {"search": CODE, "network": TEXT, "folds": WHOLE, "accuracy (%)": fixed(2, 100)}
        columns |= {"minus given (points)": signed(2, 100), f"minus given: {share}": render.interval(2, scale=100)}
        columns |= {"area (mm²)": SIGNIFICANT, "energy (nJ)": SIGNIFICANT, "": TEXT}
        sections.append(Section("Finals", columns, finals, [FINALS_NOTE]))
    if gained := list(_gained(results.search_gain)):
        columns = {"search": CODE, "minus": CODE, "measure": TEXT, "reached": SIGNIFICANT, "baseline": SIGNIFICANT}
        columns |= {"gain": signed(3), f"gain: {share}": render.interval(3), "seeds": WHOLE, "work (s)": WHOLE}
        sections.append(Section("Gain at equal work", columns, gained, [GAINED_NOTE]))
    if beside := list(_beside_signed(results)):
        columns = {"search": CODE, "signed network": CODE}
        columns |= dict.fromkeys(("area (mm²)", "signed (mm²)", "energy (nJ)", "signed (nJ)"), SIGNIFICANT)
        sections.append(Section("Chosen and signed networks", columns, beside, [_beside_note(results)]))
    return sections


def _searches(results: Results) -> Iterator[list[Any]]:
    found = list(reached(results.search))
    for name, group in results.search.groupby("search", sort=False):
        ends = [courses(found, str(name), measure, results.rules.confidence)[-1] for measure in REACHED]
        failed = int((group["state"] == "failed").sum())
        cells: list[Any] = [name, group["sampler"].iloc[0], ends[0].n, len(group), failed]
        for end in ends:
            cells += [end.mean, (end.low, end.high)]
        chosen = _chosen(group)
        size = _size(chosen)
        yield [*cells, chosen["architecture"], chosen["polarity"], chosen["validation_accuracy"], *size]


def _chosen(trials: pd.DataFrame) -> pd.Series:
    return trials[trials["chosen"] == 1].iloc[0]


def _size(of: pd.Series) -> list[float]:
    """Area, mm², and energy, nJ."""
    return [of["area_um2"] * 1e-6, of["energy_pJ"] * 1e-3]


def _finals(finals: pd.DataFrame, confidence: float) -> Iterator[list[Any]]:
    """Means over folds, the cheapest network first. A network that failed on a fold is judged on the others."""
    for name, of_search in finals[finals["state"] == "complete"].groupby("search", sort=False):
        by_fold = of_search.pivot(index="fold", columns="finalist", values="validation_accuracy")
        means = of_search.groupby("finalist")[["area_um2", "energy_pJ", "chosen"]].mean().sort_values("energy_pJ")
        for finalist, mean in means.iterrows():
            architecture = of_search.loc[of_search["finalist"] == finalist, "architecture"].iloc[0]
            accuracy = by_fold[finalist].dropna()
            word = GIVEN if finalist == GIVEN else "chosen" if mean["chosen"] else ""
            minus = _minus_given(by_fold, finalist, confidence)
            yield [name, architecture, len(accuracy), accuracy.mean(), *minus, *_size(mean), word]


def _minus_given(by_fold: pd.DataFrame, finalist: str, confidence: float) -> list[Any]:
    """Mean and interval of the differences to the network given; none for itself, and where it is not."""
    differences = (by_fold[finalist] - by_fold.get(GIVEN, np.nan)).dropna()
    if finalist == GIVEN or differences.empty:
        return [np.nan, (np.nan, np.nan)]
    gain = interval(differences, confidence)
    return [gain.mean, (gain.low, gain.high)]


def _gained(gains: pd.DataFrame) -> Iterator[list[Any]]:
    for _, one in gains.iterrows():
        ends = [one["reached"], one["baseline_reached"], one["mean"], (one["low"], one["high"])]
        yield [one["search"], one["baseline"], one["measure"], *ends, one["seeds"], one["work"]]


def designed_by_hand(results: Results) -> pd.DataFrame:
    """Unipolar networks of the comparisons that no search chose: dataset, area and energy with shared converters at the
    reference circuit, and mean validation accuracy with noise after full trainings."""
    priced = corner_totals(results.cost, results.comparisons)
    if priced.empty:
        return priced.assign(validation_accuracy=[])
    priced = reference_rows(priced, results.rules.reference)
    accuracy = results.accuracy
    of_search = accuracy["architecture"].isin(results.search["search"].unique())
    measured = accuracy[(accuracy["split"] == "validation") & (accuracy["condition"] == "noisy") & ~of_search]
    means = measured.groupby("network")["accuracy"].mean().rename("validation_accuracy")
    shared = priced[priced["corner"] == "unipolar-shared"].drop_duplicates("network")
    return shared.merge(means, on="network")


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
