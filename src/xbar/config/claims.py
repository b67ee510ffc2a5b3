"""The rules by which the claims of the paper are judged, as they stand in config.yaml."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat

from xbar.config.base import Spec, Unique
from xbar.config.circuit import AdcLaw, SharedBank
from xbar.mappings import SignedMapping

Corner = Literal["signed-own", "signed-shared", "unipolar-own", "unipolar-shared"]


class CaseSpec(Spec):
    """A trained network and the condition of its accuracy (float, ideal, noisy, ...)."""

    network: str
    condition: str


class AccuracyRuleSpec(CaseSpec):
    """An accuracy claim is reproduced when it is shown to fall short by no more than the tolerance (non-inferiority).

    The lower ends of two intervals must reach the claim less the tolerance. One interval is over seeds, the other over
    seeds and test subjects. Where the first alone reaches it, the claim is reproduced on the condition of this test
    set. It is not reproduced when both upper ends lie lower. In between, and for one seed, it is not decided. `beside`:
    further networks that the run may compare with the same claim, under the same condition. `instead`: cases that count
    as stated conditions when the first one falls short.
    """

    tolerance_points: NonNegativeFloat
    beside: Annotated[list[str], Unique] = Field(default_factory=list)
    instead: tuple[CaseSpec, ...] = Field(default=(), strict=False)


class SavingRuleSpec(Spec):
    """A saving is 1 - `corner` / signed-own of `measure`; power is energy divided by latency.

    The claim holds where the saving falls short by no more than the tolerance in every condition. At equal time the
    ADCs of the baseline take as many columns in turn as those of the corner. With more time the baseline stays as fast
    as it is.
    """

    measure: Literal["area_um2", "energy_pJ", "power_mW"]
    corner: Literal["unipolar-own", "unipolar-shared"]
    tolerance_points: NonNegativeFloat


class ReferenceSpec(Spec):
    """The options of the reference circuit, whose value is shown first, beside the range over all circuits."""

    mapping: SignedMapping
    adc_law: AdcLaw
    bank: SharedBank


class ClaimsSpec(Spec):
    """The rules of all verdicts.

    `confidence`: of all intervals. `equivalence_points`: a scale per layer and one scale are equivalent when two
    one-sided tests show a smaller difference of accuracies. `failure_points`: a seed that lies further below the best
    seed of its network has failed, and is counted. `datasets`: those on which the paper reports; results on other data
    sets are shown and not judged. `accuracy`: rules by claim. `savings`: rules by claim and version of the paper,
    applied to every comparison of the run on one of `datasets`. `conditions`: options of
    workflow/reference/options.csv; a saving must hold with every combination of their values.
    """

    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    equivalence_points: PositiveFloat
    failure_points: PositiveFloat
    reference: ReferenceSpec
    datasets: Annotated[list[str], Field(min_length=1), Unique]
    accuracy: dict[str, AccuracyRuleSpec]
    savings: dict[str, dict[str, SavingRuleSpec]]
    conditions: Annotated[list[str], Field(min_length=1), Unique]
