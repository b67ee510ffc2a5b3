"""The law of a partial-SET pulse: what one pulse adds to the conductance of a cell of phase-change memory."""

from pathlib import Path
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

from xbar.config.hybrid import PULSE_COLUMNS
from xbar.files import number_of, read_by_line

SIGNED = ("amplitude", "rate", "slope", "offset", "noise_slope")
POSITIVE = ("range", "step")
IN_UNITS_OF_THE_FIT = ("range", "step", "noise_add", "reset", "reset_spread", "reset_noise")


class PulseLaw(NamedTuple):
    """Coefficients of one law, in the unit w of its fit; workflow/reference/pulses.csv says what each is.

    The functions below take and give shares of full scale, w / range. `span`: full scale of a device, a share, too.
    """

    range: float
    step: float
    amplitude: float
    rate: float
    slope: float
    offset: float
    noise: float
    noise_add: float
    noise_slope: float
    step_spread: float
    range_spread: float
    reset: float
    reset_spread: float
    reset_noise: float

    def mean_step(
        self, share: Float[Tensor, "*cells"], span: float | Float[Tensor, "*cells"] = 1.0
    ) -> Float[Tensor, "*cells"]:
        """Mean step of a pulse at these conductances: step (1 - amplitude exp(rate z)), never below zero."""
        z = 2 * self.slope * share / span + self.offset
        return (1 - self.amplitude * (self.rate * z).exp()).clamp_min(0) * (self.step / self.range)

    def deviation(self, mean: Float[Tensor, "*cells"], share: Float[Tensor, "*cells"]) -> Float[Tensor, "*cells"]:
        """Standard deviation of a step whose mean is `mean`, from one pulse to the next."""
        return self.noise * (mean + self.noise_add / self.range + self.noise_slope * share)


def read_pulse_law(path: str | Path, name: str) -> PulseLaw:
    """The law of this name; ValueError, one line, where it is not whole, lacks a source or holds a wrong number."""
    found: dict[str, float] = {}
    rows = read_by_line(path, PULSE_COLUMNS)
    for number, row in rows.items():
        if row["law"] != name:
            continue
        where = f"{path}:{number}: {name} {row['parameter']}"
        if row["parameter"] not in PulseLaw._fields or row["parameter"] in found:
            raise ValueError(f"{where} is repeated or unknown; read are {', '.join(PulseLaw._fields)}, each once")
        if not row["source"].strip():
            raise ValueError(f"{where} has no source; write 'assumption' if it is one")
        if row["unit"] != (unit := "w" if row["parameter"] in IN_UNITS_OF_THE_FIT else "1"):
            raise ValueError(f"{where}: unit '{row['unit']}'; allowed is {unit}")
        found[row["parameter"]] = number_of(row["value"], where)
        _check_sign(row["parameter"], found[row["parameter"]], where)
    if missing := [field for field in PulseLaw._fields if field not in found]:
        known = ", ".join(sorted({row["law"] for row in rows.values()}))
        raise ValueError(f"{path}: law '{name}' lacks {', '.join(missing)}; laws are {known}")
    return PulseLaw(**found)


def _check_sign(parameter: str, number: float, where: str) -> None:
    if parameter not in SIGNED and (number < 0 or (number == 0 and parameter in POSITIVE)):
        allowed = "above 0" if parameter in POSITIVE else "0 or above"
        raise ValueError(f"{where}: {number:g} is not allowed; it is {allowed}")
