"""Cells with a non-linear current, and arrays of them solved exactly.

The current of a cell is g * V_read * sinh(V / V0) / sinh(V_read / V0). Its conductance g is the one at the read
voltage, where it is programmed. I ~ sinh(V / V0) is the law of the compact model of Garcia-Redondo and Lopez-Vallejo,
Nanotechnology 29, 405203 (2018), for 40 nm RRAM, V0 = 0.43 V. Arrays have the geometry of `hardware.wires`.
"""

from collections.abc import Callable
from math import inf, sinh
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from xbar.hardware.wires import UNIT

AT_ONCE = 1 << 17  # cells that are solved together, as many as fit into the processor's cache
NEWTON_STEPS, GRADIENT_STEPS = 40, 200
GAIN = 1e-2  # share of the residual that conjugate gradients may leave in one step of Newton's method


class CellLaw(NamedTuple):
    """The current of cells by their voltage. `sinh_V`: V0 in V; None for ohmic cells, where any read voltage does."""

    read_voltage_V: float = 1.0
    sinh_V: float | None = None

    def ohmic_V(self, volts: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The voltage (V) at which an ohmic cell of the same conductance would carry the same current."""
        if self.sinh_V is None:
            return volts
        return torch.sinh(volts / self.sinh_V) * self.unit_V

    def slope(self, volts: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Differential conductance of a cell, relative to its conductance."""
        if self.sinh_V is None:
            return torch.ones_like(volts)
        return torch.cosh(volts / self.sinh_V) * (self.unit_V / self.sinh_V)

    @property
    def unit_V(self) -> float:
        """V_read / sinh(V_read / V0) in V: `ohmic_V` is this factor times sinh(V / V0)."""
        assert self.sinh_V is not None
        return self.read_voltage_V / sinh(self.read_voltage_V / self.sinh_V)


OHMIC = CellLaw()


def column_currents(
    g_uS: Float[Tensor, "rows columns"], volts: Float[Tensor, "products drivers"], wire_ohm: float, law: CellLaw, *,
    tolerance: float = 1e-9,
) -> Float[Tensor, "products columns"]:  # fmt: skip
    """Currents of the columns (uA) for each set of row voltages (V), behind wires of `wire_ohm` per segment.

    Newton's method solves the nodal equations. The wires are linear, so that sums of the cells' currents along them
    give every node voltage. The unknowns are therefore the voltages of the cells. Each step solves a symmetric linear
    system by conjugate gradients. `tolerance`: of the voltages, relative to the largest on the rows. ValueError for
    conductances, voltages or `wire_ohm` that are not finite, for a negative conductance or `wire_ohm`, for another
    number of voltages than rows, and where Newton's method does not converge.
    """
    if not 0 <= wire_ohm < inf or not torch.isfinite(g_uS).all() or (g_uS < 0).any():
        told = "non-linear arrays need finite conductances >= 0 and a finite wire_ohm >= 0"
        raise ValueError(f"{told} (here {wire_ohm})")
    if volts.shape[1:] != g_uS.shape[:1] or not torch.isfinite(volts).all():
        raise ValueError(f"voltages of shape {tuple(volts.shape)} do not drive {g_uS.shape[0]} rows; all are finite")
    g_uS, volts = g_uS.double(), volts.double()
    if wire_ohm == 0:
        return law.ohmic_V(volts) @ g_uS
    size = max(1, AT_ONCE // max(1, g_uS.numel()))
    return torch.cat([_solved(g_uS, part, wire_ohm, law, tolerance) for part in volts.split(size)])


def _solved(g_uS: Tensor, volts: Tensor, wire_ohm: float, law: CellLaw, tolerance: float) -> Tensor:
    """The voltages of all cells by Newton's method, and from them the currents of the columns."""
    driven = volts[:, :, None]
    low, high = driven.amin((1, 2), keepdim=True).clamp_max(0), driven.amax((1, 2), keepdim=True).clamp_min(0)
    largest = float((high - low).max())
    across = driven.expand(-1, -1, g_uS.shape[1]).clone()  # without drops along wires
    for _ in range(NEWTON_STEPS):
        current_uA = g_uS * law.ohmic_V(across)
        excess = across + _drop(current_uA, wire_ohm) - driven
        if float(excess.abs().max()) <= tolerance * largest:
            return current_uA.sum(1)
        root = (g_uS * law.slope(across)).sqrt_()

        def symmetric(z: Tensor, root: Tensor = root) -> Tensor:
            return z + root * _drop(root * z, wire_ohm)

        z = _conjugate_gradients(symmetric, -root * excess)
        across -= excess + _drop(root * z, wire_ohm)
        across = torch.minimum(torch.maximum(across, low - high), high - low)  # no node is beyond the drivers
    told = f"the voltages of {g_uS.shape[0]} x {g_uS.shape[1]} cells are not found in {NEWTON_STEPS} steps"
    raise ValueError(f"{told}; try less than wire_ohm {wire_ohm:g}")


def _drop(current_uA: Float[Tensor, "products rows columns"], wire_ohm: float) -> Tensor:
    """Voltage (V) that the wires take from every cell when the cells carry these currents.

    A segment of a row carries the currents of all cells behind it, a segment of a column those of all cells before it.
    """
    along_row = _sum_from(current_uA, 2).cumsum(2)
    along_column = _sum_from(current_uA.cumsum(1), 1)
    return (along_row + along_column) * (wire_ohm * UNIT)


def _sum_from(values: Tensor, axis: int) -> Tensor:
    """For each value, the sum of it and of all values behind it."""
    return values.sum(axis, keepdim=True) - values.cumsum(axis) + values


def _conjugate_gradients(matrix: Callable[[Tensor], Tensor], wanted: Tensor) -> Tensor:
    """z with matrix(z) = wanted for each product, up to a residual of the share GAIN. `matrix`: positive definite."""
    z, rest, way = torch.zeros_like(wanted), wanted.clone(), wanted.clone()
    before = first = rest.square().sum((1, 2), keepdim=True)
    for _ in range(GRADIENT_STEPS):
        if bool((before <= GAIN**2 * first).all()):
            break
        there = matrix(way)
        step = before / (way * there).sum((1, 2), keepdim=True).clamp_min(torch.finfo(z.dtype).tiny)
        z += step * way
        rest -= step * there
        after = rest.square().sum((1, 2), keepdim=True)
        way = rest + after / before.clamp_min(torch.finfo(z.dtype).tiny) * way
        before = after
    return z
