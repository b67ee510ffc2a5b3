"""Architecture searches as they stand in config.yaml: space, limits, budget and how the network is chosen."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Fraction, Spec, Unique
from xbar.config.circuit import AdcLaw, Bank
from xbar.config.polarity import Group
from xbar.mappings import SIGNED, SignedMapping

Choices = Annotated[list[PositiveInt], Field(min_length=1), Unique]
Odd = Annotated[int, Field(ge=1)]
Assignment = Literal["positive", "alternate", "learned", "searched"]
MOST_FILTERED = 100  # candidates of random-filter: a quarter of a pool of 400, see search/guided.py
LISTS_OF_LAYERS = ("depth", "width", "kernel", "stride", "reduce", "average", "activation")


class SpaceSpec(Spec):
    """The space of candidates. A candidate has one value of each list.

    `depth`: number of convolutions. `width`, `kernel`, `stride`: lists from which each convolution has a value of its
    own. `reduce`: whether a stride is the convolution's own (stride) or that of a max-pooling behind it (pool).
    `average`: positions per axis before the last layer. `activation`, `input`: as in an architecture. `group`,
    `assignment`: as in `signs`, for a mixed network. Without any list of layers, all candidates have the architecture
    of the search's network. They start and learn from the same floating-point networks as it does.
    """

    depth: Choices | None = None
    width: Choices | None = None
    kernel: Annotated[list[Odd], Field(min_length=1), Unique] | None = None
    stride: Choices | None = None
    reduce: Annotated[list[Literal["stride", "pool"]], Field(min_length=1), Unique] | None = None
    average: Choices | None = None
    activation: Annotated[list[Literal["relu", "crelu"]], Field(min_length=1), Unique] | None = None
    input: Annotated[list[Literal["split", "shifted"]], Unique] = Field(["split"], min_length=1)
    group: Annotated[list[Group], Field(min_length=1), Unique] | None = None
    assignment: Annotated[list[Assignment], Field(min_length=1), Unique] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        missing = [name for name in LISTS_OF_LAYERS if getattr(self, name) is None]
        if missing and (len(missing) < len(LISTS_OF_LAYERS) or self.input != ["split"]):
            raise ValueError(f"{missing[0]}: missing; lists of layers are named together, or none of them is")
        if even := [kernel for kernel in self.kernel or [] if kernel % 2 == 0]:
            raise ValueError(f"kernel: {even[0]} is even; allowed are odd sizes (same padding)")
        if (self.group is None) != (self.assignment is None):
            raise ValueError("group and assignment are named together, or neither is")
        if self.depth is None and self.group is None:
            raise ValueError("a space has lists of layers, of signs, or both")
        if self.group == ["network"] and self.assignment == ["alternate"]:
            raise ValueError("assignment alternate needs more than one sub-matrix; group network has one")
        return self


class LimitsSpec(Spec):
    """Upper limits of a candidate. `rows`, `columns`: of any one layer. Energy is checked after it is measured.

    `products`: of an input and a weight, per inference. They determine the time of a training.
    """

    rows: PositiveInt | None = None
    columns: PositiveInt | None = None
    weights: PositiveInt | None = None
    products: PositiveInt | None = None
    area_um2: PositiveFloat | None = None
    energy_pJ: PositiveFloat | None = None


class FinalsSpec(Spec):
    """The last round: `networks` from the front of all search seeds, and the network of the search's own entry.

    Each is trained fully by the recipe `training`, once for every fold of `folds`, on which it is validated.
    """

    networks: Annotated[int, Field(ge=2)]
    training: str
    folds: Annotated[list[NonNegativeInt], Field(min_length=1), Unique]


class ChoiceSpec(Spec):
    """The choice: among networks within `within_points` of an accuracy, the one of the lowest `measure`.

    The accuracy is the best of all. With finals it is that of the search's own entry, where that is lower.
    """

    measure: Literal["area_um2", "energy_pJ"]
    within_points: NonNegativeFloat


class BoxSpec(Spec):
    """Ranges of accuracy and energy that count. A hypervolume is measured between their worst and best corners.

    `limit_pJ`: energy within which the best accuracy is reported.
    """

    limit_pJ: PositiveFloat
    accuracy: Annotated[list[Fraction], Field(min_length=2, max_length=2)]
    energy_pJ: Annotated[list[PositiveFloat], Field(min_length=2, max_length=2)]

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for name in ("accuracy", "energy_pJ"):
            low, high = getattr(self, name)
            if low >= high:
                raise ValueError(f"{name}: {low:g} is not below {high:g}")
        return self


class CornerSpec(Spec):
    """The circuit whose area and energy are objectives. `mapping`: of signed candidates."""

    adc_law: AdcLaw
    bank: Bank
    mapping: SignedMapping = SIGNED


class SearchSpec(Spec):
    """An architecture search in generations of trials, as far as a trial reads it.

    `network`: entry with the data, bits, scale, noise and hardware of the candidates. `training`: their recipe, for
    `epochs`. `sampler`: how candidates are proposed (see search/propose.py): model, optuna's tpe, or one of the
    baselines random and random-filter. `trials`: number per generation. `trials_per_job`: trials that one job trains in
    turn. `folds`: held out together in every trial. The accuracy of a trial is the mean over folds and `chips` noisy
    chips.
    """

    network: str
    training: str
    sampler: Literal["model", "random", "random-filter", "tpe"]
    epochs: PositiveInt
    trials: PositiveInt
    trials_per_job: PositiveInt
    folds: Annotated[list[NonNegativeInt], Field(min_length=1), Unique]
    chips: PositiveInt
    space: SpaceSpec
    limits: LimitsSpec = LimitsSpec()
    corner: CornerSpec
    box: BoxSpec
    finals: FinalsSpec | None = None


class SearchRunSpec(SearchSpec):
    """A search as a run carries it out.

    `seeds`: how often it is repeated. `generations`: number in each repetition. `choice`: how its network is chosen.
    """

    seeds: PositiveInt
    generations: PositiveInt
    choice: ChoiceSpec

    @model_validator(mode="after")
    def _filtered(self) -> Self:
        if self.sampler == "random-filter" and (wanted := self.generations * self.trials) > MOST_FILTERED:
            told = f"sampler random-filter has {MOST_FILTERED} candidates"
            raise ValueError(f"{told}; {self.generations} generations of {self.trials} trials are {wanted}")
        return self
