"""Simulation of inferences by events, as it stands in config.yaml."""

from pydantic import Field, PositiveFloat, PositiveInt

from xbar.config.base import Name, Spec


class SystemSpec(Spec):
    """`inferences`: number that begin at once where the interval between inferences is measured.

    `period_s`: for each data set, the time between two inputs that a sensor delivers.
    """

    inferences: PositiveInt = 2
    period_s: dict[Name, PositiveFloat] = Field(default_factory=dict)
