"""What all blocks of the configuration share: they are frozen, and refuse unknown keys and silent conversion."""

import re
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from os import environ
from os.path import expanduser, expandvars
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def check_name(name: Any, allowed: Iterable[Any], where: str) -> None:
    """Raise ValueError unless `name` is one of `allowed`."""
    if name not in (names := list(allowed)):
        raise ValueError(f"{where}: '{name}' is not one of {', '.join(sorted(map(str, names)))}")


def line_of(fault: Mapping[str, Any]) -> str:
    """One fault of a pydantic ValidationError in one line: key, value and what is allowed."""
    where = ".".join(part if (part := str(at)).isprintable() else repr(part) for at in fault["loc"] if at != "[key]")
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown key"
    if fault["type"] == "missing":  # whose input is the whole block
        return f"{where}: missing key"
    if fault["type"] == "value_error":
        return f"{where}{': ' if where else ''}{message}"
    return f"{where}: {fault.get('input')!r} is not allowed: {message}"


def _unique(values: list[Any]) -> list[Any]:
    """The values of a list; ValueError where one of them is repeated."""
    if repeated := [value for value in values if values.count(value) > 1]:
        raise ValueError(f"duplicate entry {repeated[0]!r}")
    return values


def _name(value: Any) -> str:
    """The name of an entry. Folders and files have this name too."""
    if not isinstance(value, str):
        raise ValueError(f"YAML reads the name {value!r} as {type(value).__name__}; put it in quotes")
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}", value):
        raise ValueError(
            f"{value!r} cannot name files; allowed are 1 to 100 of the letters a to z and A to Z, digits, "
            "'_', '.', '+' and '-', the first a letter, a digit or '_'"
        )
    return value


def _place(value: str) -> str:
    """The path of a file or folder of the user, with `~`, `~user`, `$NAME` and `${NAME}` replaced."""
    path = expandvars(value)
    if unset := re.search(r"\$(\w+|\{[^}]*\})", path):
        raise ValueError(f"{value!r}: the environment has no variable {unset[0]}")
    path = path if environ.get("HOME") == "" else expanduser(path)  # with an empty HOME, expanduser makes /x of ~/x
    if path.startswith("~"):
        raise ValueError(f"{value!r}: no home folder is known for {path.split('/')[0]}; write the whole path")
    if not path.strip() or re.search(r"[\x00-\x1f\x7f]", path):
        raise ValueError(f"{value!r} is no path of a file or folder")
    return path


Name = Annotated[str, BeforeValidator(_name)]
Place = Annotated[str, AfterValidator(_place)]
Unique = AfterValidator(_unique)
Fraction = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[float, Field(gt=0, le=1)]  # above zero
Bits = Annotated[int, Field(ge=1, le=16)]


class Spec(BaseModel):
    """One block of config.yaml. Text is not converted: YAML reads 1e-1 as text, which no field of a number accepts.

    Numbers that are not finite are refused wherever they stand, before the fields and whatever their types.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _finite(cls, values: Any) -> Any:
        for where, number in _numbers(values):
            if not isfinite(number):
                raise ValueError(f"{where.lstrip('.')}: {number} is not allowed: numbers are finite")
        return values


def _numbers(value: Any, where: str = "") -> Iterator[tuple[str, float]]:
    """Every float in a value, its lists and its blocks, with its path."""
    if isinstance(value, float):
        yield where, value
    elif isinstance(value, dict | list | tuple):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _numbers(part, f"{where}.{key}")
