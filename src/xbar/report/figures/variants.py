"""Figures of trained networks on other hardware: accuracy against time after programming, error layer by layer."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.statistics import networks
from xbar.report.variants import aged, duration, layer_errors, over_seeds

LOOKS = {"array": ("one digital factor per array", "-"), "none": ("no compensation", ":")}


def drift(results: Results) -> Figure:
    """Test accuracy against the age of the devices, with and without compensation, one panel per dataset."""
    means = aged(over_seeds(results.variants, results.rules.confidence))
    if means.empty:
        return style.absent("a variant with several times")
    kinds = networks(results.accuracy)
    panels = list(means.groupby(["dataset", "variant"], sort=False))
    figure, axes = style.panels(1, len(panels), style.PAGE_IN if len(panels) > 1 else 0.7 * style.PAGE_IN, 3.2)
    for panel, ((dataset, _), group) in zip(axes[0], panels, strict=True):
        names = style.labels(kinds[kinds.index.isin(group["network"])])
        for (network, compensation), line in group.groupby(["network", "compensation"], sort=False):
            look = _look(kinds.loc[network]) | {"linestyle": LOOKS[compensation][1]}
            _line(panel, line.sort_values("time_s"), look, names[network] if compensation != "none" else None)
        _name_times(panel, sorted(group["time_s"].unique()))
        style.title(panel, dataset)
        panel.legend(loc="lower left", handlelength=2.2)
    handles = [Line2D([], [], color=style.INK, linestyle=dash, label=words) for words, dash in LOOKS.values()]
    style.legend(figure, handles)
    return figure


def _look(kind: pd.Series) -> dict:
    """Colour and marker; here dashes are for the compensation, so that few bits get a marker of their own."""
    look = style.line_style(kind)
    return look | {"marker": "^"} if kind["weight_bits"] < 4 else look


def _line(panel: Axes, line: pd.DataFrame, look: dict, words: str | None) -> None:
    panel.plot(line["time_s"], 100 * line["mean"], label=words, **look)
    spread = line["sd"].fillna(0)
    low, high = 100 * (line["mean"] - spread), 100 * (line["mean"] + spread)
    panel.fill_between(line["time_s"], low, high, color=look["color"], alpha=0.1, linewidth=0)


def _name_times(panel: Axes, times: list[float]) -> None:
    panel.set_xscale("log")
    panel.set_xticks(times, [duration(time) for time in times])
    panel.minorticks_off()
    panel.set(xlabel="time after programming", ylabel="test accuracy (%)")


def errors(results: Results) -> Figure:
    """Error of every layer alone and behind those before it, in one variant of the run, by dataset."""
    found = _freshest(layer_errors(results))
    if found.empty:
        return style.absent("a variant")
    case = f"{found['variant'].iloc[0]},\n{duration(found['time_s'].iloc[0])} after\nprogramming"
    kinds = networks(results.accuracy)
    kinds = kinds[kinds.index.isin(found["network"])]
    datasets = list(kinds["dataset"].unique())
    figure, axes = style.panels(len(datasets), 2, style.PAGE_IN, 0.3 + 2.2 * len(datasets))
    for panels, dataset in zip(axes, datasets, strict=True):
        of_dataset = kinds[kinds["dataset"] == dataset]
        for panel, column in zip(panels, ("own_error", "accumulated_error"), strict=True):
            for network, words in style.labels(of_dataset).items():
                line = found[found["network"] == network]
                panel.plot(line["layer"], 100 * line[column], label=words, **style.line_style(kinds.loc[network]))
                panel.set_xticks(line["layer"])
            panel.set(xlabel="layer", ylabel=f"{column.split('_')[0]} error (%)", ylim=(0, None))
        style.title(panels[0], dataset)
        panels[1].legend(
            loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=2.8, title=f"variant {case}", alignment="left"
        )
    return figure


def _freshest(found: pd.DataFrame) -> pd.DataFrame:
    """The first variant without drift; where all drift, the first at its first time, compensated if it can be."""
    still = found[~found["variant"].isin(aged(found)["variant"])]
    found = still if len(still) else found
    for column, chosen in (("variant", "first"), ("time_s", "min"), ("compensation", "min")):
        if len(found):
            found = found[found[column] == (found[column].iloc[0] if chosen == "first" else found[column].min())]
    return found
