"""The parts of the paper's proposal, each as a corner against the signed network with periphery per layer."""

from typing import NamedTuple


class Step(NamedTuple):
    """One part of the proposal and the corner that has it."""

    name: str
    corner: str


STEPS = (
    Step("uniform alone", "signed-shared"),
    Step("unipolar alone", "unipolar-own"),
    Step("both", "unipolar-shared"),
)
