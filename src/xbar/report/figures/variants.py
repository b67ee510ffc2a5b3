"""Figures of trained networks on other hardware: accuracy against time after programming, error layer by layer."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.statistics import networks
from xbar.report.variants import CASE, aged, duration, means_of

SHIFT = 0.1  # between neighbouring networks, decades
CHANCE = {"color": style.INK, "lw": 0.8, "ls": ":"}
ERRORS = {"own_error": "this layer on hardware", "accumulated_error": "all layers up to it"}
COMPENSATIONS = {"none": "no compensation", "array": "one digital factor per array"}


@figure(
    stage="3 Hardware",
    caption=(
        "Test accuracy against the time after programming of PCM devices, on a logarithmic time axis. Left: nothing "
        "is compensated. Dotted: chance, one in as many as there are classes. Right: one digital factor per array, "
        "measured when it is read, on a finer axis of its own. Bars: one standard deviation over seeds, the chips of "
        "a seed averaged first. One seed has no bar, and open marks. Networks stand a little beside each other. "
        "Colours are signs. Dashed: fewer than 4 bits."
    ),
    reads=("variants", "accuracy", "datasets"),
)
def drift(results: Results) -> Figure:
    """Test accuracy against the age of the devices: a row of panels per dataset, a panel per compensation."""
    means = aged(means_of(results.variants, results.rules.confidence))
    if means.empty:
        return style.absent("a variant with several times")
    kinds = networks(results.accuracy)
    rows = list(means.groupby(["dataset", "variant"], sort=False))
    columns = [name for name in COMPENSATIONS if name in set(means["compensation"])]
    size = style.PAGE_IN if len(columns) > 1 else 0.7 * style.PAGE_IN, 0.6 + 2.5 * len(rows)
    figure, axes = style.panels(len(rows), len(columns), *size)
    handles: dict[str, Line2D] = {}
    for panels, ((dataset, _), group) in zip(axes, rows, strict=True):
        for panel, compensation in zip(panels, columns, strict=True):
            shown = group[group["compensation"] == compensation]
            if shown.empty:
                panel.axis("off")
                continue
            handles |= _ages(panel, shown, kinds[kinds.index.isin(shown["network"])])
            panel.set_title(COMPENSATIONS[compensation], loc="right")
            if compensation == "none":
                classes = len(results.datasets[dataset].classes)
                handles["chance"] = panel.axhline(100 / classes, label="chance", **CHANCE)
            elif "none" in columns:
                panel.set_ylabel("test accuracy (%), finer axis")
        style.title(panels[0], results.title(str(dataset)))
    bar = Line2D([], [], linestyle="", marker="|", ms=8, color=style.INK, label="± 1 sd over seeds")
    style.legend(figure, [*handles.values(), bar], 3)
    last = means[means["time_s"] == means["time_s"].max()].groupby("compensation", sort=False)["mean"]
    told = (
        f"{100 * of.min():.0f} to {100 * of.max():.0f} % with {COMPENSATIONS.get(str(name), name)}" for name, of in last
    )
    style.message(figure, f"{duration(means['time_s'].max())} after programming: {'; '.join(told)}.")
    return figure


def _ages(panel: Axes, rows: pd.DataFrame, kinds: pd.DataFrame) -> dict[str, Line2D]:
    """Mean and sd over seeds, networks a little beside each other on the logarithmic axis."""
    looks, handles = style.line_styles(kinds), {}
    for place, (network, words) in enumerate(style.labels(kinds).items()):
        line = rows[rows["network"] == network].sort_values("time_s")
        beside = 10 ** (SHIFT * (place - (len(kinds) - 1) / 2))
        look = {"lw": 1, "ms": 3.5} | looks[network] | style.hollow(line["sd"].isna().all())
        panel.errorbar(beside * line["time_s"], 100 * line["mean"], 100 * line["sd"], elinewidth=0.7, **look)
        handles[words] = Line2D([], [], label=words, **look)
    _name_times(panel, sorted(rows["time_s"].unique()))
    return handles


def _name_times(panel: Axes, times: list[float]) -> None:
    panel.set_xscale("log")
    panel.set_xticks(times, [duration(time) for time in times])
    panel.minorticks_off()
    panel.set(xlabel="time after programming", ylabel="test accuracy (%)")


@figure(
    stage="3 Hardware",
    caption=(
        "Where the signal is lost, in the variant named beside the panels, which config.yaml describes. The error of "
        "a layer is the root mean square error of its digitised sums over the standard deviation of those without "
        "noise. The mean over columns is left out where the layer subtracts it. Left: the "
        "layer alone on hardware, with exact inputs. Right: all layers before it on hardware too. Bars: mean over "
        "seeds, the chips of a seed averaged first. Dots: the seeds. Full colours have 4 bits, pale ones fewer. White "
        "bars: one seed. variants.md has the accuracy of the same chips."
    ),
    reads=("errors", "accuracy", "datasets"),
)
def errors(results: Results) -> Figure:
    """Error of every layer alone and behind those before it, in one variant of the run, by dataset."""
    seeds = results.errors.groupby([*CASE, "layer", "seed"], sort=False)[list(ERRORS)].mean().reset_index()
    found = _freshest(seeds)
    if found.empty:
        return style.absent("a variant")
    kinds = networks(results.accuracy)
    kinds = kinds[kinds.index.isin(found["network"])]
    datasets = list(kinds["dataset"].unique())
    figure, axes = style.panels(len(datasets), 2, style.PAGE_IN, 0.6 + 2.1 * len(datasets), sharey="row")
    for panels, dataset in zip(axes, datasets, strict=True):
        of_dataset = kinds[kinds["dataset"] == dataset]
        for panel, (column, words) in zip(panels, ERRORS.items(), strict=True):
            _error_bars(panel, found, column, of_dataset)
            panel.set_title(words, loc="right")
        panels[0].set_ylabel("error (%)")
        style.title(panels[0], results.title(dataset))
        bars = [Patch(**_look(of_dataset.loc[name]), label=words) for name, words in style.labels(of_dataset).items()]
        panels[1].legend(
            handles=bars, loc="center left", bbox_to_anchor=(1.0, 0.5), title=_case(found), alignment="left"
        )
    style.message(figure, _last_errors(results, found, kinds))
    return figure


def _last_errors(results: Results, found: pd.DataFrame, kinds: pd.DataFrame) -> str:
    """The variant, and the error behind the last layer of each dataset, as the means of its networks range."""
    told = []
    for dataset, of_data in found.groupby(found["network"].map(kinds["dataset"]), sort=False):
        last = of_data[of_data["layer"] == of_data["layer"].max()]
        means = 100 * last.groupby("network")["accumulated_error"].mean()
        told.append(f"{results.title(str(dataset))} {means.min():.1f} to {means.max():.1f} %")
    return f"{_case(found).replace('variant', 'Variant', 1)}. Error behind the last layer: {', '.join(told)}."


def _error_bars(panel: Axes, found: pd.DataFrame, column: str, kinds: pd.DataFrame) -> None:
    width = 0.84 / len(kinds)
    for place, (network, kind) in enumerate(kinds.iterrows()):
        for layer, seeds in found[found["network"] == network].groupby("layer"):
            at = float(layer) + width * (place + 0.5) - 0.42
            style.bar_of_seeds(
                panel, at, 100 * seeds[column], 0.9 * width, style.COLOURS[kind["polarity"]], _fill(kind)
            )
    panel.set_xticks(np.unique(found.loc[found["network"].isin(kinds.index), "layer"]))
    panel.set_xlabel("layer")
    panel.grid(visible=False, axis="x")


def _fill(kind: pd.Series) -> float:
    """Full colours for 4 bits and more, pale ones for fewer."""
    return 0.85 if kind["weight_bits"] >= 4 else 0.35


def _look(kind: pd.Series) -> dict[str, Any]:
    colour = style.COLOURS[kind["polarity"]]
    return {"facecolor": to_rgba(colour, _fill(kind)), "edgecolor": colour}


def _case(found: pd.DataFrame) -> str:
    """The variant that all rows are of and, if its devices age, their age."""
    age = found["time_s"].iloc[0]
    return f"variant: {found['variant'].iloc[0]}" + (f", {duration(age)} after programming" if age > 0 else "")


def _freshest(found: pd.DataFrame) -> pd.DataFrame:
    """The first variant without drift; where all drift, the first at its first time, compensated if it can be."""
    still = found[~found["variant"].isin(aged(found)["variant"])]
    found = still if len(still) else found
    for column, chosen in (("variant", "first"), ("time_s", "min"), ("compensation", "min")):
        if len(found):
            found = found[found[column] == (found[column].iloc[0] if chosen == "first" else found[column].min())]
    return found
