"""What every block of the configuration has in common: frozen, no unknown keys, no silent conversion."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


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
    """One block of config.yaml. A number written as text, such as 1e-1, is refused and not converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
