"""Trained networks on other hardware, as they stand in config.yaml, and what is refused as impossible."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from xbar.config.base import Bits, Once, Spec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.mappings import MAPPING_OF_POLARITY, MappingName, rules_of

Compensation = Literal["none", "array"]


class VariantSpec(Spec):
    """Trained networks on other hardware than they were trained for; what is left out stays as it was in training.

    `slice_bits`: bits of one device where a weight is sliced over several. `wire_ohm`: resistance of one wire segment
    between neighbouring cells. `adc_gain`, `adc_offset`: standard deviations over the converters, shares of 1 and of
    full scale. `times_s`: evaluations after programming; `compensations`: digital factors against drift, none or one
    for each array. `calibrate`: column offsets measured once per chip and subtracted.
    """

    networks: Annotated[list[str], Field(min_length=1), Once]
    chips: PositiveInt
    mapping: MappingName | None = None
    device: str | None = None
    crossbar: str | None = None
    adc_bits: Bits | None = None
    slice_bits: Bits | None = None
    wire_ohm: NonNegativeFloat = 0.0
    adc_gain: NonNegativeFloat = 0.0
    adc_offset: NonNegativeFloat = 0.0
    times_s: Annotated[list[NonNegativeFloat], Field(min_length=1, default_factory=lambda: [0.0]), Once]
    compensations: Annotated[list[Compensation], Field(min_length=1, default_factory=lambda: ["none"]), Once]
    calibrate: bool = False


def check_hardware(
    where: str,
    network: NetworkSpec,
    architecture: ArchitectureSpec,
    device: DeviceSpec,
    crossbar: CrossbarSpec,
    *,
    mapping: str | None = None,
    device_bits: int | None = None,
) -> None:
    """Raise ValueError, one line, where a network cannot stand on these devices and arrays.

    `mapping` and `device_bits` (bits of one device) default to those of training. A kernel is taken along one
    axis here; images, whose kernels are square, are checked once more when the network is built.
    """
    signed = network.polarity == "signed"
    mapping = mapping or MAPPING_OF_POLARITY[network.polarity]
    if mapping == "unipolar" and signed:
        raise ValueError(f"{where}.mapping: unipolar takes weights of one sign; a signed network has both")
    check_cells(where, device_bits or network.weight_bits, mapping, device, crossbar, signed=signed)
    kernel = max((layer.kernel for layer in architecture.layers if layer.conv is not None), default=1)
    if kernel > crossbar.rows:
        raise ValueError(f"{where}: a kernel of {kernel} positions does not fit into arrays of {crossbar.rows} rows")


def check_cells(
    where: str, bits: int, mapping: str, device: DeviceSpec, crossbar: CrossbarSpec, *, signed: bool
) -> None:
    """Raise ValueError, one line, where devices cannot hold weights of so many bits or arrays no output of them."""
    rules = rules_of(mapping, off_current=device.g_min_uS > 0)
    levels = rules.levels(bits, signed=signed)
    if device.levels is not None and device.levels < levels:
        raise ValueError(f"{where}: {bits}-bit weights in mapping {mapping} need {levels} levels of {device.levels}")
    columns = rules.columns_per_output + rules.reference_columns
    if columns > crossbar.columns:
        raise ValueError(f"{where}: one output takes {columns} columns; the arrays have {crossbar.columns}")


def check_variant(where: str, variant: VariantSpec, network: NetworkSpec, device: DeviceSpec) -> None:
    """Raise ValueError, one line, where a variant asks for what a network or a device does not have."""
    if network.polarity == "float":
        raise ValueError(f"{where}.networks: float networks stand on no crossbar")
    if variant.slice_bits is not None and (
        variant.slice_bits >= network.weight_bits or network.weight_bits % variant.slice_bits
    ):
        raise ValueError(f"{where}.slice_bits: {variant.slice_bits} does not divide the {network.weight_bits} bits")
    if device.ageing == "none" and (variant.times_s != [0.0] or variant.compensations != ["none"]):
        raise ValueError(f"{where}: times_s and compensations need a device with ageing")
