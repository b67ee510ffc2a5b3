"""One array as a circuit for SPICE: cells, wires, drivers and virtual grounds."""

from collections.abc import Iterator
from math import inf

import torch
from jaxtyping import Float
from torch import Tensor

from xbar.hardware.cells import OHMIC, CellLaw


def netlist(
    g_uS: Float[Tensor, "rows columns"], voltages: Float[Tensor, " drivers"], wire_ohm: float, title: str = "array",
    law: CellLaw = OHMIC,
) -> str:  # fmt: skip
    """The operating point of an array, printed as i(vout<column>) in A. `hardware.wires` describes the geometry.

    `voltages` (V): vin<i> drives row i. Column j ends in the virtual ground vout<j>. `wire_ohm`: per segment; 0 leaves
    the wires out. Cells without conductance are left out. Cells that are not ohmic are current sources of their own
    voltage. ValueError for conductances, voltages or `wire_ohm` that are not finite, for a negative conductance or
    `wire_ohm`, and for another number of voltages than rows.
    """
    if not torch.isfinite(g_uS).all() or (g_uS < 0).any() or not 0 <= wire_ohm < inf:
        raise ValueError(f"a netlist needs finite conductances >= 0 and a finite wire_ohm >= 0 (here {wire_ohm})")
    if len(voltages) != g_uS.shape[0] or not torch.isfinite(voltages).all():
        raise ValueError(f"{len(voltages)} voltages do not drive {g_uS.shape[0]} rows; one finite voltage a row does")
    rows, columns = g_uS.shape
    lines = [f"* {title}", *_sources(voltages, columns), *_cells(g_uS, wire_ohm, law)]
    lines += _wires(rows, columns, wire_ohm) if wire_ohm else []
    prints = [f"print i(vout{column})" for column in range(columns)]
    return "\n".join([*lines, ".control", "set numdgt=15", "op", *prints, ".endc", ".end", ""])


def _sources(voltages: Tensor, columns: int) -> Iterator[str]:
    for row, volt in enumerate(voltages.tolist()):
        yield f"vin{row} in{row} 0 {volt!r}"
    for column in range(columns):
        yield f"vout{column} out{column} 0 0"


def _cells(g_uS: Tensor, wire_ohm: float, law: CellLaw) -> Iterator[str]:
    """Cells between the nodes of their row and column wires, or without wires between input and output."""
    for row, cells in enumerate(g_uS.tolist()):
        for column, cell_uS in enumerate(cells):
            ends = (f"r{row}_{column}", f"c{row}_{column}") if wire_ohm else (f"in{row}", f"out{column}")
            if cell_uS > 0 and law.sinh_V is None:
                yield f"rg{row}_{column} {ends[0]} {ends[1]} {1e6 / cell_uS!r}"
            elif cell_uS > 0:
                unit_A = cell_uS * 1e-6 * law.unit_V
                yield f"bg{row}_{column} {ends[0]} {ends[1]} i={unit_A!r}*sinh(v({ends[0]},{ends[1]})/{law.sinh_V!r})"


def _wires(rows: int, columns: int, wire_ohm: float) -> Iterator[str]:
    for row in range(rows):
        for column in range(columns):
            before = f"r{row}_{column - 1}" if column else f"in{row}"
            after = f"c{row + 1}_{column}" if row + 1 < rows else f"out{column}"
            yield f"rr{row}_{column} {before} r{row}_{column} {wire_ohm!r}"
            yield f"rc{row}_{column} c{row}_{column} {after} {wire_ohm!r}"
