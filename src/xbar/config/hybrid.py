"""Training on simulated devices, as it stands in config.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Bits, Fraction, Name, Spec, Unique

PULSE_COLUMNS = ("law", "parameter", "value", "unit", "source", "note")  # of pulses.csv, which holds `law`

PulseRule = Literal["accumulate", "every-step"]
Rule = Literal["float", PulseRule]
Method = Literal["none", "batch-norm", "reprogram", "reprogram-pairs", PulseRule]


class WritingSpec(Spec):
    """How pairs of cells are written. `pulses`: largest number of pulses after a RESET of both cells.

    `upper`, `lower`: a pair is refreshed where its larger cell is above `upper` and its smaller one above `lower`,
    shares of full scale.
    """

    pulses: Annotated[int, Field(ge=1, le=1000)]
    upper: Fraction
    lower: Fraction


class StepSpec(Spec):
    """Steps of one rule. `learning_rate`: of weights as shares of full scale, at the start; it falls to zero.

    `granularity`: the update for which one pulse stands, share of full scale; the rule float does not use it.
    """

    learning_rate: PositiveFloat
    granularity: PositiveFloat = 1.0


class ScratchSpec(Spec):
    """Training from random weights, by each of `rules`. Cells are analog, so that weights have no bits.

    `start`: standard deviation of the first weights that are written, share of full scale. `digital_rate`: learning
    rate of batch-norm and full scales, which AdamW trains.
    """

    dataset: str
    architecture: str
    crossbar: str
    dac_bits: Bits = 8
    adc_bits: Bits = 8
    epochs: PositiveInt
    batch: Annotated[int, Field(ge=2)]
    start: PositiveFloat
    digital_rate: PositiveFloat
    rules: dict[Rule, StepSpec]


class RepairSpec(Spec):
    """Chips of trained signed networks with stuck cells, repaired by each of `methods`.

    `steps`, `batch`: number and size of the training batches of those methods that are rules.
    """

    networks: Annotated[list[str], Unique, Field(min_length=1)]
    device: str
    chips: PositiveInt
    stuck_off: Fraction
    stuck_on: Fraction
    steps: PositiveInt
    batch: Annotated[int, Field(ge=2)]
    methods: Annotated[list[Method], Unique, Field(min_length=1)]
    rules: dict[PulseRule, StepSpec]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.stuck_off + self.stuck_on > 1:
            raise ValueError(f"stuck_off {self.stuck_off} and stuck_on {self.stuck_on} exceed 1 together")
        return self


class HybridSpec(Spec):
    """Training on simulated devices.

    `law`: law of pulses in workflow/reference/pulses.csv. `seeds`: number of trainings, each with its own chips.
    """

    law: Name
    seeds: PositiveInt
    writing: WritingSpec
    scratch: ScratchSpec
    repair: RepairSpec
