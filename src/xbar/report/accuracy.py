"""Tables of test accuracy: of every network, and of one scale for the network against a scale per layer."""

from typing import Any

import pandas as pd

from xbar.report import render
from xbar.report.contents import table
from xbar.report.render import CODE, TEXT, WHOLE, WORDS, Section, fixed, interval, signed
from xbar.report.results import Results
from xbar.report.statistics import networks, over_seeds, paired_difference, scale_pairs

SHOWN_CONDITIONS = ("float", "ideal", "noisy")  # the noise sweep is a figure
ACCURACY_NOTE = (
    "bits: of one device. levels: of one weight, 2^b if unipolar, 2^(b+1) - 1 if signed, in a pair of devices. ideal:"
    " mapped, without noise. noisy: simulated chips with the noise of the configured device. Spreads in points: between"
    " seeds (chips averaged first) and, within a seed, between chips."
)
LEVELS_NOTE = (
    "Equal bits are not equal levels: a weight of 2 bits has 4 levels if unipolar, and 7 if signed in a pair of"
    " devices. A weight of 4 bits has 16 and 31. So a signed and a unipolar network of equal bits differ in their"
    " levels too."
)


@table(
    stage="2 Networks",
    caption="Test accuracy of every network: spread over seeds and over chips.",
    reads=("accuracy",),
)
def accuracy(results: Results) -> Section:
    """Test accuracy of every network: mean, spread over seeds and over chips, interval."""
    kinds = networks(results.accuracy)
    means = over_seeds(results.accuracy, results.rules.confidence)
    shown = means[means["condition"].isin(SHOWN_CONDITIONS)]
    columns = {"network": CODE, "dataset": TEXT, "bits": WHOLE, "levels": WHOLE, "polarity": TEXT, "scale": WORDS}
    columns |= {"condition": TEXT, "mean (%)": fixed(2, 100), "sd of seeds (points)": fixed(2, 100)}
    columns |= {
        "sd of chips (points)": fixed(2, 100),
        render.interval_of(results.rules.confidence): interval(2, render.PERCENT, 100),
        "seeds": WHOLE,
        "chips": WHOLE,
    }
    rows = [_row(kinds.loc[mean.network], mean) for mean in shown.itertuples()]
    return Section("Test accuracy", columns, rows, [ACCURACY_NOTE, LEVELS_NOTE])


def _row(kind: pd.Series, mean: Any) -> list[Any]:
    about = [kind.name, kind["dataset"], kind["weight_bits"], levels(kind), kind["polarity"], kind["scale"]]
    return [*about, mean.condition, mean.mean, mean.sd, mean.chip_sd, (mean.low, mean.high), mean.n, mean.chips]


def levels(kind: pd.Series) -> int | None:
    """Levels of one weight: 2^b if unipolar, 2^(b + 1) - 1 if signed, in two devices."""
    if pd.isna(kind["weight_bits"]):
        return None
    bits = int(kind["weight_bits"])
    return 2 ** (bits + 1) - 1 if kind["polarity"] == "signed" else 2**bits


@table(
    stage="2 Networks",
    caption="One scale for the whole network against a scale per layer: paired difference by seed.",
    reads=("accuracy",),
)
def uniform(results: Results) -> Section:
    """One scale for the network against a scale per layer: difference of accuracies, seed by seed."""
    confidence = results.rules.confidence
    cases = [(*pair, condition) for pair in scale_pairs(results.accuracy) for condition in ("ideal", "noisy")]
    rows = [
        [one, other, condition, found.mean, found.sd, (found.low, found.high), found.n]
        for one, other, condition in cases
        if (found := paired_difference(results.accuracy, (one, other), condition, confidence)) is not None
    ]
    columns = {
        "one scale for the network": CODE,
        "scale per layer": CODE,
        "condition": TEXT,
        "difference (points)": signed(2, 100),
        "sd (points)": fixed(2, 100),
        render.interval_of(confidence): interval(2, scale=100),
        "seeds": WHOLE,
    }
    note = (
        "Test accuracy of the first network minus that of the second with the same seed;"
        " chips are averaged first. An interval that contains 0 shows no difference at this number of seeds."
    )
    return Section("One scale against a scale per layer", columns, rows, [note])
