"""Architecture searches as they stand in config.yaml: space, limits, budget and how the network is chosen."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Fraction, Spec, Unique
from xbar.config.circuit import AdcLaw, Bank
from xbar.config.polarity import Group
from xbar.mappings import SignedMapping

Choices = Annotated[list[PositiveInt], Field(min_length=1), Unique]
Odd = Annotated[int, Field(ge=1)]
Assignment = Literal["positive", "alternate", "learned", "searched"]
LISTS_OF_LAYERS = ("depth", "width", "kernel", "stride", "reduce", "average", "activation")


class SpaceSpec(Spec):
    """What a candidate may be: one value of each list, layer by layer where a list is of layers.

    `depth`: convolutions; `width`, `kernel`, `stride`: of each of them. `reduce`: whether a stride is the
    convolution's own (stride) or a max-pooling of that size behind it (pool). `average`: positions per axis that are
    left before the classes. `activation`, `input`: as in an architecture. `group`, `assignment`: as in `signs`.
    Without any list of layers all candidates have the architecture of the search's network, and start and learn from
    the floating-point networks that it does.
    """

    depth: Choices | None = None
    width: Choices | None = None
    kernel: Annotated[list[Odd], Field(min_length=1), Unique] | None = None
    stride: Choices | None = None
    reduce: Annotated[list[Literal["stride", "pool"]], Field(min_length=1), Unique] | None = None
    average: Choices | None = None
    activation: Annotated[list[Literal["relu", "crelu"]], Field(min_length=1), Unique] | None = None
    input: Annotated[list[Literal["split", "shifted"]], Unique] = Field(["split"], min_length=1)
    group: Annotated[list[Group], Field(min_length=1), Unique]
    assignment: Annotated[list[Assignment], Field(min_length=1), Unique]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        missing = [name for name in LISTS_OF_LAYERS if getattr(self, name) is None]
        if missing and (len(missing) < len(LISTS_OF_LAYERS) or self.input != ["split"]):
            raise ValueError(f"{missing[0]}: missing; lists of layers are named together, or none of them is")
        if even := [kernel for kernel in self.kernel or [] if kernel % 2 == 0]:
            raise ValueError(f"kernel: {even[0]} is even; allowed are odd sizes (same padding)")
        if self.group == ["network"] and self.assignment == ["alternate"]:
            raise ValueError("assignment alternate needs more than one sub-matrix; group network has one")
        return self


class LimitsSpec(Spec):
    """What a candidate may take at most; `rows` and `columns` of any one layer. Energy is checked when measured.

    `products`: of an input and a weight, per inference, by which a training takes its time.
    """

    rows: PositiveInt | None = None
    columns: PositiveInt | None = None
    weights: PositiveInt | None = None
    products: PositiveInt | None = None
    area_um2: PositiveFloat | None = None
    energy_pJ: PositiveFloat | None = None


class RungSpec(Spec):
    """One round of training: all candidates of a generation in the first, the best `keep` of them in the next."""

    epochs: PositiveInt
    keep: Annotated[Fraction, Field(gt=0)] = 1.0


class ChoiceSpec(Spec):
    """The network to train fully: of those `within_points` of the best accuracy, that of the lowest `measure`."""

    measure: Literal["area_um2", "energy_pJ"]
    within_points: NonNegativeFloat


class CornerSpec(Spec):
    """The circuit whose area and energy are objectives; `mapping` is that of signed candidates."""

    adc_law: AdcLaw
    bank: Bank
    mapping: SignedMapping = "paired-columns-mirrored"


class SearchSpec(Spec):
    """An architecture search in generations of trials: what every trial reads of it.

    `network`: entry whose data, bits, scale, noise and hardware the candidates have. `training`: their recipe, with
    the epochs of the rungs. `sampler`: optuna's, or random for the baseline of equal budget. `trials`: per generation.
    `trials_per_job`: trained one after the other by one job. `folds`: validation folds of every trial; the
    accuracy is their mean over `chips` noisy chips each.
    """

    network: str
    training: str
    sampler: Literal["tpe", "nsga2", "random"]
    trials: PositiveInt
    trials_per_job: PositiveInt
    rungs: Annotated[list[RungSpec], Field(min_length=1)]
    folds: Annotated[list[NonNegativeInt], Field(min_length=1), Unique]
    chips: PositiveInt
    space: SpaceSpec
    limits: LimitsSpec = LimitsSpec()
    corner: CornerSpec

    @model_validator(mode="after")
    def _rungs_narrow(self) -> Self:
        if self.rungs[0].keep != 1:
            raise ValueError("rungs: the first one trains all candidates, so its keep is 1")
        return self


class SearchRunSpec(SearchSpec):
    """A search as a run carries it out: `seeds` times over, in so many `generations`; `choice`: what it ends in."""

    seeds: PositiveInt
    generations: PositiveInt
    choice: ChoiceSpec
