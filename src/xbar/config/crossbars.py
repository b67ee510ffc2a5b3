"""Devices, crossbars and the evaluation on simulated chips as they stand in config.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Fraction, Spec, Unique

# What networks have that name nothing else: entries of config.yaml, and the noise with which they are trained
DEVICE, CROSSBAR = "nvm", "array-1152x256"
NOISE = 0.04  # standard deviation of a device, share of g_max - g_min


Conductance = Annotated[float, Field(ge=1e-3, le=1e5)]  # uS; beyond any cell, and near enough to refuse a value in S


class DeviceSpec(Spec):
    """One non-volatile cell. The laws are those of workflow/reference/devices.csv.

    `programming`: constant, or a law whose standard deviation depends on the level. `programming_noise`: standard
    deviation where it is constant, share of g_max - g_min. `ageing`: a law of drift and noise with time, or none.
    `read_noise`: standard deviation of one reading, share of g_max - g_min. `stuck_off`, `stuck_on`: shares of cells
    that stay at g_min and g_max. `levels`: number of levels that can be told apart, where that limits a network.
    """

    g_min_uS: NonNegativeFloat
    g_max_uS: Conductance
    programming: Annotated[str, Field(min_length=1)] = "constant"
    programming_noise: Fraction = 0.0
    ageing: Annotated[str, Field(min_length=1)] = "none"
    read_noise: Fraction = 0.0
    stuck_off: Fraction = 0.0
    stuck_on: Fraction = 0.0
    levels: Annotated[int, Field(ge=2)] | None = None

    @model_validator(mode="after")
    def _window(self) -> Self:
        if self.g_min_uS >= self.g_max_uS:
            raise ValueError(f"g_min_uS {self.g_min_uS} must lie below g_max_uS {self.g_max_uS}")
        return self

    @model_validator(mode="after")
    def _noise(self) -> Self:
        if self.programming == "constant" and "programming_noise" not in self.model_fields_set:
            raise ValueError("programming constant needs programming_noise")
        if self.programming != "constant" and self.programming_noise > 0:
            raise ValueError(f"programming_noise goes with programming constant, not with {self.programming}")
        if self.stuck_off + self.stuck_on > 1:
            raise ValueError(f"stuck_off {self.stuck_off} and stuck_on {self.stuck_on} exceed 1 together")
        return self


class CrossbarSpec(Spec):
    """The size of one array. A layer with a larger fan-in or more outputs spreads over several arrays."""

    rows: Annotated[int, Field(ge=1, le=65536)]
    columns: Annotated[int, Field(ge=1, le=65536)]


class NetlistSpec(Spec):
    """Exported SPICE netlists. `wire_ohm`: resistance of one wire segment between neighbouring cells.

    `sinh_V`: V0 of cells that are not ohmic, as in variants.
    """

    wire_ohm: NonNegativeFloat
    sinh_V: PositiveFloat | None = None


class WiresSpec(Spec):
    """Wire resistances (ohm per segment between neighbouring cells) at which whole arrays are solved exactly.

    `networks`: their arrays of the first seed are solved, where the run trains them.
    """

    networks: Annotated[list[str], Unique]
    wire_ohm: Annotated[list[PositiveFloat], Field(min_length=1), Unique]


class ConfusionSpec(Spec):
    """Networks whose chips are shown in a confusion matrix, where the run trains them. `chips`: number of chips."""

    networks: Annotated[list[str], Unique]
    chips: PositiveInt


class EvaluationSpec(Spec):
    """Simulated chips per trained network. `sweep_chips` of them are also evaluated at the levels of `noise_sweep`.

    `precision`: of the currents of noisy chips before their ADCs. bfloat16 has 8 significant bits, which moves a sum by
    one step of an 8-bit ADC at most. It is for GPUs and for CPUs with AMX. The ideal chip is always in float32.
    """

    chips: PositiveInt
    sweep_chips: PositiveInt
    noise_sweep: Annotated[list[Fraction], Unique]
    precision: Literal["float32", "bfloat16"] = "float32"
