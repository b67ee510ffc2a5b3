"""What crossbar layers compute with: chosen bits, rows and noise, and measured or learned full scales."""

from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn

Polarity = Literal["signed", "unipolar", "mixed"]


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """What a crossbar layer computes with.

    `weight_bits`, `dac_bits`, `adc_bits`: bits of a magnitude; a signed value has a sign besides. `rows`: rows of one
    array. `noise`: standard deviation of a device's programming, share of g_max - g_min. `noise_law`: replaces `noise`
    where the deviation depends on the level: sum of noise_law[i] * level^i, level and sum as shares of full scale.
    """

    polarity: Polarity
    weight_bits: int
    dac_bits: int
    adc_bits: int
    rows: int
    noise: float = 0.0
    noise_law: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """ValueError, one line, for an unknown polarity and for bits, rows, `noise` or `noise_law` out of range."""
        if self.polarity not in get_args(Polarity):
            raise ValueError(f"polarity '{self.polarity}' is not one of {', '.join(get_args(Polarity))}")
        for name in ("weight_bits", "dac_bits", "adc_bits", "rows"):
            if not _is_number(value := getattr(self, name)) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} is {value!r}; allowed are whole numbers from 1")
        if not _is_number(self.noise) or self.noise < 0:
            raise ValueError(f"noise is {self.noise!r}; allowed is one number from 0, or a noise_law of several")
        if not isinstance(self.noise_law, tuple) or not all(map(_is_number, self.noise_law)):
            raise ValueError(f"noise_law is {self.noise_law!r}; allowed is a tuple of finite numbers")

    @property
    def noise_polynomial(self) -> tuple[float, ...]:
        """The coefficients of the noise law. The law is a single term where the noise is the same at every level."""
        return self.noise_law or (self.noise,)


def _is_number(value: Any) -> bool:
    """Whether a value is a finite number. True and False are none, although they are integers in Python."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


class Scales(nn.Module):
    """Full scales of DAC (x_max), device (w_max) and ADC (i_max, in units of x_max * w_max), learned as logarithms.

    One triple belongs to one layer or to several. A state dict without full scales, such as that of a floating-point
    network, leaves them unchanged.
    """

    def __init__(self) -> None:
        super().__init__()
        self.log_x_max = nn.Parameter(torch.zeros(()))
        self.log_w_max = nn.Parameter(torch.zeros(()))
        self.log_i_max = nn.Parameter(torch.zeros(()))

    @property
    def x_max(self) -> Float[Tensor, ""]:
        return self.log_x_max.exp()

    @property
    def w_max(self) -> Float[Tensor, ""]:
        return self.log_w_max.exp()

    @property
    def current_max(self) -> Float[Tensor, ""]:
        """ADC full scale in the units of the weighted sums: x_max * w_max * i_max."""
        return (self.log_x_max + self.log_w_max + self.log_i_max).exp()

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        for name, value in self.named_parameters():
            state_dict.setdefault(prefix + name, value.detach())
        super()._load_from_state_dict(state_dict, prefix, *rest)
