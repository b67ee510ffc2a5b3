"""What every block of the configuration has in common: frozen, no unknown keys, no silent conversion."""

import re
from collections.abc import Iterable
from os import environ
from os.path import expanduser, expandvars
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def known(name: Any, allowed: Iterable[Any], where: str) -> None:
    """Raise ValueError unless `name` is one of `allowed`."""
    if name not in (names := list(allowed)):
        raise ValueError(f"{where}: '{name}' is not one of {', '.join(sorted(map(str, names)))}")


def _once(values: list[Any]) -> list[Any]:
    """The values of a list; ValueError where one of them stands there twice."""
    if twice := [value for value in values if values.count(value) > 1]:
        raise ValueError(f"{twice[0]!r} stands there twice; allowed is once")
    return values


def _name(value: Any) -> str:
    """The name of an entry, which names folders and files too."""
    if not isinstance(value, str):
        raise ValueError(f"YAML reads the name {value!r} as {type(value).__name__}; put it in quotes")
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}", value):
        raise ValueError(
            f"{value!r} cannot name files; allowed are 1 to 100 of the letters a to z and A to Z, digits, "
            "'_', '.', '+' and '-', the first a letter, a digit or '_'"
        )
    return value


def _place(value: str) -> str:
    """The path of a file or folder of the user's, with `~`, `~user`, `$NAME` and `${NAME}` replaced."""
    path = expandvars(value)
    if unset := re.search(r"\$(\w+|\{[^}]*\})", path):
        raise ValueError(f"{value!r}: the environment has no variable {unset[0]}")
    path = path if environ.get("HOME") == "" else expanduser(path)  # which would make ~/x of it /x
    if path.startswith("~"):
        raise ValueError(f"{value!r}: no home folder is known for {path.split('/')[0]}; write the whole path")
    if not path.strip() or re.search(r"[\x00-\x1f\x7f]", path):
        raise ValueError(f"{value!r} is no path of a file or folder")
    return path


Name = Annotated[str, BeforeValidator(_name)]
Place = Annotated[str, AfterValidator(_place)]
Once = AfterValidator(_once)
Fraction = Annotated[float, Field(ge=0, le=1)]
Bits = Annotated[int, Field(ge=1, le=16)]


class Spec(BaseModel):
    """One block of config.yaml. A number written as text, such as 1e-1, is refused and not converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
