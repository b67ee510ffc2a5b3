"""Checks of networks, variants and networks of one's own that devices or arrays could not hold."""

from collections.abc import Mapping
from functools import partial
from math import pi

from xbar.checks.readers import check_outputs, check_reader
from xbar.config.base import check_name
from xbar.config.config import Config
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.config.own import OwnNetworkSpec
from xbar.config.tiny import TinySpec
from xbar.config.variants import CurveSpec, VariantSpec, check_sinh
from xbar.hardware.forms import AGEING, PROGRAMMING
from xbar.hardware.laws import Laws, laws_of
from xbar.mappings import MAPPING_OF_POLARITY, MappingName, check_mapping, rules_of
from xbar.network.geometry import columns_of

FLOAT = "floating-point networks are not mapped; allowed are networks on crossbars"


def check_laws(devices: Mapping[str, DeviceSpec], laws: Laws) -> None:
    """Raise ValueError, one line, where a device of the configuration names a law that is not in the table."""
    for name, device in devices.items():
        where = f"config.yaml: devices.{name}"
        check_name(device.programming, ["constant", *laws_of(laws, PROGRAMMING)], f"{where}.programming")
        check_name(device.ageing, ["none", *laws_of(laws, AGEING)], f"{where}.ageing")


def check_variants(config: Config) -> None:
    """Raise ValueError, one line, where a variant names an unknown entry or cannot hold one of its networks."""
    for name, variant in config.variants.items():
        where = f"variants.{name}"
        for key, block in (("device", config.devices), ("crossbar", config.crossbars)):
            if getattr(variant, key) is not None:
                check_name(getattr(variant, key), block, f"{where}.{key}")
        for network in variant.networks:
            check_name(network, config.networks, f"{where}.networks")
            check_network_hardware(where, config, config.networks[network], variant)


def check_own_networks(config: Config) -> None:
    """Raise ValueError, one line, where a network of one's own names an unknown entry or cannot be mapped."""
    for name, own in config.own_networks.items():
        for key, block in (("dataset", config.datasets), ("device", config.devices), ("crossbar", config.crossbars)):
            if getattr(own, key) is not None:
                check_name(getattr(own, key), block, f"own_networks.{name}.{key}")
        if own.dataset is not None:
            check_reader(f"own_networks.{name}.dataset", own.dataset)
        check_own(f"own_networks.{name}", own, config.devices[own.device], config.crossbars[own.crossbar])


def check_tiny(config: Config) -> None:
    """Raise ValueError, one line, where the block of MLPerf Tiny names an unknown entry or cannot be mapped."""
    tiny = config.tinyml
    names = {"device": [*config.devices], "crossbar": [*config.crossbars]}
    names |= {key: [*config.training] for key in ("training", "float_training")}
    for key, allowed in names.items():
        check_name(getattr(tiny, key), allowed, f"tinyml.{key}")
    if config.training[tiny.float_training].distillation > 0:
        raise ValueError(f"tinyml.float_training: '{tiny.float_training}' has a distillation; there is no teacher")
    if tiny.fold is not None:
        if "cifar10" not in config.datasets:
            raise ValueError("tinyml.fold: its folds are those of datasets.cifar10, which is missing")
        if tiny.fold >= (folds := config.datasets["cifar10"].folds):
            raise ValueError(f"tinyml.fold: {tiny.fold} is none of the folds of cifar10; allowed are 0 to {folds - 1}")
    device, crossbar = config.devices[tiny.device], config.crossbars[tiny.crossbar]
    check_cells("tinyml", tiny.weight_bits, tiny.mapping, device, crossbar, signed=True)
    check_ageing("tinyml", tiny, device)


def check_cell_laws(config: Config) -> None:
    """Raise ValueError, one line, where the currents of cells in a variant or in netlists would overflow."""
    laws = {"netlist": config.netlist.sinh_V}
    laws |= {f"variants.{name}": variant.sinh_V for name, variant in config.variants.items()}
    for where, sinh_V in laws.items():
        check_sinh(f"{where}.sinh_V", sinh_V, config.circuit.read_voltage_V)


def check_hybrid(config: Config) -> None:
    """Raise ValueError, one line, where the block of training on devices names an unknown entry or does not fit."""
    hybrid = config.hybrid
    scratch, repair = hybrid.scratch, hybrid.repair
    for key, allowed in (
        ("dataset", config.datasets), ("architecture", config.architectures), ("crossbar", config.crossbars),
    ):  # fmt: skip
        check_name(getattr(scratch, key), allowed, f"hybrid.scratch.{key}")
    outputs = columns_of(config.architectures[scratch.architecture])[-1]
    check_outputs(f"hybrid.scratch.architecture: {scratch.architecture}", outputs, scratch.dataset)
    if not scratch.rules:
        raise ValueError("hybrid.scratch.rules: empty; allowed are float, accumulate and every-step, at least one")
    check_name(repair.device, config.devices, "hybrid.repair.device")
    signed = [name for name, network in config.networks.items() if network.polarity == "signed"]
    for name in repair.networks:
        check_name(name, signed, "hybrid.repair.networks")
    for method in repair.methods:
        if method in ("accumulate", "every-step"):
            check_name(method, repair.rules, "hybrid.repair.rules")
    if "none" not in repair.methods:
        raise ValueError("hybrid.repair.methods: 'none' is missing; the others are compared with it")


def check_network_hardware(
    where: str, config: Config, network: NetworkSpec, variant: VariantSpec | None = None
) -> None:
    """Raise ValueError, one line, where a network does not fit its own hardware, or that of a variant.

    For a searched network the architecture of its base network is checked. The search checks its candidates.
    """
    named = network.architecture
    if named in config.searches:
        named = config.networks[config.searches[named].network].architecture
    device = config.devices[(variant and variant.device) or network.device]
    crossbar = config.crossbars[(variant and variant.crossbar) or network.crossbar]
    axes = config.datasets[network.dataset].axes
    check = partial(check_hardware, where, network, config.architectures[named], device, crossbar, axes)
    if variant is None:
        return check()
    check_variant(where, variant, network, device)
    trained = config.crossbars[network.crossbar]
    if crossbar.rows > trained.rows:  # their ADCs would see sums of more rows than full scales were learned for
        told = f"arrays of {crossbar.rows} rows; {network.crossbar}, for which its networks were trained, has"
        raise ValueError(f"{where}.crossbar: {told} {trained.rows}; allowed are no more")
    return check(mapping=variant.mapping, device_bits=variant.slice_bits)


def check_hardware(
    where: str,
    network: NetworkSpec,
    architecture: ArchitectureSpec,
    device: DeviceSpec,
    crossbar: CrossbarSpec,
    axes: int,
    *,
    mapping: MappingName | None = None,
    device_bits: int | None = None,
) -> None:
    """Raise ValueError, one line, where a network does not fit these devices and arrays.

    `axes`: those of an input, along which kernels are equally large. `mapping` and `device_bits` (bits of one device)
    default to those of training.
    """
    signed = network.polarity == "signed"
    mapping = mapping or MAPPING_OF_POLARITY[network.polarity]
    if mapping == "unipolar":  # a variant may put unipolar weights into another mapping, which then holds zeros
        check_mapping(where, network.polarity, mapping)
    if (bits := device_bits or network.weight_bits) is None:
        raise ValueError(f"{where}: {FLOAT}")
    check_cells(where, bits, mapping, device, crossbar, signed=signed)
    kernel = max((layer.kernel for layer in architecture.layers if layer.conv is not None), default=1) ** axes
    if kernel > crossbar.rows:
        raise ValueError(f"{where}: a kernel of {kernel} positions does not fit into arrays of {crossbar.rows} rows")


def check_cells(
    where: str, bits: int, mapping: MappingName, device: DeviceSpec, crossbar: CrossbarSpec, *, signed: bool
) -> None:
    """Raise ValueError, one line, where a device has too few levels for `bits`, or an array too few columns."""
    rules = rules_of(mapping, off_current=device.g_min_uS > 0)
    levels = rules.levels(bits, signed=signed)
    if device.levels is not None and device.levels < levels:
        told = f"need devices of {levels} levels; those here have {device.levels}"
        raise ValueError(f"{where}: {bits}-bit weights in mapping {mapping} {told}")
    columns = rules.columns_per_output + rules.reference_columns
    if columns > crossbar.columns:
        raise ValueError(f"{where}: one output takes {columns} columns; the arrays have {crossbar.columns}")


def check_variant(where: str, variant: VariantSpec, network: NetworkSpec, device: DeviceSpec) -> None:
    """Raise ValueError, one line, where a variant needs what its network or its device does not have."""
    bits, sliced = network.weight_bits, variant.slice_bits
    if bits is None:
        raise ValueError(f"{where}.networks: {FLOAT}")
    allowed = [size for size in range(1, bits) if bits % size == 0]
    if sliced is not None and sliced not in allowed:
        told = f"weights of {bits} bits allow {', '.join(map(str, allowed)) or 'none'}"
        raise ValueError(f"{where}.slice_bits: {sliced} is not allowed; {told}")
    check_ageing(where, variant, device)
    if variant.redraw_read_noise and device.read_noise == 0:
        raise ValueError(f"{where}: redraw_read_noise needs a device with read_noise above 0")
    check_curve(f"{where}.adc_curve", variant.adc_curve, variant.adc_bits or network.adc_bits)
    check_curve(f"{where}.dac_curve", variant.dac_curve, network.dac_bits)


def check_ageing(where: str, asked: TinySpec | VariantSpec | OwnNetworkSpec, device: DeviceSpec) -> None:
    """Raise ValueError, one line, where times or compensations are asked of a device that does not age."""
    if device.ageing == "none" and (asked.times_s != [0.0] or asked.compensations != ["none"]):
        raise ValueError(f"{where}: times_s and compensations need a device with ageing")


def check_curve(where: str, curve: CurveSpec, bits: int) -> None:
    """Raise ValueError, one line, where the bend would make the curve of a converter decrease."""
    most = (2**bits - 2) / pi
    if curve.inl_lsb > most:
        raise ValueError(f"{where}.inl_lsb: {curve.inl_lsb:g} turns {bits} bits back; allowed is up to {most:.3g}")


def check_own(where: str, own: OwnNetworkSpec, device: DeviceSpec, crossbar: CrossbarSpec) -> None:
    """Raise ValueError, one line, where the network does not fit this hardware, or its last layer the data set."""
    signed = own.polarity == "signed"
    mapping = own.mapping or MAPPING_OF_POLARITY[own.polarity]
    check_mapping(where, own.polarity, own.mapping)
    last = own.layers[-1].get("Linear") or {} if own.layers else {}
    if own.dataset is not None and isinstance(outputs := last.get("out_features"), int):
        check_outputs(f"{where}.layers", outputs, own.dataset)
    check_ageing(where, own, device)
    check_cells(where, own.weight_bits, mapping, device, crossbar, signed=signed)
