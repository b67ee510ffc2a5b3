"""What is compared: the four corners of a comparison, and the parts of the paper's proposal that lead from one on."""

from typing import NamedTuple

from xbar.config.claims import Corner

SIGNED: tuple[Corner, ...] = ("signed-own", "signed-shared")
UNIPOLAR: tuple[Corner, ...] = ("unipolar-own", "unipolar-shared")
CORNERS = SIGNED + UNIPOLAR
BOTH_STEPS = "v3"  # the version of the paper that speaks of shared converters and unipolar weights together
BASELINE: Corner = "signed-own"  # the signed network with own converters in each layer


class Step(NamedTuple):
    """One part of the proposal and the corner that has it."""

    name: str
    corner: Corner


STEPS = (
    Step("uniform alone", "signed-shared"),
    Step("unipolar alone", "unipolar-own"),
    Step("both", "unipolar-shared"),
)
