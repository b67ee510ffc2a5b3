"""Devices, crossbars and the evaluation on simulated chips as they stand in config.yaml."""

from typing import Annotated, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Fraction, Spec


class DeviceSpec(Spec):
    """One non-volatile cell. `programming_noise`: standard deviation, share of g_max - g_min."""

    g_min_uS: NonNegativeFloat
    g_max_uS: PositiveFloat
    programming_noise: Fraction

    @model_validator(mode="after")
    def _window(self) -> Self:
        if self.g_min_uS >= self.g_max_uS:
            raise ValueError(f"g_min_uS {self.g_min_uS} must lie below g_max_uS {self.g_max_uS}")
        return self


class CrossbarSpec(Spec):
    """One array: a layer with a larger fan-in or more outputs spreads over several."""

    rows: Annotated[int, Field(ge=1, le=65536)]
    columns: Annotated[int, Field(ge=1, le=65536)]


class EvaluationSpec(Spec):
    """Simulated chips per trained network; `sweep_chips` of them also at the noise levels of `noise_sweep`."""

    chips: PositiveInt
    sweep_chips: PositiveInt
    noise_sweep: list[Fraction]
