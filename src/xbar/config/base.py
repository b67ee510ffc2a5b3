"""What every block of the configuration has in common: frozen, no unknown keys, no silent conversion."""

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def known(name: Any, allowed: Iterable[Any], where: str) -> None:
    """Raise ValueError unless `name` is one of `allowed`."""
    if name not in (names := list(allowed)):
        raise ValueError(f"{where}: '{name}' is not one of {', '.join(sorted(map(str, names)))}")


def _once(values: list[Any]) -> list[Any]:
    """The values of a list; ValueError where one of them stands there twice."""
    if twice := [value for value in values if values.count(value) > 1]:
        raise ValueError(f"{twice[0]!r} stands there twice; allowed is once")
    return values


Once = AfterValidator(_once)
Fraction = Annotated[float, Field(ge=0, le=1)]
Bits = Annotated[int, Field(ge=1, le=16)]


class Spec(BaseModel):
    """One block of config.yaml. A number written as text, such as 1e-1, is refused and not converted.

    So is one that is not finite, wherever it stands: before the fields are looked at, whatever their types are.
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
    """Every float in a value and in the lists and blocks of it, with the path that leads there."""
    if isinstance(value, float):
        yield where, value
    elif isinstance(value, dict | list | tuple):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _numbers(part, f"{where}.{key}")
