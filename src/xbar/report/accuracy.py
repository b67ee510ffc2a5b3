"""Tables of test accuracy: of every network, and of one scale for the network against a scale per layer."""

from typing import Any

import numpy as np
import pandas as pd

from xbar.config.claims import ClaimsSpec
from xbar.report.contents import table
from xbar.report.intervals import PAIRED, clustered_ends, ends_of, one_sided, pairs_of, with_clusters
from xbar.report.render import CODE, PERCENT, TEXT, WHOLE, Section, fixed, interval, interval_of, signed
from xbar.report.results import Results
from xbar.report.statistics import Interval, failures_note, networks, over_seeds, paired_difference

SHOWN_CONDITIONS = ("float", "noisy")  # the noise sweep is a figure
ACCURACY_NOTE = (
    "bits: of one device. levels: of one weight, 2^b if unipolar, 2^(b+1) - 1 if signed, in a pair of devices. mean:"
    " on simulated chips with the noise of the configured device, or in floating point. without noise: on arrays with"
    " exact devices. Spreads in points: between seeds (chips averaged first) and, within a seed, between chips."
)
QUESTION = "How accurate is every network on noisy chips?"
INTERVALS_NOTE = (
    "Interval, seeds: Student's t, for further trainings on the same test set. Interval, seeds and test set: bootstrap,"
    " for further trainings and further test subjects. Subjects are drawn whole. Where data have none, single examples"
    " are drawn. With one seed, this interval is over the test set alone. With few seeds it makes their part too small,"
    " so verdicts take the wider end of both. It is missing where the run did not keep which examples each"
    " chip classifies rightly."
)
LEVELS_NOTE = (
    "Equal bits are not equal levels: a weight of 2 bits has 4 levels if unipolar, and 7 if signed in a pair of"
    " devices. A weight of 4 bits has 16 and 31. So a signed and a unipolar network of equal bits differ in their"
    " levels too."
)
EQUIVALENT, DIFFERENT, NOT_SHOWN = "equivalent", "different", "not shown"


@table(
    stage="2 Networks",
    caption="Test accuracy of every network: intervals over seeds and test subjects, failed seeds, spread over chips.",
    reads=("accuracy", "intervals", "search", "variants"),
)
def accuracy(results: Results) -> Section:
    """Test accuracy of every network: mean, intervals over seeds and over the test set too, range, failed seeds."""
    rules, kinds = results.rules, networks(results.accuracy)
    means = over_seeds(results.accuracy, rules.confidence, failure_points=rules.failure_points)
    means = with_clusters(means, results.intervals, rules.confidence)
    share, percent = interval_of(rules.confidence), interval(2, PERCENT, 100)
    columns = {"network": CODE, "weights": TEXT, "mean (%)": fixed(2, 100)}
    columns |= {"without noise (%)": fixed(2, 100), "sd of seeds (points)": fixed(2, 100)}
    columns |= {"sd of chips (points)": fixed(2, 100), f"{share}, seeds": percent}
    columns |= {f"{share}, seeds and test set": percent, "lowest to highest seed (%)": interval(2, None, 100)}
    columns |= {"failed seeds": TEXT, "chips": WHOLE}
    ideal = means[means["condition"] == "ideal"].set_index("network")["mean"]
    shown = means[means["condition"].isin(SHOWN_CONDITIONS)]
    rows = [_row(kinds.loc[mean.network], mean, ideal.get(mean.network)) for mean in shown.itertuples()]
    notes = [ACCURACY_NOTE, INTERVALS_NOTE, failures_note(rules.failure_points), LEVELS_NOTE, tried(results)]
    return Section("Test accuracy", columns, rows, notes, f"{QUESTION} {_range(shown, kinds)}")


def _range(means: pd.DataFrame, kinds: pd.DataFrame) -> str:
    """The lowest and the highest mean of each dataset, beside floating point."""
    told = []
    for dataset, of_data in means.groupby(means["network"].map(kinds["dataset"]), sort=False):
        floating, chips = (100 * of_data.loc[of_data["condition"] == name, "mean"] for name in SHOWN_CONDITIONS)
        beside = f", {floating.max():.1f} % in floating point" if len(floating) else ""
        told += [f"{chips.min():.1f} to {chips.max():.1f} % on {dataset}{beside}"] if len(chips) else []
    return f"{'; '.join(told)}." if told else ""


def _row(kind: pd.Series, mean: Any, ideal: float | None) -> list[Any]:
    bits = kind["weight_bits"]
    weights = "floating point" if pd.isna(bits) else f"{bits:.0f} bits, {kind['polarity']}, {levels(kind)} levels"
    about = [kind.name, weights, mean.mean, ideal]
    spread = [mean.sd, mean.chip_sd, (mean.low, mean.high), (mean.clustered_low, mean.clustered_high)]
    if mean.failed:
        spread = [None, mean.chip_sd, None, None]
    failed = f"{mean.failed} of {mean.n}"
    return [*about, *spread, (mean.lowest, mean.highest), failed, mean.chips]


def levels(kind: pd.Series) -> int | None:
    """Levels of one weight: 2^b if unipolar, 2^(b + 1) - 1 if signed, in two devices."""
    if pd.isna(kind["weight_bits"]):
        return None
    bits = int(kind["weight_bits"])
    return 2 ** (bits + 1) - 1 if kind["polarity"] == "signed" else 2**bits


def tried(results: Results) -> str:
    """How many networks, trials and variants this run trained and measured, in words."""
    kinds = networks(results.accuracy).fillna({"weight_bits": 0})
    told = [
        f"{dataset}, {f'{bits:.0f} bits' if bits else 'floating point'}: {len(group)}"
        for (dataset, bits), group in kinds.groupby(["dataset", "weight_bits"], sort=False)
    ]
    trials = results.search.groupby("dataset", sort=False).size()
    searched = ", ".join(f"{count} on {dataset}" for dataset, count in trials.items()) or "none"
    return (
        f"Networks that this run trained, by data and bits ({'; '.join(told) or 'none'}). Trials of its searches:"
        f" {searched}. Other hardware (variants) on which it measured: {results.variants['variant'].nunique()}. Recipes"
        " tried before this run are not counted here; config.yaml names some. No interval and no verdict is corrected"
        " for how many were tried."
    )


@table(
    stage="2 Networks",
    caption="One scale for the whole network against a scale per layer: paired difference, and whether it is small.",
    reads=("accuracy", "intervals"),
)
def uniform(results: Results) -> Section:
    """One scale for the network against a scale per layer: difference seed by seed, and whether it is small."""
    rules = results.rules
    levels = (rules.confidence, one_sided(rules.confidence))
    ends = {level: clustered_ends(results.intervals, level) for level in levels}
    rows = [
        row
        for pair in pairs_of(results.intervals)
        for condition in PAIRED
        if (row := _pair(results.accuracy, pair, condition, ends, rules)) is not None
    ]
    share, both = interval_of(rules.confidence), interval(2, scale=100)
    columns = {"one scale for the network": CODE, "scale per layer": CODE, "condition": TEXT}
    columns |= {"difference (points)": signed(2, 100), "sd (points)": fixed(2, 100)}
    columns |= {f"{share}, seeds": both, f"{share}, seeds and test set": both}
    columns |= {f"{interval_of(one_sided(rules.confidence))}, the wider": both}
    columns |= {f"within ±{rules.equivalence_points:g} points": TEXT, "seeds": WHOLE}
    return Section("One scale against a scale per layer", columns, rows, [_uniform_note(rules)])


def _pair(
    accuracy: pd.DataFrame, pair: tuple[str, str], condition: str, ends: dict[float, pd.DataFrame], rules: ClaimsSpec
) -> list[Any] | None:
    """A row: the intervals at the confidence of the rules, and the wider of those by which equivalence is tested."""
    found: list[pd.Series] = []
    for level, clustered in ends.items():
        paired = paired_difference(accuracy, pair, condition, level)
        if paired is None:
            return None
        found.append(_with_ends(paired, clustered, (*pair, condition)))
    plain, narrow = found
    result = equivalence(ends_of(plain), ends_of(narrow), rules.equivalence_points)
    clustered_pair = (plain["clustered_low"], plain["clustered_high"])
    shown = [plain["mean"], plain["sd"], (plain["low"], plain["high"]), clustered_pair, ends_of(narrow)]
    return [*pair, condition, *shown, result, int(plain["n"])]


def _with_ends(paired: Interval, clustered: pd.DataFrame, case: tuple[str, str, str]) -> pd.Series:
    empty = pd.Series(np.nan, index=clustered.columns)
    return pd.concat([pd.Series(paired._asdict()), clustered.loc[case] if case in clustered.index else empty])


def equivalence(plain: tuple[float, float], narrow: tuple[float, float], points: float) -> str:
    """Two one-sided tests: equivalent where the narrow interval lies within the margin.

    Different where it does not, and the plain interval leaves out zero. Ends are shares; where they are NaN, nothing is
    shown.
    """
    margin = points / 100
    if -margin < narrow[0] and narrow[1] < margin:
        return EQUIVALENT
    return DIFFERENT if plain[0] > 0 or plain[1] < 0 else NOT_SHOWN


def _uniform_note(rules: ClaimsSpec) -> str:
    margin, share = f"{rules.equivalence_points:g} points", interval_of(rules.confidence)
    tests = f"two one-sided tests at {100 * rules.confidence:g} %"
    return (
        "Test accuracy of the first network minus that of the second with the same seed. Chips are averaged first. A"
        " resample of the test set is the same for both. The margin is claims.equivalence_points of config.yaml."
        f" {EQUIVALENT}: {tests} show a difference smaller than {margin}, so the"
        f" {interval_of(one_sided(rules.confidence))}, on each side the wider of both kinds, lies within. {DIFFERENT}:"
        f" it does not, and both {share}s leave out 0. {NOT_SHOWN}: neither; the data are too few to say."
    )
