"""The circuit around the crossbars as it stands in config.yaml: technology, converters, banks and mappings."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Place, Spec, Unique

AdcLaw = Literal["A", "B", "C", "D"]
SignedMapping = Literal["differential-columns", "differential-crossbars", "offset"]
Subtraction = Literal["mirror", "opamp", "digital"]


class SensitivitySpec(Spec):
    """Monte Carlo over the circuit options of workflow/reference/options.csv: draws, and samples per Sobol index."""

    draws: Annotated[int, Field(ge=100, le=1_000_000)]
    sobol_samples: Annotated[int, Field(ge=8, le=65536)]
    seed: NonNegativeInt


class TextbookSpec(Spec):
    """Where the table of differences starts: converters, device, pulse and means that papers assume.

    `weight_mean`, `activity`: mean |weight| and input, shares of full scale.
    """

    dac_bits: Annotated[int, Field(ge=1, le=16)]
    adc_bits: Annotated[int, Field(ge=4, le=10)]
    g_max_uS: PositiveFloat
    pulse_ns: PositiveFloat
    weight_mean: Annotated[float, Field(gt=0, le=1)]
    activity: Annotated[float, Field(gt=0, le=1)]


class CircuitSpec(Spec):
    """Everything of the circuit that the trained network does not decide.

    `extra_components`: tables after workflow/reference/components.csv whose rows replace those that price the
    same, by content; `component_set`: which rows hold.
    `supply_V`: digital supply. `cell`: row of the table. `analog_scaling`: published analog parts scale to
    the node as ADCs do or as digital gates do. `digital_rate_MHz`: outputs a digital unit finishes; one
    serves as many ADCs as it keeps up with.
    `read_voltage_V`, `pulse_ns`: read pulse at full-scale input. `front_end`: what holds a column's sum.
    `arrays`: exact = cells only where weights are, tiled = whole arrays, packed = layers share whole arrays.
    `columns_per_adc`: multiplexing in a bank of a layer's own. `banks`: sizes of the shared bank: `largest`
    (enough for the largest layer, so no layer waits) or a number of ADCs. `bank_parts`: what it holds.
    `bank_distance`: mean length of the wires to the shared bank, in sides of a square as large as the whole
    circuit. `write_circuits`: whether arrays carry what programs them, at an upper bound.
    `subtraction`: how each signed mapping subtracts. `own_adc_bits`: whether a layer's own ADC resolves as
    many bits as the network's or only as many as the layer's measured range needs.
    `textbook`: the circuit from which the report leads, difference by difference, to this one.
    `digital_rescale`: corners whose outputs pass a multiplier (a per-column digital affine needs it in all).
    """

    extra_components: list[Place]
    component_set: str
    node_nm: PositiveFloat
    cell: str
    analog_scaling: Literal["adc", "digital"]
    front_end: Literal["integrator", "tia"]
    supply_V: Annotated[float, Field(ge=0.4, le=1.2)]
    read_voltage_V: PositiveFloat
    pulse_ns: PositiveFloat
    sample_rate_MHz: PositiveFloat
    digital_rate_MHz: PositiveFloat
    adc_laws: Annotated[list[AdcLaw], Field(min_length=1), Unique]
    mappings: Annotated[list[SignedMapping], Field(min_length=1), Unique]
    subtraction: dict[SignedMapping, Subtraction]
    arrays: Literal["exact", "tiled", "packed"]
    columns_per_adc: PositiveInt
    banks: Annotated[list[Literal["largest"] | PositiveInt], Field(min_length=1), Unique]
    bank_parts: list[Literal["dac", "front_end", "adc"]]
    bank_distance: Annotated[float, Field(ge=0, le=2)]
    write_circuits: bool
    own_adc_bits: Literal["network", "measured"]
    digital_rescale: list[Literal["signed-own", "signed-shared", "unipolar-own", "unipolar-shared"]]
    textbook: TextbookSpec
    sensitivity: SensitivitySpec

    @model_validator(mode="after")
    def _complete(self) -> "CircuitSpec":
        for mapping in self.mappings:
            if mapping not in self.subtraction:
                raise ValueError(f"subtraction: {mapping} is missing; allowed are mirror, opamp, digital")
        if "front_end" in self.bank_parts and "adc" not in self.bank_parts:
            raise ValueError("bank_parts: front ends can be shared only with the ADCs behind them; add adc")
        return self
