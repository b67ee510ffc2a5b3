from math import sinh

import numpy as np
import pytest
import torch
from scipy.optimize import brentq, fsolve

from xbar.hardware import cells
from xbar.hardware.cells import CellLaw, column_currents
from xbar.hardware.wires import exact_conductance

STRONG = CellLaw(0.5, 0.2)


def array(rows, columns):
    return torch.randint(0, 4, (rows, columns), generator=torch.Generator().manual_seed(rows)).double() * 25 / 3


def volts_of(rows, products=3, most=0.5):
    return most * torch.rand(products, rows, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def node_currents(nodes, g_uS, volts, wire_ohm, law):
    """What flows into every node of row wires and column wires, uA: zero at the solution. Written node by node."""
    rows, columns = g_uS.shape
    wire, (on_row, on_column) = 1e6 / wire_ohm, nodes.reshape(2, rows, columns)
    scale = law.read_voltage_V / sinh(law.read_voltage_V / law.sinh_V)
    into = np.zeros((2, rows, columns))
    for i in range(rows):
        for j in range(columns):
            before = on_row[i, j - 1] if j else volts[i]
            below = on_column[i + 1, j] if i + 1 < rows else 0.0
            cell = g_uS[i, j] * scale * np.sinh((on_row[i, j] - on_column[i, j]) / law.sinh_V)
            along_row, along_column = wire * (before - on_row[i, j]), wire * (on_column[i, j] - below)
            into[0, i, j] += along_row - cell
            into[1, i, j] += cell - along_column
            if j:
                into[0, i, j - 1] -= along_row
            if i + 1 < rows:
                into[1, i + 1, j] += along_column
    return into.ravel()


@pytest.mark.parametrize(("rows", "columns", "wire_ohm"), [(4, 3, 2000.0), (3, 5, 100.0)])
def test_arrays_are_solved_as_by_a_dense_solver_of_all_node_equations(rows, columns, wire_ohm):
    g_uS, volts = array(rows, columns), volts_of(rows, 1)
    found = column_currents(g_uS, volts, wire_ohm, STRONG, tolerance=1e-12)[0]
    start = np.concatenate([np.repeat(volts[0].numpy()[:, None], columns, 1).ravel(), np.zeros(rows * columns)])
    nodes = fsolve(node_currents, start, (g_uS.numpy(), volts[0].numpy(), wire_ohm, STRONG), xtol=1e-13)
    wanted = 1e6 / wire_ohm * nodes[-columns:]
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-8)
    ohmic = (volts @ exact_conductance(g_uS, wire_ohm))[0].numpy()
    assert np.abs(found.numpy() / ohmic - 1).max() > 0.05


def test_one_cell_stands_in_series_with_two_segments():
    found = float(column_currents(torch.tensor([[20.0]]), torch.tensor([[0.4]]), 5000.0, STRONG, tolerance=1e-12))
    unit = 20.0 * 0.5 / sinh(0.5 / 0.2)
    wanted = unit * sinh(brentq(lambda u: u + 0.01 * unit * sinh(u / 0.2) - 0.4, 0, 0.4, xtol=1e-15) / 0.2)
    assert found == pytest.approx(wanted, rel=1e-7)  # the voltages are as of float32


@pytest.mark.parametrize("law", [CellLaw(), CellLaw(0.5, 1e5)])
def test_ohmic_cells_carry_the_currents_of_the_linear_solver(law):
    g_uS, volts = array(20, 12), volts_of(20)
    wanted = volts @ exact_conductance(g_uS, 50.0)
    torch.testing.assert_close(column_currents(g_uS, volts, 50.0, law), wanted, rtol=1e-7, atol=0)


def test_wires_only_take_away_and_power_is_neither_made_nor_lost():
    """Drivers give what cells and segments turn into heat."""
    g_uS, volts, wire_ohm = array(9, 7), volts_of(9, 1), 300.0
    across = []

    class Watched(CellLaw):
        def ohmic_V(self, volts):
            across.append(volts.clone())
            return super().ohmic_V(volts)

    current = column_currents(g_uS, volts, wire_ohm, Watched(*STRONG), tolerance=1e-12)
    ideal = column_currents(g_uS, volts, 0.0, STRONG)
    assert (current < ideal).all() and (current > 0.3 * ideal).all()
    of_cells = g_uS * STRONG.ohmic_V(across[-1][0])
    on_rows, on_columns = of_cells.flip(1).cumsum(1), of_cells.cumsum(0)
    heat = (of_cells * across[-1][0]).sum() + wire_ohm * 1e-6 * (on_rows.square().sum() + on_columns.square().sum())
    assert float(heat) == pytest.approx(float((volts[0] * of_cells.sum(1)).sum()), rel=1e-9)


def test_a_cell_has_its_conductance_at_the_read_voltage():
    """And 3.6 % less at voltages near zero, for V0 of 0.43 V read at 0.2 V."""
    law = CellLaw(0.2, 0.43)
    near, at = law.ohmic_V(torch.tensor([1e-4, 0.2], dtype=torch.float64))
    assert float(at) == pytest.approx(0.2, rel=1e-12) and float(near) == pytest.approx(1e-4 / 1.0365, rel=1e-4)
    volts = torch.tensor(0.13, dtype=torch.float64)
    change = (law.ohmic_V(volts + 1e-5) - law.ohmic_V(volts - 1e-5)) / 2e-5
    assert float(change) == pytest.approx(float(law.slope(volts)), rel=1e-7)


def test_what_is_no_array_and_what_stays_unsolved_is_refused(monkeypatch):
    for ohm in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=rf"finite conductances >= 0 and a finite wire_ohm >= 0 \(here {ohm}\)"):
            column_currents(array(2, 2), volts_of(2), ohm, STRONG)
    with pytest.raises(ValueError, match=r"voltages of shape \(3, 4\) do not drive 2 rows"):
        column_currents(array(2, 2), volts_of(4), 1.0, STRONG)
    monkeypatch.setattr(cells, "NEWTON_STEPS", 1)
    with pytest.raises(ValueError, match="voltages of 2 x 2 cells are not found in 1 steps"):
        column_currents(array(2, 2), volts_of(2), 500.0, STRONG)
