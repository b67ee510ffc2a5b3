"""What is compared: the four corners of a comparison, and the parts of the paper's proposal that lead from one on."""

from typing import NamedTuple

BASELINE = "signed-own"  # the signed network with converters of its own at each layer


class Step(NamedTuple):
    """One part of the proposal and the corner that has it."""

    name: str
    corner: str


STEPS = (
    Step("uniform alone", "signed-shared"),
    Step("unipolar alone", "unipolar-own"),
    Step("both", "unipolar-shared"),
)
