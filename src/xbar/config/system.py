"""Inferences on chips by events, as they stand in config.yaml."""

from pydantic import Field, PositiveFloat, PositiveInt

from xbar.config.base import Name, Spec


class SystemSpec(Spec):
    """`inferences`: how many begin at once where the interval between them is measured.

    `period_s`: by data set, the time between two inputs that a sensor delivers.
    """

    inferences: PositiveInt = 2
    period_s: dict[Name, PositiveFloat] = Field(default_factory=dict)
