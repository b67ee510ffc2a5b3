"""Everything that a table or a figure is drawn from, read once."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from xbar.config.claims import ClaimsSpec
from xbar.report.collect import TABLES, read_table
from xbar.report.savings import Comparisons


class Results(NamedTuple):
    """Collected tables of a run with the comparisons and rules that give them meaning.

    `programming_noise`: of each device where it is constant, share of full-scale conductance.
    """

    accuracy: pd.DataFrame
    training: pd.DataFrame
    layers: pd.DataFrame
    cost: pd.DataFrame
    performance: pd.DataFrame
    layer_costs: pd.DataFrame
    variants: pd.DataFrame
    errors: pd.DataFrame
    wires: pd.DataFrame
    confusion: pd.DataFrame
    sensitivity: pd.DataFrame
    conditions: pd.DataFrame
    validation: pd.DataFrame
    steps: pd.DataFrame
    textbook: pd.DataFrame
    search: pd.DataFrame
    claims: pd.DataFrame
    rules: ClaimsSpec
    comparisons: Comparisons
    programming_noise: Mapping[str, float]


def read_results(
    paths: Any, rules: Mapping[str, Any], comparisons: Comparisons, devices: Mapping[str, Mapping[str, Any]]
) -> Results:
    """`paths` names the tables of `collect` as attributes; `rules` is the block `claims` of the configuration."""
    return Results(
        **{name: read_table(name, getattr(paths, name)) for name in TABLES},
        rules=ClaimsSpec.model_validate(dict(rules)),
        comparisons=comparisons,
        programming_noise={
            name: float(device["programming_noise"])
            for name, device in devices.items()
            if device.get("programming", "constant") == "constant"
        },
    )
