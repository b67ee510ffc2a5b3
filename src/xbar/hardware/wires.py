"""Resistance of the wires of an array: the resistive network solved exactly, and a fast approximation of it.

Rows are driven at their left end, and columns end in a virtual ground below the last row. `wire_ohm` is the resistance
of one segment of either wire. The first cell of a row and the last cell of a column have such a segment too, to the
driver and to the ground. badcrossbar has the same geometry. The network is linear and therefore one matrix of effective
conductances, the current of column j per volt on row i.
"""

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import coo_matrix, csc_matrix
from scipy.sparse.linalg import SuperLU, splu
from torch import Tensor

from xbar.hardware.mapping import Array

KINDS = ("mean", "max")
UNIT = 1e-6  # uS * ohm


def effective_conductance(g_uS: Float[Tensor, "rows columns"], wire_ohm: float) -> Float[Tensor, "rows columns"]:
    """Effective conductances (uS), approximated: the ladder of each row and of each column is solved alone.

    Each ladder is exact with the other wires at their ideal voltage. The approximation neglects how drops along rows
    change those along columns. Loops run over rows and columns, vectorised over the other axis. ValueError for a
    `wire_ohm` that is negative or not finite, and for conductances that are not finite.
    """
    if not 0 <= wire_ohm < inf or not torch.isfinite(g_uS).all():
        raise ValueError(f"wires need a finite wire_ohm >= 0 (here {wire_ohm}) and finite conductances")
    if wire_ohm == 0:
        return g_uS
    load = g_uS * (wire_ohm * UNIT)
    return g_uS * _ladder(load) * _ladder(load.flip(0).T).T.flip(0)


def _ladder(load: Float[Tensor, "wires cells"]) -> Float[Tensor, "wires cells"]:
    """Voltage (V) at every cell of wires with 1 V at their first end. `load`: conductance of a cell * `wire_ohm`."""
    beyond = torch.zeros_like(load)  # conductance of a cell and all behind it, in units of a segment
    for cell in reversed(range(load.shape[1])):
        after = beyond[:, cell + 1] if cell + 1 < load.shape[1] else torch.zeros_like(load[:, 0])
        beyond[:, cell] = load[:, cell] + after / (1 + after)
    return torch.cumprod(1 / (1 + beyond), 1)


def exact_conductance(g_uS: Float[Tensor, "rows columns"], wire_ohm: float) -> Float[Tensor, "rows columns"]:
    """Effective conductances (uS, float64) by sparse nodal analysis with a direct solver.

    The network is reciprocal. With 1 V at the end of column j and the drivers as grounds, the rows carry column j of
    the matrix. 100 x 100 cells take seconds, and the fill-in grows faster than the array. ValueError for wire_ohm <= 0
    and for conductances that are negative or not finite.
    """
    (rows, columns), (solver, wire_uS) = g_uS.shape, _solver(g_uS, wire_ohm)
    effective = np.empty((rows, columns))
    for column in range(columns):
        drive = np.zeros(2 * rows * columns)
        drive[column - columns] = wire_uS
        effective[:, column] = wire_uS * solver.solve(drive)[: rows * columns : columns]
    return torch.from_numpy(effective)


def conductance_behind(
    g_uS: Float[Tensor, "rows columns"], wire_ohm: float, solver: str
) -> Float[Tensor, "rows columns"]:
    """Effective conductances (uS) by the solver named, fast or exact.

    A negative conductance stands for an error of the read-out. The exact solver adds it unchanged.
    """
    if solver == "fast" or wire_ohm == 0:
        return effective_conductance(g_uS, wire_ohm)
    return exact_conductance(g_uS.clamp_min(0), wire_ohm) + g_uS.clamp_max(0)


def exact_currents(g_uS: Float[Tensor, "rows columns"], wire_ohm: float) -> Float[Tensor, " columns"]:
    """Currents of the columns (uA, float64) with 1 V on every row: the sums over rows of `exact_conductance`.

    The network is solved once and not once for each column. ValueError as in `exact_conductance`.
    """
    (rows, columns), (solver, wire_uS) = g_uS.shape, _solver(g_uS, wire_ohm)
    drive = np.zeros(2 * rows * columns)
    drive[: rows * columns : columns] = wire_uS
    return torch.from_numpy(wire_uS * solver.solve(drive)[-columns:])


def _solver(g_uS: Float[Tensor, "rows columns"], wire_ohm: float) -> tuple[SuperLU, float]:
    """The solver of the network for any drive, and the conductance (uS) of a segment."""
    if not 0 < wire_ohm < inf or not g_uS.numel() or not torch.isfinite(g_uS).all() or (g_uS < 0).any():
        raise ValueError(
            f"the exact solver needs wire_ohm > 0 (here {wire_ohm}) and finite conductances >= 0 of some cells"
        )
    wire_uS = 1 / (wire_ohm * UNIT)
    return splu(_nodal_matrix(g_uS.double().numpy(), wire_uS)), wire_uS


def approximation_errors(mapped: list[list[Array]], wire_ohm: list[float]) -> Iterator[dict[str, Any]]:
    """Rows of `xbar.tables.WIRES`: every array of a network with equal voltages on all rows, at each resistance.

    Each measure is given as mean and largest over the columns that carry current. `loss`: share of the current without
    wires that the exact solution loses. `error`: deviation of the approximate current, share of the exact one. 576 x
    256 cells take two seconds.
    """
    for layer, arrays in enumerate(mapped):
        for index, (_, g_uS, _) in enumerate(arrays):
            for ohm in wire_ohm:
                currents = g_uS.sum(0), exact_currents(g_uS, ohm), effective_conductance(g_uS, ohm).sum(0)
                ideal, exact, fast = (found[g_uS.sum(0) > 0] for found in currents)
                shares = {"loss": 1 - exact / ideal, "error": (fast - exact).abs() / exact}
                size = dict(zip(("rows", "columns"), g_uS.shape, strict=True))
                found = {f"{name}_{kind}": _share(values, kind) for name, values in shares.items() for kind in KINDS}
                yield {"layer": layer, "array": index, **size, "wire_ohm": ohm, **found}


def _share(values: Tensor, kind: str) -> float:
    """Mean or largest value of the columns, six digits; zero where no column carries current."""
    return float(f"{float(getattr(values, kind)()):.6g}") if len(values) else 0.0


def _nodal_matrix(g_uS: np.ndarray, wire_uS: float) -> csc_matrix:
    """Conductance matrix (uS) of the nodes on row wires, then of those on column wires, both row by row."""
    rows, columns = g_uS.shape
    on_row = np.arange(rows * columns).reshape(rows, columns)
    on_column = on_row + rows * columns
    wire = [(on_row[:, :-1], on_row[:, 1:]), (on_column[:-1], on_column[1:])]
    links = [(a.ravel(), b.ravel(), np.full(a.size, wire_uS)) for a, b in wire]
    links.append((on_row.ravel(), on_column.ravel(), g_uS.ravel()))
    first, second, value = (np.concatenate(part) for part in zip(*links, strict=True))
    ends = np.concatenate([on_row[:, 0], on_column[-1]])  # to the drivers and to the grounds
    i = np.concatenate([first, second, first, second, ends])
    j = np.concatenate([first, second, second, first, ends])
    values = np.concatenate([value, value, -value, -value, np.full(ends.size, wire_uS)])
    return coo_matrix((values, (i, j)), shape=(2 * rows * columns,) * 2).tocsc()
