"""Trained networks on other hardware, as they stand in config.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Bits, Fraction, Spec, Unique
from xbar.mappings import MappingName

Compensation = Literal["none", "array"]


class CurveSpec(Spec):
    """Errors of the transfer curves of converters; zero: an ideal curve. See `xbar.hardware.converters`.

    `inl_lsb`: peak (LSB) of a bend that all converters share, sin(pi * level), with levels from 0 to 1, or from -1 to 1
    where a converter is signed. `dnl_lsb`: standard deviation (LSB) of the width of a code, drawn for each code of each
    converter. Above 0.5 the widths cut at zero would make the deviation smaller. `missing`: share of the codes between
    the first and the last that are missing, drawn for each converter.
    """

    inl_lsb: NonNegativeFloat = 0.0
    dnl_lsb: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    missing: Fraction = 0.0


class VariantSpec(Spec):
    """Other hardware than that for which a network was trained. Fields that are left out stay as in training.

    `slice_bits`: bits of one device where a weight is sliced over several. `wire_ohm`: resistance of one wire segment
    between neighbouring cells. `adc_gain`, `adc_offset`: standard deviations over the ADCs, of the relative error of
    the gain and of the offset as a share of full scale. `times_s`: times of evaluation after programming.
    `compensations`: digital factors against drift, none or one for each array. `calibrate`: column offsets measured
    once per chip and subtracted.

    `adc_curve`, `dac_curve`: converters that are not ideal, an ADC for each output, a DAC for each row of a matrix.
    `redraw_read_noise`: the device's read noise is drawn for every read, not once for an evaluation. `sinh_V`: V0 of
    cells whose current follows sinh(V / V0), with V up to `read_voltage_V` of the circuit. `solver`: of wires. exact
    solves every array, and where cells are not ohmic every product, which takes seconds an input. `examples`: number of
    test examples, evenly spaced, and of the inputs on which errors by layer are measured.
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
    times_s: Annotated[list[NonNegativeFloat], Unique] = Field([0.0], min_length=1)
    compensations: Annotated[list[Compensation], Unique] = Field(["none"], min_length=1)
    calibrate: bool = False
    adc_curve: CurveSpec = CurveSpec()
    dac_curve: CurveSpec = CurveSpec()
    redraw_read_noise: bool = False
    sinh_V: PositiveFloat | None = None
    solver: Literal["fast", "exact"] = "fast"
    examples: PositiveInt | None = None

    @model_validator(mode="after")
    def _solvable(self) -> Self:
        if self.solver == "exact" and self.wire_ohm == 0:
            raise ValueError("solver: exact needs wire_ohm above 0; without wires there is nothing to solve")
        return self


class VariantRunSpec(VariantSpec):
    """A variant as a run carries it out. `networks`: evaluated where the run trains them."""

    networks: Annotated[list[str], Field(min_length=1), Unique]


def check_sinh(where: str, sinh_V: float | None, read_voltage_V: float) -> None:
    """Raise ValueError, one line, where the currents of cells at the read voltage would overflow."""
    if sinh_V is not None and (least := read_voltage_V / 20) > sinh_V:
        raise ValueError(f"{where}: {sinh_V:g} is too small; allowed is from {least:g}, read_voltage_V/20")
