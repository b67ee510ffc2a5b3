import warnings

import numpy as np
import pytest
import torch

from xbar.hardware.mapping import Array
from xbar.hardware.tiling import Tile
from xbar.hardware.wires import (
    approximation_errors,
    conductance_behind,
    effective_conductance,
    exact_conductance,
    exact_currents,
)


def array(rows, columns, seed=0):
    return torch.randint(0, 4, (rows, columns), generator=torch.Generator().manual_seed(seed)).double() * 25 / 3


def dense_currents(g_uS, volts, wire_ohm):
    """Column currents by nodal analysis, written down node by node: dense numpy, one branch after the other."""
    rows, columns = g_uS.shape
    wire, count = 1e6 / wire_ohm, rows * columns
    matrix, drive = np.zeros((2 * count, 2 * count)), np.zeros(2 * count)
    for i in range(rows):
        for j in range(columns):
            on_row, on_column = i * columns + j, count + i * columns + j
            branches = [(on_row, on_column, g_uS[i, j])]
            branches += [(on_row, on_row + 1, wire)] if j + 1 < columns else []
            branches += [(on_column, on_column + columns, wire)] if i + 1 < rows else []
            for a, b, g in branches:
                matrix[[a, b], [a, b]] += g
                matrix[[a, b], [b, a]] -= g
        matrix[i * columns, i * columns] += wire
        drive[i * columns] = wire * volts[i]
    for j in range(columns):
        end = count + (rows - 1) * columns + j
        matrix[end, end] += wire
    return wire * np.linalg.solve(matrix, drive)[-columns:]


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 6), (6, 1), (7, 5), (12, 9)])
@pytest.mark.parametrize("wire_ohm", [0.5, 20.0, 5000.0])
def test_the_exact_solver_is_the_dense_nodal_solution(rows, columns, wire_ohm):
    g_uS, volts = array(rows, columns, rows), torch.linspace(0.2, -0.1, rows, dtype=torch.float64)
    found = (volts @ exact_conductance(g_uS, wire_ohm)).numpy()
    np.testing.assert_allclose(found, dense_currents(g_uS.numpy(), volts.numpy(), wire_ohm), rtol=1e-10, atol=1e-12)
    alike = exact_conductance(g_uS, wire_ohm).sum(0)
    torch.testing.assert_close(exact_currents(g_uS, wire_ohm), alike, rtol=1e-10, atol=1e-12)


def test_one_cell_stands_in_series_with_two_segments():
    g_uS = torch.tensor([[20.0]])
    wanted = 1e6 / (1e6 / 20 + 2 * 300)
    assert float(exact_conductance(g_uS, 300.0)) == pytest.approx(wanted, rel=1e-12)
    assert float(effective_conductance(g_uS, 300.0)) == pytest.approx(wanted, rel=1e-3)


def test_wires_without_resistance_change_nothing_and_others_only_take_away():
    g_uS = array(20, 10)
    assert torch.equal(effective_conductance(g_uS, 0.0), g_uS)
    for solved in (effective_conductance(g_uS, 3.0), exact_conductance(g_uS, 3.0)):
        assert (solved.sum(0) < g_uS.sum(0)).all() and (solved.sum(1) < g_uS.sum(1)).all()
        assert (solved >= 0).all()
    nearer_the_driver, farther = effective_conductance(torch.full((4, 50), 10.0), 20.0)[3, [0, 49]]
    assert farther < nearer_the_driver < 10


def test_a_single_row_of_cells_is_solved_exactly_by_its_ladder():
    g_uS = array(1, 30) + 1
    row = effective_conductance(g_uS, 40.0)
    exact = exact_conductance(g_uS, 40.0)
    torch.testing.assert_close(row, exact, rtol=2e-3, atol=0)  # the segment below each cell acts on its neighbours


@pytest.mark.parametrize(("rows", "columns", "wire_ohm", "most"), [(64, 64, 1.0, 1e-3), (110, 64, 1.0, 5e-3)])
def test_the_approximation_keeps_its_stated_error(rows, columns, wire_ohm, most):
    g_uS = array(rows, columns)
    volts = torch.rand(rows, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    ideal, exact = volts @ g_uS, volts @ exact_conductance(g_uS, wire_ohm)
    error = ((volts @ effective_conductance(g_uS, wire_ohm) - exact) / exact).abs().max()
    assert float(error) < most < 0.2 * float((1 - exact / ideal).max())


def test_the_error_of_the_approximation_is_told_for_every_array():
    """By hand from the dense solution; a column without cells counts nowhere."""
    g_uS = array(14, 9)
    g_uS[:, 4] = 0
    mapped = [
        [Array(Tile(0, 0, slice(0, 14), slice(0, 9)), g_uS)],
        [Array(Tile(0, 0, slice(0, 2), slice(0, 1)), 0 * g_uS[:2, :1])],
    ]
    first, second, silent, _ = approximation_errors(mapped, [20.0, 300.0])
    assert (first["rows"], first["columns"], second["layer"], silent["layer"]) == (14, 9, 0, 1)
    for row in (first, second):
        exact = np.delete(dense_currents(g_uS.numpy(), np.ones(14), row["wire_ohm"]), 4)
        ideal, fast = (np.delete(g.sum(0).numpy(), 4) for g in (g_uS, effective_conductance(g_uS, row["wire_ohm"])))
        error = np.abs(fast - exact) / exact
        wanted = [(1 - exact / ideal).mean(), (1 - exact / ideal).max(), error.mean(), error.max()]
        found = [row[name] for name in ("loss_mean", "loss_max", "error_mean", "error_max")]
        np.testing.assert_allclose(found, wanted, rtol=1e-5)
    assert second["error_max"] > first["error_max"] > 0 and silent["loss_max"] == 0


@pytest.mark.parametrize(("value", "wire_ohm"), [(-1.0, 1.0), (float("nan"), 1.0), (1.0, 0.0)])
def test_what_is_no_network_is_refused(value, wire_ohm):
    with pytest.raises(ValueError, match="exact solver needs"):
        exact_conductance(torch.full((2, 2), value), wire_ohm)


def test_conductances_behind_wires_are_those_of_the_solver_named():
    """A negative conductance, an error of the read-out, stays as it is in the exact solution."""
    g_uS = array(5, 4) + 1
    assert torch.equal(conductance_behind(g_uS, 9.0, "fast"), effective_conductance(g_uS, 9.0))
    assert torch.equal(conductance_behind(g_uS, 9.0, "exact"), exact_conductance(g_uS, 9.0))
    g_uS[2, 1] = -0.5
    without = exact_conductance(g_uS.clamp_min(0), 9.0)
    without[2, 1] -= 0.5
    assert torch.equal(conductance_behind(g_uS, 9.0, "exact"), without)


@pytest.mark.parametrize("ohm", [-1.0, float("nan"), float("inf")])
def test_what_is_no_resistance_is_refused(ohm):
    with pytest.raises(ValueError, match=rf"a finite wire_ohm >= 0 \(here {ohm}\)"):
        effective_conductance(array(2, 2), ohm)


@pytest.mark.filterwarnings(
    "ignore::UserWarning", "ignore::DeprecationWarning", "ignore::SyntaxWarning", "ignore::ImportWarning"
)
@pytest.mark.parametrize(("rows", "columns", "wire_ohm"), [(8, 6, 7.0), (40, 24, 1.0), (24, 40, 0.1)])
def test_currents_agree_with_badcrossbar(rows, columns, wire_ohm):
    """Relative error of every column current at most 1e-8."""
    with warnings.catch_warnings(record=True):  # it sees to it that the lack of pycairo, for its plots, is told
        badcrossbar = pytest.importorskip("badcrossbar", reason="badcrossbar is not installed")
    g_uS, volts = array(rows, columns) + 0.5, torch.linspace(0.1, 0.3, rows, dtype=torch.float64)
    theirs = badcrossbar.compute(volts[:, None].numpy(), 1e6 / g_uS.numpy(), r_i=wire_ohm).currents.output
    found = (volts @ exact_conductance(g_uS, wire_ohm)).numpy() * 1e-6
    np.testing.assert_allclose(found, np.ravel(theirs), rtol=1e-8)
