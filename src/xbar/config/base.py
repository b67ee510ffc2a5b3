"""What every block of the configuration has in common: frozen, no unknown keys, no silent conversion."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, le=1)]
Bits = Annotated[int, Field(ge=1, le=16)]


class Spec(BaseModel):
    """One block of config.yaml. A number written as text, such as 1e-1, is refused and not converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
