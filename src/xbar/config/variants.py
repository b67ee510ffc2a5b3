"""Trained networks on other hardware, as they stand in config.yaml."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from xbar.config.base import Bits, Spec, Unique
from xbar.mappings import MappingName

Compensation = Literal["none", "array"]


def _uncompensated() -> list[Compensation]:
    return ["none"]


class VariantSpec(Spec):
    """Other hardware than a network was trained for; what is left out stays as it was in training.

    `slice_bits`: bits of one device where a weight is sliced over several. `wire_ohm`: resistance of one wire segment
    between neighbouring cells. `adc_gain`, `adc_offset`: standard deviations over the converters, shares of 1 and of
    full scale. `times_s`: evaluations after programming; `compensations`: digital factors against drift, none or one
    for each array. `calibrate`: column offsets measured once per chip and subtracted.
    """

    chips: PositiveInt
    mapping: MappingName | None = None
    device: str | None = None
    crossbar: str | None = None
    adc_bits: Bits | None = None
    slice_bits: Bits | None = None
    wire_ohm: NonNegativeFloat = 0.0
    adc_gain: NonNegativeFloat = 0.0
    adc_offset: NonNegativeFloat = 0.0
    times_s: Annotated[list[NonNegativeFloat], Field(min_length=1), Unique] = Field(default_factory=lambda: [0.0])
    compensations: Annotated[list[Compensation], Field(min_length=1), Unique] = Field(default_factory=_uncompensated)
    calibrate: bool = False


class VariantRunSpec(VariantSpec):
    """A variant as a run carries it out. `networks`: of these, the ones that the run trains."""

    networks: Annotated[list[str], Field(min_length=1), Unique]
