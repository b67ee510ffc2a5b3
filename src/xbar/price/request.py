"""What the command prices: the circuit as configured and as chosen, a network with its layers, a baseline."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from xbar.circuit.components import Components
from xbar.circuit.design import Design
from xbar.circuit.footprint import Layers
from xbar.circuit.layers import is_of_a_run, measured_layers, written_layers
from xbar.circuit.priced import PricedCorner, PricedNetwork, design_of, price
from xbar.config.base import check_name
from xbar.config.circuit import CircuitOptions, CircuitSpec
from xbar.config.config import Config
from xbar.config.networks import NetworkSpec
from xbar.mappings import SignedMapping, check_mapping, mapping_named
from xbar.savings.equal_time import equal_turns
from xbar.savings.textbook import assumed, layers_from

PUBLISHED = Path("results/reference/tables/layers.csv")  # in the project
OF_RUN = "results/networks/{network}/seed*/layers.csv"  # in the current folder
SIZE = re.compile(r"[1-9]\d{0,8}x[1-9]\d{0,8}x[1-9]\d{0,8}")
EQUAL_TIME = "equal time"
OF_A_SIDE = ("mapping", "bank", "common_mode", "unipolar_extra_bits")  # a chosen one is not the baseline's


class Given(NamedTuple):
    """A network to be priced, and where its layers come from, in words."""

    network: PricedNetwork
    says: str


def circuit_of(config: Config, chosen: Mapping[str, Any]) -> CircuitSpec:
    """The configured circuit with the chosen fields; ValueError, one line, where they do not fit together."""
    own = {name: value for name, value in chosen.items() if name in CircuitOptions.model_fields}
    try:
        return CircuitSpec(**config.circuit.model_dump() | own)
    except ValidationError as error:
        raise ValueError(_line(error)) from None


def network_given(words: Sequence[str], name: str | None, config: Config, root: Path, *, signed: bool) -> Given:
    """The network of a name or of layers in words.

    `words`: files, or sizes such as 561x128x1; none: the layers of the run in the current folder, else the published
    ones. `signed`: whether weights have both signs where config.yaml does not know the network. Raises ValueError, one
    line, for what is neither a file nor a size, and what the tables refuse.
    """
    if not words and name is None:
        raise ValueError("no layers: name files, sizes such as 561x128x1, or a network by --network; see --help")
    sizes = [size for word in words for size in word.split()]
    if sizes and all(map(SIZE.fullmatch, sizes)):
        _check_known(name, config)
        layers = assumed(layers_from(" ".join(sizes)), config.circuit)
        return _given(name or "layers", layers, f"sizes as given; {_means(config)}", config, signed)
    paths = [Path(word) for word in words] or sorted(Path().glob(OF_RUN.format(network=name))) or [root / PUBLISHED]
    unknown = [path for path in paths if not path.is_file()]
    if missing := [path for path in unknown if not SIZE.fullmatch(str(path))]:
        raise ValueError(f"{missing[0]} is no file, and no layer such as 561x128x1 (rows x columns x products)")
    if unknown:
        raise ValueError(f"{unknown[0]} is a layer's size beside files; give files alone, or sizes alone")
    if is_of_a_run(paths[0]):
        measured = measured_layers(paths, name)
        seeds = f", means over {measured.seeds} seeds" if measured.seeds > 1 else ""
        where = f"{_seen(paths[0])}{f' and {len(paths) - 1} more' if len(paths) > 1 else ''}"
        return _given(measured.network, measured.layers, where + seeds, config, signed)
    if len(paths) > 1:
        raise ValueError(f"{paths[0]} is no table of a run; only of those several may be given")
    _check_known(name, config)
    textbook = config.circuit.textbook
    layers = written_layers(paths[0], textbook.weight_mean, textbook.activity)
    says = f"{paths[0]}; where it has none: {_means(config)}"
    return _given(name or paths[0].stem, layers, says, config, signed)


def _check_known(name: str | None, config: Config) -> None:
    """A name that neither the layers nor the configuration know would bring nothing."""
    if name is not None:
        check_name(name, config.networks, "network")


def _seen(path: Path) -> Path:
    """The path as it is written from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _means(config: Config) -> str:
    textbook = config.circuit.textbook
    return f"weight_mean {textbook.weight_mean:g} and activity {textbook.activity:g} of circuit.textbook in config.yaml"


def _given(name: str, layers: Layers, says: str, config: Config, signed: bool) -> Given:
    """A network of the configuration with its own hardware, or one of plain hardware; weight_bits change no price."""
    if (spec := config.networks.get(name)) is not None and spec.polarity == "float":
        raise ValueError(f"{name} is a network in floating point; no crossbars hold it. --network may name another")
    if spec is None:
        plain = {"dataset": "", "architecture": "", "training": "", "weight_bits": 1, "scale": "network"}
        spec = NetworkSpec.model_validate(plain | {"polarity": "signed" if signed else "unipolar"})
    check_name(spec.device, config.devices, f"networks.{name}.device")
    check_name(spec.crossbar, config.crossbars, f"networks.{name}.crossbar")
    return Given(PricedNetwork(name, spec, config.devices[spec.device], config.crossbars[spec.crossbar], layers), says)


def proposal(
    network: PricedNetwork, circuit: CircuitSpec, config: Config, chosen: Mapping[str, Any], components: Components
) -> PricedCorner:
    """The network in the reference circuit of config.yaml with the chosen fields.

    ValueError for a signed network of config.yaml in the mapping of unipolar ones. The reverse is a baseline.
    """
    if network.name in config.networks and network.network.polarity == "signed":
        check_mapping(f"--mapping: {network.name}", "signed", chosen.get("mapping"))
    design = design_of(network, circuit, **dict(config.claims.reference))
    return price(network, _with(design, chosen), components)


def baselines(
    network: PricedNetwork, circuit: CircuitSpec, proposed: PricedCorner, mapping: str, chosen: Mapping[str, Any],
    components: Components,
) -> dict[str, PricedCorner]:  # fmt: skip
    """Signed circuits with own converters: one with as many ADCs as it was chosen to have, and one at equal time.

    The ADCs at equal time take as many columns in turn as `xbar.savings.equal_time` allows. A baseline takes
    converters, device and arrays of its own network, and the chosen fields that are not of one side alone. ValueError
    for a mapping that is not of signed weights.
    """
    check_name(mapping, get_args(SignedMapping), "--against")
    signed = network
    if network.network.polarity != "signed":
        plain = network.network.model_copy(update={"polarity": "signed", "common_mode": "kept"})
        signed = network._replace(network=plain)
    design = design_of(signed, circuit, mapping=mapping_named(mapping), adc_law=proposed.design.adc_law, bank="own")
    fast = _with(design, {name: value for name, value in chosen.items() if name not in OF_A_SIDE})
    turns = equal_turns(signed.layers, fast, proposed.network.layers, proposed.design)
    slowed = fast.model_copy(update={"columns_per_adc": turns})
    return {"baseline": price(signed, fast, components), EQUAL_TIME: price(signed, slowed, components)}


def _with(design: Design, chosen: Mapping[str, Any]) -> Design:
    try:
        return Design(**dict(design) | dict(chosen))
    except ValidationError as error:
        raise ValueError(_line(error)) from None


def _line(error: ValidationError) -> str:
    faults = []
    for fault in error.errors():
        message = fault["msg"].removeprefix("Value error, ")
        where = ".".join(map(str, fault["loc"]))
        faults.append(f"--{where}: '{fault['input']}' is not allowed: {message}" if where else message)
    return "; ".join(faults)
