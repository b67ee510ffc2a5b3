"""The options of the command. Each field of a `Design` is one, with the meaning that its docstring gives."""

import argparse
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, Literal, NoReturn, get_args, get_origin

from xbar.circuit.design import Design
from xbar.config.circuit import CircuitOptions
from xbar.savings.options import fields_of

ABOUT = """\
Area, energy and latency of a network's circuit, by part and by layer, without training.

LAYERS are files or sizes:
  layers.csv              as a run writes it; --network chooses one of several networks
  mine.csv                rows, columns, products; where known kernel_area, weight_mean, activity
  561x128x1 128x64x1      rows x columns x products of one inference, layer by layer
Without LAYERS, --network takes those of the run in this folder, else the published ones.
"""
MORE = """\
Names may be shortened (--node 22), and have - for _. Values in brackets are those of config.yaml.
Example: python -m xbar.price --network har-2b-unipolar --bank 16 --against two-crossbars-shared-dac
"""
NAMED = re.compile(r"`(\w+)`: ")  # how docstrings name a field


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; --help lists all options")


class _Whole(argparse.RawDescriptionHelpFormatter):
    """Leaves words with hyphens whole, so that they can be copied."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(text, width, break_on_hyphens=False)


def meanings() -> dict[str, str]:
    """What docstrings say of every field of a `Design`."""
    found: dict[str, str] = {}
    for spec in (CircuitOptions, Design):
        _, *pairs = NAMED.split(" ".join((spec.__doc__ or "").split()))
        found |= {name: text.strip(" .;") for name, text in zip(pairs[::2], pairs[1::2], strict=True)}
    return found


def read_arguments(words: Iterable[str], configured: Mapping[str, Any]) -> tuple[argparse.Namespace, dict[str, Any]]:
    """The arguments of the command, and of them the fields of a design that were given, as the design has them.

    `configured`: values of the circuit that `--help` shows. Raises ValueError, one line, for an unknown option and a
    value that its field does not allow.
    """
    given = _parser(configured).parse_intermixed_args(list(_as_keys(words)))
    texts = {name: text for name in Design.model_fields if (text := getattr(given, name)) is not None}
    return given, {name: _value(name, text) for name, text in texts.items()}


def _parser(configured: Mapping[str, Any]) -> argparse.ArgumentParser:
    parser = _Parser(
        "python -m xbar.price",
        "python -m xbar.price [LAYERS ...] [options]",
        ABOUT,
        MORE,
        formatter_class=_Whole,
    )
    add = parser.add_argument
    add("layers", nargs="*", metavar="LAYERS", help="files or sizes, as above")
    add("--network", metavar="NAME", help="whose layers; one of config.yaml brings its bits, device and arrays")
    add(
        "--against",
        metavar="MAPPING",
        help="a baseline with own converters beside it, of a signed mapping as below",
    )
    several: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
    add("--against_layers", **several, metavar="LAYERS", help="layers of the baseline, if others than these")
    add(
        "--against_network",
        metavar="NAME",
        help="network of the baseline in the same files, or in those of --against_layers",
    )
    add("--components", **several, metavar="FILE", help="price tables whose rows replace the project's")
    add("--configfile", **several, metavar="FILE", help="YAML over config.yaml, as for snakemake")
    add("--csv", metavar="FOLDER", help="write cost.csv, layer_costs.csv and performance.csv there")
    add(
        "--events",
        action="store_true",
        help="simulate inferences event by event, too (docs/system.md); with --csv system.csv",
    )
    said = meanings()
    for title, names in _groups():
        group = parser.add_argument_group(title)
        for name in names:
            group.add_argument(f"--{name}", metavar="VALUE", help=_help(name, said[name], configured))
    return parser


def _groups() -> Iterator[tuple[str, Sequence[str]]]:
    """Fields of a design: those that the network or its device brings, and those of the circuit around it."""
    circuit = list(CircuitOptions.model_fields)
    yield "network, device and converters", [name for name in Design.model_fields if name not in circuit]
    yield "circuit: keys of the block circuit in config.yaml", circuit


def _help(name: str, meaning: str, configured: Mapping[str, Any]) -> str:
    allowed = _allowed(Design.model_fields[name].annotation)
    shown = f" [{_shown(configured[name])}]" if name in configured else ""
    return f"{meaning}{f': {allowed}' if allowed else ''}{shown}".replace("%", "%%").replace("`", "")


def _shown(value: Any) -> str:
    """A value as it may be given to its option."""
    return " ".join(value) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)


def _allowed(annotation: Any) -> str:
    """The words of a type, such as a, b, c; empty where it has none."""
    return ", ".join(dict.fromkeys(_words(annotation)))


def _words(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
        return
    for part in get_args(annotation):
        yield from _words(part)


def _as_keys(words: Iterable[str]) -> Iterator[str]:
    """Names of options as config.yaml has its keys, with _ where - was written."""
    for word in words:
        name, sign, value = word.partition("=")
        yield f"--{name[2:].replace('-', '_')}{sign}{value}" if word.startswith("--") else word


def _value(name: str, text: str) -> Any:
    if name == "bank" and text == "own":  # which no drawn circuit is
        return text
    try:
        return fields_of(name, text)[name]
    except ValueError as error:
        allowed = _allowed(Design.model_fields[name].annotation)
        words = f"; words are {allowed}" if any(word not in str(error) for word in allowed.split(", ")) else ""
        raise ValueError(f"--{name}: '{text}' is not allowed: {error}{words}") from None


def with_drive(
    chosen: Mapping[str, Any], configured: Mapping[str, Any], options: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], str]:
    """The chosen fields with driver and pulse of another input encoding, and what was taken for them.

    They are those of the first row of options.csv with this encoding, and with the given driver where a row has it.
    Nothing is taken where both are given, or where the encoding is the configured one.
    """
    found = dict(chosen)
    encoding = found.get("input_encoding")
    if encoding in (None, configured["input_encoding"]) or {"dac", "pulse_ns"} <= found.keys():
        return found, ""
    key = next(option for option in options if "input_encoding" in option.split())
    rows = [row for value in options[key] if (row := fields_of(key, value))["input_encoding"] == encoding]
    if not rows:
        raise ValueError(f"options.csv has no row with input_encoding {encoding}; give --dac and --pulse_ns")
    row = next((row for row in rows if row["dac"] == found.get("dac")), rows[0])
    taken = {name: row[name] for name in ("dac", "pulse_ns") if name not in found}
    said = " and ".join(f"{name} {_shown(value)}" for name, value in taken.items())
    return found | taken, f"{said} of the first {encoding} row of options.csv"
