"""Figure of where the time of a run goes: by rule, and by network."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from xbar.report.figures import style

LEAST = 0.005  # share of the time of all jobs below which rules are summed up
BY_NETWORK = ("train_network", "evaluate_float", "map_network", "evaluate_crossbars", "evaluate_variant")


def time(jobs: Iterable[Mapping[str, Any]]) -> Figure:
    """`jobs` as provenance.json has them: rule, job, wall_s, cpu_s, ready_s (start and imports, the thin bar).

    Above every rule, below the stages of each network.
    """
    table = pd.DataFrame(list(jobs), columns=["rule", "job", "wall_s", "cpu_s", "ready_s"])
    if table.empty:
        return style.absent("a job with a benchmark")
    table["minutes"] = table["wall_s"].astype(float).fillna(0.0) / 60
    table["start"] = table["ready_s"].astype(float).fillna(0.0) / 60
    stages = table[table["rule"].isin(BY_NETWORK)]
    stages = stages.assign(network=stages["job"].str.split("/").str[-2])
    told = _message(table)
    table["rule"] = _few(table)
    rows = [table["rule"].nunique() + 2, stages["network"].nunique() + 2]
    figure, axes = style.panels(2, 1, style.COLUMN_IN, 1.5 + 0.16 * sum(rows), height_ratios=rows)
    _rules(axes[0, 0], table)
    _networks(axes[1, 0], stages)
    used = [rule for rule in BY_NETWORK if rule in set(stages["rule"])]
    handles = [Patch(color=_colour(rule), label=rule.replace("_", " ")) for rule in used]
    style.legend(figure, [*handles, Patch(color=style.INK, label="start and imports")], 3)
    style.message(figure, told)
    return figure


def _message(table: pd.DataFrame) -> str:
    """How long the jobs took, and which rule took most of it."""
    by_rule = table.groupby("rule")["minutes"].sum()
    cpu = table["cpu_s"].astype(float).sum() / 60
    most = f" {by_rule.idxmax()} takes {100 * by_rule.max() / by_rule.sum():.0f} % of it." if by_rule.sum() else ""
    used = f", {_minutes(cpu)} of it on processors" if cpu else ""
    return f"All jobs together take {_minutes(by_rule.sum())}{used}.{most}".replace("_", " ")


def _few(table: pd.DataFrame) -> pd.Series:
    """The rule of each job; rules that take next to nothing become one, where there are several."""
    by_rule = table.groupby("rule")["minutes"].sum()
    small = list(by_rule.index[by_rule < LEAST * by_rule.sum()])
    return table["rule"].replace(small, f"{len(small)} other rules") if len(small) > 1 else table["rule"]


def _colour(rule: str) -> str:
    return style.PARTS[BY_NETWORK.index(rule)] if rule in BY_NETWORK else style.PARTS[-1]


def _rules(panel: Axes, table: pd.DataFrame) -> None:
    groups = table.groupby("rule", sort=False)["minutes"].agg(["sum", "count"]).sort_values("sum", kind="stable")
    starts = table.groupby("rule")["start"].sum()
    for y, (rule, row) in enumerate(groups.iterrows()):
        panel.barh(y, row["sum"], color=_colour(str(rule)), height=0.72)
        panel.barh(y, starts[rule], color=style.INK, height=0.24)
        panel.annotate(
            f"{_minutes(row['sum'])}, {row['count']:.0f} jobs" if row["count"] > 1 else _minutes(row["sum"]),
            (row["sum"], y), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7,
        )  # fmt: skip
    _finish(panel, [str(rule).replace("_", " ") for rule in groups.index], 1.6 * groups["sum"].max())


def _networks(panel: Axes, stages: pd.DataFrame) -> None:
    totals = stages.pivot_table(index="network", columns="rule", values="minutes", aggfunc="sum", sort=False)
    totals = totals.fillna(0.0)
    for y, (_, row) in enumerate(totals[::-1].iterrows()):
        left = 0.0
        for rule in (rule for rule in BY_NETWORK if rule in totals):
            panel.barh(y, row[rule], left=left, color=_colour(rule), height=0.72)
            left += row[rule]
        panel.annotate(
            _minutes(left), (left, y), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7
        )  # fmt: skip
    _finish(panel, list(totals.index[::-1]), 1.35 * totals.sum(axis=1).max() if len(totals) else 1.0)


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return f"{60 * minutes:.0f} s" if 60 * minutes >= 1 else "below 1 s"
    return f"{minutes / 60:.1f} h" if minutes >= 60 else f"{minutes:.1f} min"


def _finish(panel: Axes, names: list[str], right: float) -> None:
    panel.set_yticks(range(len(names)), names)
    panel.set(xlabel="time of all jobs (min)", xlim=(0, max(right, 0.01)), ylim=(-0.6, max(len(names), 1) - 0.4))
    panel.tick_params(axis="y", length=0)
    panel.grid(visible=False, axis="y")
    style.few_ticks(panel.xaxis)
