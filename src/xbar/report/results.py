"""Everything that a table or a figure is drawn from, read once."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from xbar.config.claims import ClaimsSpec
from xbar.report.collect import read_table
from xbar.report.savings import Comparisons


class Results(NamedTuple):
    """Collected tables of a run with the comparisons and rules that give them meaning.

    `programming_noise`: of each device, share of full-scale conductance.
    """

    accuracy: pd.DataFrame
    training: pd.DataFrame
    layers: pd.DataFrame
    cost: pd.DataFrame
    claims: pd.DataFrame
    rules: ClaimsSpec
    comparisons: Comparisons
    programming_noise: Mapping[str, float]


def read_results(
    paths: Any, rules: Mapping[str, Any], comparisons: Comparisons, devices: Mapping[str, Mapping[str, Any]]
) -> Results:
    """`paths` names the five tables as attributes; `rules` is the block `claims` of the configuration."""
    names = ("accuracy", "training", "layers", "cost", "claims")
    return Results(
        **{name: read_table(name, getattr(paths, name)) for name in names},
        rules=ClaimsSpec.model_validate(dict(rules)),
        comparisons=comparisons,
        programming_noise={name: float(device["programming_noise"]) for name, device in devices.items()},
    )
