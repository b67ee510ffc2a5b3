"""The open choices of the circuit: the values that fields of a `Design` may take, and draws from them."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from xbar.circuit.design import Design
from xbar.config.circuit import SharedBank, check_driven
from xbar.config.crossbars import CrossbarSpec
from xbar.files import read_by_line

COLUMNS = ("option", "value", "source")
NOT_DRAWN = ("node_nm", "supply_V", "digital_rate_MHz", "common_mode")
FIELDS = [name for name in Design.model_fields if name not in NOT_DRAWN]
TOGETHER = {"input_encoding", "dac", "pulse_ns"}  # of an encoding its driver and pulse
ENDLESS = {"bank": "largest", "on_off_ratio": "inf"}  # the one word that stands for infinity

Options = Mapping[str, Sequence[str]]
Draws = dict[str, np.ndarray]  # by field of `Design`, (draws): numbers, or objects such as words


def read_options(path: str | Path) -> dict[str, list[str]]:
    """The values of every option in the order of the file.

    An option is a field of `Design`, or several that are drawn together, such as `arrays crossbar`; so are its values.
    Raises ValueError, one line, for a missing column or field and an unknown or missing option. It also raises it for a
    value that is repeated, that has no source or that its field does not allow, and for a field of two options.
    """
    options: dict[str, list[str]] = {}
    for line, row in read_by_line(path, COLUMNS).items():
        option, value, where = row["option"], row["value"], f"{path}:{line}"
        if not option or set(option.split()) - set(FIELDS):
            raise ValueError(f"{where}: unknown option '{option}'; known are {', '.join(FIELDS)}")
        if value in options.setdefault(option, []):
            raise ValueError(f"{where}: duplicate value {value} of {option}")
        if not row["source"]:
            raise ValueError(f"{where}: {option} {value} has no source; write 'assumption' if it is one")
        try:
            _check_driven(fields_of(option, value))
        except ValueError as error:
            raise ValueError(f"{where}: {option}: '{value}' is not allowed: {error}") from None
        options[option].append(value)
    given = [field for option in options for field in option.split()]
    if repeated := [field for field in given if given.count(field) > 1]:
        several = " and ".join(f"'{option}'" for option in options if repeated[0] in option.split())
        raise ValueError(f"{path}: {repeated[0]} is drawn by {several}; allowed is one option")
    if missing := [field for field in FIELDS if field not in given]:
        raise ValueError(f"{path}: no values for {', '.join(missing)}")
    return options


def fields_of(option: str, value: str) -> dict[str, Any]:
    """What one value of an option says of each field; ValueError, one line, for what a field cannot be."""
    names = option.split()
    words = [value] if len(names) == 1 else value.split()
    if len(names) != len(words):
        raise ValueError(f"it needs {len(names)} words, for {' and '.join(names)}")
    return {name: _parsed(name, word) for name, word in zip(names, words, strict=True)}


def _check_driven(fields: Mapping[str, Any]) -> None:
    if given := TOGETHER & set(fields):
        if given != TOGETHER:
            raise ValueError(f"{', '.join(sorted(TOGETHER))} are drawn together, as one option")
        check_driven(fields["input_encoding"], fields["dac"])


def _parsed(name: str, text: str) -> Any:
    try:
        if name == "bank_parts":
            return _type(name).validate_python(text.split())
        if name == "crossbar":
            if not (sides := re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)):
                raise ValueError("an array is rows x columns, such as 128x128")
            return CrossbarSpec(rows=int(sides[1]), columns=int(sides[2]))
        value = _type(name).validate_strings(text)
    except ValidationError as error:
        faults = [fault["msg"].removeprefix("Value error, ") for fault in error.errors()]
        raise ValueError("; ".join(dict.fromkeys(faults))) from None
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("numbers are finite")
    return value


@cache
def _type(name: str) -> TypeAdapter:
    """What a field may be. A drawn bank is shared, because the corners with own converters set theirs themselves."""
    if name == "bank":
        return TypeAdapter(SharedBank)
    field = Design.model_fields[name]
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[annotation, *field.metadata] if field.metadata else annotation)


def draw(options: Options, count: int, generator: np.random.Generator) -> dict[str, np.ndarray]:
    """Indices of `count` draws, every value of an option equally likely and options independent."""
    return {option: generator.integers(len(values), size=count) for option, values in options.items()}


def chosen(options: Options, indices: Mapping[str, np.ndarray]) -> Draws:
    """The fields at one index per draw and option."""
    draws: Draws = {}
    for option, values in options.items():
        found = [fields_of(option, value) for value in values]
        for name in option.split():
            draws[name] = _array(name, [of_value[name] for of_value in found])[indices[option]]
    return draws


def one_at_a_time(options: Options, base: Design) -> tuple[list[tuple[str, str]], Draws]:
    """The base and every circuit that differs from it in one option: (option, value) of each, and the draws."""
    cases = [("", "")] + [(option, value) for option, values in options.items() for value in values]
    draws: Draws = {}
    for option in options:
        own = {name: getattr(base, name) for name in option.split()}
        found = [fields_of(option, value) if option == changed else own for changed, value in cases]
        for name in own:
            draws[name] = _array(name, [of_case[name] for of_case in found])
    return cases, draws


def together(options: Options, base: Design, names: Sequence[str]) -> Draws:
    """The base, then every combination of the values of some options, those of the last name running fastest."""
    sizes = [len(options[name]) for name in names]
    places = np.indices(sizes).reshape(len(sizes), -1) if sizes else np.empty((0, 0), dtype=int)
    draws: Draws = {}
    for option in options:
        own = {name: getattr(base, name) for name in option.split()}
        varied = option in names
        found = [own, *(fields_of(option, value) for value in options[option])] if varied else [own]
        chosen_ones = 1 + places[names.index(option)] if varied else np.zeros(places.shape[1], dtype=int)
        for name in own:
            draws[name] = _array(name, [of_value[name] for of_value in found])[np.r_[0, chosen_ones]]
    return draws


def crossed(draws: Draws, choices: Mapping[str, Sequence[Any]]) -> Draws:
    """Every combination of the values of some fields with every draw, the draws running fastest."""
    count = len(next(iter(draws.values())))
    places = np.indices((*map(len, choices.values()), count)).reshape(len(choices) + 1, -1)
    fields = {name: _array(name, values)[place] for (name, values), place in zip(choices.items(), places, strict=False)}
    return {name: values[places[-1]] for name, values in draws.items()} | fields


def _array(name: str, values: Sequence[Any]) -> np.ndarray:
    """Values of a field over draws: numbers, with infinity for a bank as large as needed, or objects."""
    if name in ENDLESS or isinstance(values[0], int | float):
        return np.asarray([np.inf if value == ENDLESS.get(name) else float(value) for value in values])
    return np.fromiter(values, dtype=object, count=len(values))
