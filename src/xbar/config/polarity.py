"""Signs of the sub-matrices of a mixed network as they stand in config.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from xbar.config.base import Fraction, Spec

ANNEAL = 0.5  # also of the candidates of a search
Group = Literal["network", "layer"] | PositiveInt
SignText = Annotated[str, Field(pattern=r"^[+-]+$")]


class SignSpec(Spec):
    """Which sub-matrices of a mixed network are positive and which are negative.

    `group`: one sub-matrix is the network, a layer, or so many neighbouring columns of a layer (the last one may have
    fewer). `assignment`: `positive`; `alternate` (+, -, +, ... over layers, or over the groups of each layer);
    `learned` in training; or listed signs. These are one text per layer with a sign per sub-matrix, such as ["+-+-",
    "-+"], or one text with one sign for the network. `anneal`, for learned signs: share of the training during which
    weights of the other sign are still allowed, in a range that narrows to nothing. 0 takes the dominant signs of the
    starting weights.
    """

    group: Group
    assignment: Literal["positive", "alternate", "learned"] | Annotated[list[SignText], Field(min_length=1)]
    anneal: Annotated[Fraction, Field(lt=1)] = ANNEAL

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.group == "network" and self.assignment == "alternate":
            raise ValueError("assignment alternate needs more than one sub-matrix; group network has one")
        if self.anneal != type(self).model_fields["anneal"].default and self.assignment != "learned":
            raise ValueError(f"anneal goes with assignment learned (here: {self.assignment})")
        return self
