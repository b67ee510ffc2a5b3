"""The circuit around the crossbars as it stands in config.yaml: technology, converters, banks and mappings."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Fraction, Place, Share, Spec, Unique
from xbar.config.crossbars import Conductance
from xbar.mappings import SignedMapping

AdcLaw = Literal["A", "B", "C", "D", "E"]
AnalogScaling = Literal["survey", "in-memory", "digital"]
InputEncoding = Literal["bit-serial", "pulse-width", "amplitude"]
DRIVEN_BY = {"bit-serial": "none", "pulse-width": "dtc", "amplitude": "dac"}  # kinds of price rows that drive inputs
SharedBank = Literal["largest"] | PositiveInt
Bank = Literal["own", "largest"] | PositiveInt
# Slower ones and longer pulses take more picoseconds than are counted. The other ends are beyond any circuit, and near
# enough to refuse a value in Hz, in s or in S.
Rate = Annotated[float, Field(ge=1e-6, le=1e5)]  # MHz
Pulse = Annotated[float, Field(ge=0.01, le=1e9)]  # ns


def _with_adcs(parts: list[str]) -> list[str]:
    """The parts of a bank. ValueError without ADCs: layers share the other parts because they take turns at these."""
    if "adc" not in parts:
        raise ValueError("a bank holds ADCs, at which the layers take turns; add adc")
    return parts


def _power_of_two(number: int) -> int:
    if number & (number - 1):
        raise ValueError(f"{number} is no power of two, as {1 << number.bit_length()} is")
    return number


def check_driven(input_encoding: InputEncoding, dac: str) -> None:
    """Raise ValueError, one line, where the row of the price list named by `dac` cannot drive this input encoding."""
    kind = DRIVEN_BY[input_encoding]
    if dac != kind and not dac.startswith(f"{kind}-"):
        allowed = kind if kind == "none" else f"rows {kind}-*"
        raise ValueError(f"dac '{dac}' gives no {input_encoding} inputs; allowed are {allowed}")


class SensitivitySpec(Spec):
    """Monte Carlo over the circuit options of workflow/reference/options.csv.

    `draws`: number of random circuits. `sobol_samples`: samples per Sobol index, a power of two.
    """

    draws: Annotated[int, Field(ge=100, le=1_000_000)]
    sobol_samples: Annotated[int, Field(ge=8, le=65536), AfterValidator(_power_of_two)]
    seed: NonNegativeInt


class TextbookSpec(Spec):
    """The circuit at the start of the table of differences: converters, device, pulse and means that papers assume.

    `weight_mean`, `activity`: mean |weight| and mean input, shares of full scale.
    """

    dac_bits: Annotated[int, Field(ge=1, le=16)]
    adc_bits: Annotated[int, Field(ge=4, le=10)]
    g_max_uS: Conductance
    pulse_ns: Pulse
    weight_mean: Share
    activity: Share


class CircuitOptions(Spec):
    """The single choices of a circuit: keys of config.yaml and fields of `Design`, most of them options of options.csv.

    `component_set`: the rows of workflow/reference/components.csv that hold. `node_nm`: of the technology. `supply_V`:
    of digital and analog parts. `cell`: a row of the table. `dac`: a row of the table, dac-* for amplitudes, dtc-* for
    pulse widths, or none for bits. `input_encoding`: how a line carries an input (`xbar.circuit.encoding`). `pulse_ns`:
    the pulse of one bit, of one level, or of the amplitude. `analog_scaling`: published analog parts scale to the node
    as surveyed ADCs do, as ADCs of in-memory-computing macros do, or as digital gates do. `front_end`: what holds a
    column's sum, a sampled integrator or a transimpedance amplifier. `opamp_scale`: area and power of an amplifier
    relative to those of the table. `read_voltage_V`: across a device at full-scale input. `read_supply`: whether a
    cell's charge comes from the supply, or from a rail at the read voltage. `sample_rate_MHz`: of an ADC.
    `digital_rate_MHz`: outputs per microsecond of a digital unit, which serves as many ADCs as it keeps up with.
    `arrays`: exact = cells only where weights are, tiled = whole arrays, packed = layers of a bank share whole arrays.
    `columns_per_adc`: columns that take turns at an own ADC; a bank has no more ADCs than the largest layer would
    then own. `bank_parts`: which converters layers share in a bank.
    `bank_distance`: mean length of the wires to shared converters, in sides of a square as large as the whole circuit.
    `wire_area`: share of these wires that does not run above other parts. `write_circuits`: whether arrays carry what
    programs them, at an upper bound. `own_adc_bits`: whether a layer's own ADC has as many bits as the network's, or
    only as many as the layer's measured range needs. `digital_rescale`: networks whose outputs pass a multiplier (a
    digital gain per column needs it everywhere). `memory`: of the activations between layers. `overheads`: whether
    control and leakage are charged.
    """

    component_set: str
    node_nm: PositiveFloat
    supply_V: PositiveFloat
    cell: str
    dac: str
    input_encoding: InputEncoding
    analog_scaling: AnalogScaling
    front_end: Literal["integrator", "tia"]
    opamp_scale: PositiveFloat = 1.0
    read_voltage_V: PositiveFloat
    read_supply: Literal["supply", "rail"]
    pulse_ns: Pulse
    sample_rate_MHz: Rate
    digital_rate_MHz: Rate
    arrays: Literal["exact", "tiled", "packed"]
    columns_per_adc: PositiveInt
    bank_parts: Annotated[list[Literal["dac", "front_end", "adc"]], Unique, AfterValidator(_with_adcs)]
    bank_distance: Annotated[float, Field(ge=0, le=2)]
    wire_area: Fraction
    write_circuits: Literal["none", "upper bound"]
    own_adc_bits: Literal["network", "measured"]
    digital_rescale: Literal["everywhere", "signed", "nowhere"]
    memory: Literal["none", "edram"]
    overheads: Literal["none", "charged"]

    @model_validator(mode="after")
    def _drives_what_it_encodes(self) -> "CircuitOptions":
        check_driven(self.input_encoding, self.dac)
        return self


class CircuitSpec(CircuitOptions):
    """Everything of the circuit that the trained network does not decide, and the circuits that are compared.

    `extra_components`: tables of the user, whose rows replace those of workflow/reference/components.csv that price the
    same part. They count by content. `adc_laws`: ADC models. `mappings`: of signed weights. `banks`: sizes of the bank
    of shared converters: `largest` (enough for the largest layer, so that no layer waits) or a number of ADCs.
    `textbook`: the circuit from which the report leads to this one, difference by difference.
    """

    supply_V: Annotated[float, Field(ge=0.4, le=1.2)]  # of the nodes that may be configured; old macros have more
    extra_components: list[Place]
    adc_laws: Annotated[list[AdcLaw], Field(min_length=1), Unique]
    mappings: Annotated[list[SignedMapping], Field(min_length=1), Unique]
    banks: Annotated[list[SharedBank], Field(min_length=1), Unique]
    textbook: TextbookSpec
    sensitivity: SensitivitySpec

    @model_validator(mode="after")
    def _reads_from_its_supply(self) -> "CircuitSpec":
        if self.read_voltage_V > self.supply_V:
            raise ValueError(f"read_voltage_V {self.read_voltage_V:g} is above supply_V {self.supply_V:g}, its source")
        return self
