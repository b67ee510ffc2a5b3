"""One non-volatile cell: the conductances of its levels, and the effects of programming, time and faults."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from numpy.polynomial import Polynomial
from torch import Generator, Tensor

from xbar.config.crossbars import DeviceSpec
from xbar.hardware.forms import AGEING, PROGRAMMING, Draw
from xbar.hardware.laws import Laws, law_named


def conductance(share: Float[Tensor, "*shape"], device: DeviceSpec) -> Float[Tensor, "*shape"]:
    """Target conductance (uS) of weights, shares of full scale from 0 to 1. ValueError outside, and for NaN."""
    if not torch.isfinite(share).all():
        raise ValueError("weights hold NaN or infinity; devices take finite shares of full scale")
    if share.numel() and (share.min() < 0 or share.max() > 1):
        low, high = float(share.min()), float(share.max())
        raise ValueError(f"weights from {low:.3g} to {high:.3g} do not fit one device; allowed are 0 to 1")
    return device.g_min_uS + (device.g_max_uS - device.g_min_uS) * share


def program(
    g_uS: Float[Tensor, "*shape"], device: DeviceSpec, noise: float, *, generator: Generator
) -> Float[Tensor, "*shape"]:
    """Conductances (uS) after one programming: Gaussian, standard deviation `noise` * (g_max - g_min) in every cell.

    Noise-aware training uses the same form, sigma = eta * W_max (Joshi et al., Nat. Commun. 11, 2473, 2020). It is not
    cut at zero, because it stands for the error of the read-out signal.
    """
    draw = torch.empty_like(g_uS).normal_(generator=generator)
    return torch.add(g_uS, draw, alpha=noise * (device.g_max_uS - device.g_min_uS))


def programming(
    g_uS: Float[Tensor, "*shape"], device: DeviceSpec, laws: Laws, *, generator: Generator, time_s: float = 0.0
) -> Float[Tensor, "*shape"]:
    """Conductances (uS) after one programming: `program`, or a law whose standard deviation depends on the level.

    The laws were fitted at the g_max of their table (pcm: 90 nm PCM, 25 uS; rram-*: HfO2 RRAM of Wan et al., 40 uS).
    They are scaled to the g_max of the device, as in aihwkit.
    """
    if device.programming == "constant":
        return program(g_uS, device, device.programming_noise, generator=generator)
    form, _ = law_named(laws, device.programming, PROGRAMMING)
    return form.programmed(g_uS, programming_sigma_uS(g_uS, device, laws), _draws(g_uS, generator))


def _draws(like: Tensor, generator: Generator) -> Draw:
    return lambda: torch.empty_like(like).normal_(generator=generator)


def programming_sigma_uS(g_uS: Float[Tensor, "*shape"], device: DeviceSpec, laws: Laws) -> Float[Tensor, "*shape"]:
    """Standard deviation (uS) of the programming law at target conductances; zero where its polynomial is negative."""
    form, law = law_named(laws, device.programming, PROGRAMMING)
    share = g_uS / device.g_max_uS
    sigma = torch.zeros_like(share)
    for power, coefficient in enumerate(form.deviation_uS(law)):
        sigma += coefficient * share**power
    return sigma.clamp_min(0) * (device.g_max_uS / law["g_max"])


def programming_polynomial(device: DeviceSpec, laws: Laws) -> tuple[float, ...]:
    """The programming law for training: coefficients c of the standard deviation, the sum of c[i] * level^i.

    Level and deviation are shares of the window g_max - g_min. Unlike in `programming`, conductances are not cut at
    zero.
    """
    if device.programming == "constant":
        return (device.programming_noise,)
    form, law = law_named(laws, device.programming, PROGRAMMING)
    sigma = Polynomial([coefficient / law["g_max"] for coefficient in form.deviation_uS(law)])  # in g / g_max
    low = device.g_min_uS / device.g_max_uS
    return tuple((sigma(Polynomial([low, 1 - low])) / (1 - low)).coef.tolist())


def ageing(
    g_uS: Float[Tensor, "*shape"], device: DeviceSpec, laws: Laws, *, generator: Generator, time_s: float = 0.0
) -> Float[Tensor, "*shape"]:
    """Conductances (uS) `time_s` after programming. A state of the generator gives the same cells at any time."""
    if device.ageing == "none":
        return g_uS
    form, law = law_named(laws, device.ageing, AGEING)
    return form.aged(g_uS, g_uS.abs() / device.g_max_uS, law, _draws(g_uS, generator), time_s)


def read_noise(
    g_uS: Float[Tensor, "*shape"], device: DeviceSpec, laws: Laws, *, generator: Generator, time_s: float = 0.0
) -> Float[Tensor, "*shape"]:
    """Conductances (uS) of one reading: Gaussian noise, standard deviation `read_noise` * (g_max - g_min)."""
    if device.read_noise == 0:
        return g_uS
    draw = torch.empty_like(g_uS).normal_(generator=generator)
    return g_uS + device.read_noise * (device.g_max_uS - device.g_min_uS) * draw


def stuck_at(
    g_uS: Float[Tensor, "*shape"], device: DeviceSpec, laws: Laws, *, generator: Generator, time_s: float = 0.0
) -> Float[Tensor, "*shape"]:
    """Conductances (uS) with faulty cells, drawn at random: at g_min (share `stuck_off`) or g_max (`stuck_on`)."""
    if device.stuck_off + device.stuck_on == 0:
        return g_uS
    draw = torch.empty_like(g_uS).uniform_(generator=generator)
    off, on = draw < device.stuck_off, draw >= 1 - device.stuck_on
    return torch.where(off, device.g_min_uS, torch.where(on, device.g_max_uS, g_uS))


NONIDEALITIES: dict[str, Callable[..., Tensor]] = {  # in the order in which they act on a cell
    "programming": programming,
    "ageing": ageing,
    "stuck_at": stuck_at,
    "read_noise": read_noise,
}
