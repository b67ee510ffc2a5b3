"""Simulation of inferences by events, as it stands in config.yaml."""

from typing import Annotated

from pydantic import Field, PositiveInt

from xbar.config.base import Name, Spec


class SystemSpec(Spec):
    """`inferences`: number that begin with a first one, where the interval between inferences is measured.

    `period_s`: by data set, the time between two inputs that a sensor delivers, at most 30 years.
    """

    inferences: PositiveInt = 2
    period_s: dict[Name, Annotated[float, Field(gt=0, le=1e9)]] = Field(default_factory=dict)
