"""Trained networks on other hardware: means over seeds, and the tables of drift, of variants and of layer errors."""

import numpy as np
import pandas as pd

from xbar.report import markdown
from xbar.report.markdown import between, number
from xbar.report.results import Results
from xbar.report.statistics import Interval, interval

CASE = ["variant", "network", "time_s", "compensation"]
KIND = ["dataset", "weight_bits", "polarity", "scale", "mapping", "device"]
COMPENSATIONS = {"none": "no", "array": "one factor per array"}


def over_seeds(variants: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """One row per variant, network, time and compensation: mean, low, high, sd, n over seeds, lowest seed, its kind.

    The chips of a seed are averaged first. Intervals are cut at 0 and 1.
    """
    rows = []
    for case, group in variants.groupby(CASE, sort=False):
        seeds = group.groupby("seed")["accuracy"].mean()
        found = interval(seeds, confidence)._asdict()
        cut = {end: float(np.clip(found[end], 0, 1)) for end in ("low", "high")}
        kind = group[KIND].iloc[0].to_dict()
        further = {"lowest": seeds.min(), "chips": group["chip"].nunique()}
        rows.append(dict(zip(CASE, case, strict=True)) | kind | found | cut | further)
    return pd.DataFrame(rows, columns=[*CASE, *KIND, *Interval._fields, "lowest", "chips"])


def aged(means: pd.DataFrame) -> pd.DataFrame:
    """The cases of variants with more than one time."""
    return means[means.groupby("variant")["time_s"].transform("nunique") > 1]


def duration(seconds: float) -> str:
    """A time in the largest unit that holds it at least once: 25 s, 1 h, 30 d, 1 y."""
    for unit, length in (("y", 365 * 86400), ("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} s"


def drift(results: Results) -> str:
    """Test accuracy at every time after programming, with and without compensation."""
    means = aged(over_seeds(results.variants, results.rules.confidence))
    times = sorted(means["time_s"].unique())
    rows = []
    for case, group in means.groupby(["variant", "network", "device", "compensation"], sort=False):
        at = group.set_index("time_s")
        cells = [_mean_and_sd(at.loc[time]) if time in at.index else markdown.NONE for time in times]
        variant, network, device, compensation = case
        fixed = [variant, f"`{network}`", number(at["weight_bits"].iloc[0], 0), device, COMPENSATIONS[compensation]]
        rows.append([*fixed, *cells, str(int(at["n"].max())), str(int(at["chips"].max()))])
    headers = ["variant", "network", "bits", "device", "compensation", *map(duration, times), "seeds", "chips"]
    return markdown.table(
        "Accuracy after programming",
        headers,
        rows,
        [
            "Test accuracy (%), mean ± standard deviation over seeds (chips averaged first)."
            " Compensation: one digital factor per array, the mean signal after programming over that now."
        ],
    )


def _mean_and_sd(case: pd.Series) -> str:
    spread = "" if pd.isna(case["sd"]) else f" ± {100 * case['sd']:.2f}"
    return f"{100 * case['mean']:.2f}{spread}"


def variants(results: Results) -> str:
    """Test accuracy of every variant without drift: one row per variant and network."""
    means = over_seeds(results.variants, results.rules.confidence)
    rows = [
        [
            case.variant,
            f"`{case.network}`",
            case.mapping,
            case.device,
            number(100 * case.mean, 2),
            number(100 * case.sd, 2),
            between(100 * case.low, 100 * case.high, 2, markdown.PERCENT),
            number(100 * case.lowest, 2),
            str(case.n),
            str(case.chips),
        ]
        for case in means[~means["variant"].isin(aged(means)["variant"])].itertuples()
    ]
    share = markdown.interval_of(results.rules.confidence)
    headers = ["variant", "network", "mapping", "device", "mean (%)", "sd of seeds", share, "lowest seed (%)"]
    headers += ["seeds", "chips"]
    note = (
        "What each variant changes stands under its name in config.yaml; all else is as in training. lowest seed: mean"
        " over the chips of the worst one; where it lies far below the mean, one seed makes the spread,"
        " and neither mean nor interval describes the others."
    )
    return markdown.table("Accuracy on other hardware", headers, rows, [note])


def errors(results: Results) -> str:
    """Where the signal is lost: error of every layer, alone and behind the layers before it."""
    means = layer_errors(results)
    rows = [
        [
            case.variant,
            f"`{case.network}`",
            f"{case.layer:.0f}",
            duration(case.time_s),
            COMPENSATIONS[case.compensation],
            number(100 * case.own_error, 1),
            number(100 * case.accumulated_error, 1),
        ]
        for case in means.itertuples()
    ]
    headers = ["variant", "network", "layer", "time", "compensation", "own (%)", "accumulated (%)"]
    note = (
        "Root mean square error of a layer's output over the standard deviation of the trained output without noise,"
        " mean over seeds and chips, before the digital affine. Own: the layer meets the trained network's inputs;"
        " accumulated: it stands behind the layers before it."
    )
    return markdown.table("Error by layer", headers, rows, [note])


def layer_errors(results: Results) -> pd.DataFrame:
    """Mean own_error and accumulated_error over seeds and chips, by variant, network, time, compensation and layer."""
    groups = results.errors.groupby([*CASE, "layer"], sort=False)
    return groups[["own_error", "accumulated_error"]].mean().reset_index()
