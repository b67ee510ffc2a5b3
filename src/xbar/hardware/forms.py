"""The forms of device laws: the parameters of each, and how it changes conductances.

The coefficients are rows of workflow/reference/devices.csv. Another form is another entry of PROGRAMMING or AGEING.
Snakemake loads this module whenever it reads the workflow. Torch is therefore not imported, and `Values` stands for
tensors of cells.
"""

from collections.abc import Callable, Mapping
from math import log
from typing import Any, NamedTuple

SMALLEST_SHARE = 1e-7  # laws in ln(g / g_max) take smaller shares as this one, as aihwkit does

Law = Mapping[str, float]
Values = Any
Draw = Callable[[], Values]  # standard normal values, one per cell


class ProgrammingForm(NamedTuple):
    """How far cells end from their targets. `g_max`, the full scale of the fit, is one of the parameters.

    `parameters`: units by name; a name that ends in _ stands for a series from 0. `positive`: parameters that must be
    above 0. `deviation_uS`: coefficients of the standard deviation by powers of g / g_max, from power 0; training uses
    these alone. `programmed`: conductances (uS) from targets (uS), their standard deviations (uS) and draws.
    """

    parameters: Mapping[str, str]
    positive: tuple[str, ...]
    deviation_uS: Callable[[Law], list[float]]
    programmed: Callable[[Values, Values, Draw], Values]


class AgeingForm(NamedTuple):
    """How time changes cells. `parameters` and `positive` as in `ProgrammingForm`.

    `in_order`: pairs of parameters of which the first must not exceed the second. `aged`: conductances (uS) from those
    just programmed (uS), their shares of g_max, the law, draws, and the time (s).
    """

    parameters: Mapping[str, str]
    positive: tuple[str, ...]
    in_order: tuple[tuple[str, str], ...]
    aged: Callable[[Values, Values, Law, Draw, float], Values]


def _polynomial(law: Law) -> list[float]:
    return [law[f"sigma_{order}"] for order in range(len(law.keys() - {"g_max"}))]


def _gaussian(g_uS: Values, sigma_uS: Values, draw: Draw) -> Values:
    """Normal deviations, with conductances cut at zero."""
    return (g_uS + sigma_uS * draw()).clamp_min(0)


def _drifted(g_uS: Values, share: Values, law: Law, draw: Draw, time_s: float) -> Values:
    """Drift g * (t / t0)^-nu and the 1/f noise accumulated until then; t = time_s + t0, as in aihwkit.

    nu is drawn per cell, with a mean and a spread that depend on the level. Nandakumar et al., ICECS 2019, measured a
    million PCM cells up to days after programming. Later times extrapolate the power law. The level is that of the
    cell as programmed; aihwkit takes its target.
    """
    exponent_draw, noise_draw = draw(), draw()
    time = time_s + law["drift_start"]
    drifted = g_uS * (time / law["drift_start"]) ** -_drift_exponent(share, law, exponent_draw)
    factor = (law["read_factor"] / share.clamp_min(SMALLEST_SHARE) ** law["read_power"]).clamp_max(law["read_max"])
    spread = log((time + law["read_time"]) / (2 * law["read_time"])) ** 0.5
    return drifted * (1 + factor * spread * noise_draw).clamp_min(0)  # errors of constant noise keep their sign


def _drift_exponent(share: Values, law: Law, draw: Values) -> Values:
    level = share.clamp_min(SMALLEST_SHARE).log()
    mean, sigma = (
        (law[f"nu_{name}_0"] + law[f"nu_{name}_log"] * level).clamp(law[f"nu_{name}_min"], law[f"nu_{name}_max"])
        for name in ("mean", "sigma")
    )
    return (mean + sigma * draw).abs()


PROGRAMMING: Mapping[str, ProgrammingForm] = {
    "polynomial": ProgrammingForm({"sigma_": "uS", "g_max": "uS"}, ("g_max",), _polynomial, _gaussian),
}
AGEING: Mapping[str, AgeingForm] = {
    "drift": AgeingForm(
        dict.fromkeys(("drift_start", "read_time"), "s")
        | {f"nu_{of}_{part}": "1" for of in ("mean", "sigma") for part in ("0", "log", "min", "max")}
        | dict.fromkeys(("read_factor", "read_power", "read_max"), "1"),
        ("drift_start", "read_time"),
        (("read_time", "drift_start"), ("nu_mean_min", "nu_mean_max"), ("nu_sigma_min", "nu_sigma_max")),
        _drifted,
    ),
}
