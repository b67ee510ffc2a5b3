"""Trained networks on other hardware: means over seeds, and the tables of drift, of variants and of layer errors."""

import numpy as np
import pandas as pd

from xbar.report.contents import table
from xbar.report.render import CODE, NONE, PERCENT, TEXT, WHOLE, Format, Section, fixed, interval_of
from xbar.report.render import interval as ends
from xbar.report.results import Results
from xbar.report.statistics import Interval, failures, failures_note, interval

CASE = ["variant", "network", "time_s", "compensation"]
KIND = ["dataset", "weight_bits", "polarity", "scale", "mapping", "device"]
COMPENSATION = Format({"none": "no", "array": "one factor per array"}.__getitem__, right=False)


def means_of(variants: pd.DataFrame, confidence: float, failure_points: float = np.inf) -> pd.DataFrame:
    """One row per variant, network, time and compensation: mean, low, high, sd, n over seeds, its kind.

    lowest and highest: of the seeds. failed: how many, by `failures`. The chips of a seed are averaged first. Intervals
    are cut at 0 and 1.
    """
    rows = []
    for case, group in variants.groupby(CASE, sort=False):
        seeds = group.groupby("seed")["accuracy"].mean()
        found = interval(seeds, confidence)._asdict()
        cut = {end: float(np.clip(found[end], 0, 1)) for end in ("low", "high")}
        kind = group[KIND].iloc[0].to_dict()
        further = {"lowest": seeds.min(), "highest": seeds.max(), "failed": failures(seeds, failure_points)}
        further["chips"] = group["chip"].nunique()
        rows.append(dict(zip(CASE, case, strict=True)) | kind | found | cut | further)
    return pd.DataFrame(rows, columns=[*CASE, *KIND, *Interval._fields, "lowest", "highest", "failed", "chips"])


def aged(means: pd.DataFrame) -> pd.DataFrame:
    """The cases of variants with more than one time."""
    return means[means.groupby("variant")["time_s"].transform("nunique") > 1]


def duration(seconds: float) -> str:
    """A time in the largest unit that holds it at least once: 25 s, 1 h, 30 d, 1 y."""
    for unit, length in (("y", 365 * 86400), ("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} s"


@table(
    stage="3 Hardware",
    caption="Accuracy at every time after programming, with and without one digital factor per array.",
    reads=("variants",),
)
def drift(results: Results) -> Section:
    """Test accuracy at every time after programming, with and without compensation."""
    means = aged(means_of(results.variants, results.rules.confidence))
    times = sorted(means["time_s"].unique())
    rows = []
    for case, group in means.groupby(["variant", "network", "device", "compensation"], sort=False):
        at = group.set_index("time_s")
        variant, network, device, compensation = case
        cells = [at.loc[time] if time in at.index else None for time in times]
        about = [variant, network, at["weight_bits"].iloc[0], device, compensation]
        rows.append([*about, *cells, at["n"].max(), at["chips"].max()])
    columns = {"variant": TEXT, "network": CODE, "bits": WHOLE, "device": TEXT, "compensation": COMPENSATION}
    columns |= {f"{duration(time)} (%)": Format(_mean_and_sd) for time in times} | {"seeds": WHOLE, "chips": WHOLE}
    note = (
        "Test accuracy (%), mean ± standard deviation over seeds (chips averaged first)."
        " Compensation: one digital factor per array, the mean signal after programming over that now."
    )
    return Section("Accuracy after programming", columns, rows, [note])


def _mean_and_sd(case: pd.Series | None) -> str:
    if case is None:
        return NONE
    spread = "" if pd.isna(case["sd"]) else f" ± {100 * case['sd']:.2f}"
    return f"{100 * case['mean']:.2f}{spread}"


@table(
    stage="3 Hardware",
    caption="Accuracy on other hardware than the networks were trained for.",
    reads=("variants",),
)
def variants(results: Results) -> Section:
    """Test accuracy of every variant without drift: one row per variant and network."""
    points = results.rules.failure_points
    means = means_of(results.variants, results.rules.confidence, points)
    rows = [
        [
            *(case.variant, case.network, case.mapping, case.device, case.mean),
            *((None, None) if case.failed else (case.sd, (case.low, case.high))),
            *((case.lowest, case.highest), f"{case.failed} of {case.n}", case.chips),
        ]
        for case in means[~means["variant"].isin(aged(means)["variant"])].itertuples()
    ]
    percent, share = fixed(2, 100), interval_of(results.rules.confidence)
    columns = {"variant": TEXT, "network": CODE, "mapping": TEXT, "device": TEXT, "mean (%)": percent}
    columns |= {"sd of seeds (points)": percent, share: ends(2, PERCENT, 100)}
    columns |= {"lowest to highest seed (%)": ends(2, None, 100), "failed seeds": TEXT, "chips": WHOLE}
    note = (
        "What each variant changes stands under its name in config.yaml; all else is as in training. The interval is"
        " Student's, over seeds; the test set is always the same. lowest to highest seed: means over their chips."
    )
    return Section("Accuracy on other hardware", columns, rows, [note, failures_note(points)])


@table(
    stage="3 Hardware",
    caption="Where the signal is lost: the error of every layer, alone and behind those before it.",
    reads=("errors",),
)
def errors(results: Results) -> Section:
    """Where the signal is lost: error of every layer, alone and behind the layers before it."""
    means = layer_errors(results)
    rows = [
        [
            *(case.variant, case.network, case.layer, case.time_s, case.compensation),
            *(case.own_error, case.accumulated_error),
        ]
        for case in means.itertuples()
    ]
    columns = {"variant": TEXT, "network": CODE, "layer": WHOLE, "time": Format(duration)}
    columns |= {"compensation": COMPENSATION, "own (%)": fixed(1, 100), "accumulated (%)": fixed(1, 100)}
    note = (
        "Root mean square error of a layer's digitised sums over the standard deviation of those without noise, mean"
        " over seeds and chips. The mean over columns is left out where the layer subtracts it. Own: the layer meets"
        " the trained network's inputs; accumulated: it stands behind the layers before it."
    )
    return Section("Error by layer", columns, rows, [note], ranked="accumulated (%)")


def layer_errors(results: Results) -> pd.DataFrame:
    """Mean own_error and accumulated_error over seeds and chips, by variant, network, time, compensation and layer."""
    groups = results.errors.groupby([*CASE, "layer"], sort=False)
    return groups[["own_error", "accumulated_error"]].mean().reset_index()
