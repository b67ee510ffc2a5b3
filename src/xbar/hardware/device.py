"""One non-volatile cell: the conductances of its levels and what programming makes of them."""

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from xbar.config.crossbars import DeviceSpec


def conductance(share: Float[Tensor, "*shape"], device: DeviceSpec) -> Float[Tensor, "*shape"]:
    """Target conductance (uS) of weights given as shares of full scale in [0, 1]; ValueError outside."""
    if not torch.isfinite(share).all():
        raise ValueError("weights hold NaN or infinity; devices take finite shares of full scale")
    if share.numel() and (share.min() < 0 or share.max() > 1):
        raise ValueError(
            f"weights from {float(share.min()):.3g} to {float(share.max()):.3g} do not fit one device; allowed are 0 to 1"
        )
    return device.g_min_uS + (device.g_max_uS - device.g_min_uS) * share


def program(
    g_uS: Float[Tensor, "*shape"], device: DeviceSpec, noise: float, *, generator: Generator
) -> Float[Tensor, "*shape"]:
    """Conductances (uS) after one programming: Gaussian, standard deviation `noise` * (g_max - g_min), every cell alike.

    The form used in noise-aware training, sigma = eta * W_max (Joshi et al., Nat. Commun. 11, 2473, 2020). It is
    not cut at zero: it stands for the error of the read-out signal, and the same law is used in training.
    """
    draw = torch.empty_like(g_uS).normal_(generator=generator)
    return g_uS + noise * (device.g_max_uS - device.g_min_uS) * draw
