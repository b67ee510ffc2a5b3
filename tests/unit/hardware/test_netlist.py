import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.files import read_rows
from xbar.hardware.arrays import array_named, conductance_rows
from xbar.hardware.cells import CellLaw, column_currents
from xbar.hardware.device import program
from xbar.hardware.mapping import map_weights
from xbar.hardware.netlist import netlist
from xbar.hardware.wires import exact_conductance
from xbar.tables import DEVICES, write_table

DEVICE = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0)


def har_array():
    """The first layer of a trained HAR network, unipolar 2-bit weights, as it stands on an array: 162 x 64 cells."""
    lines = (Path(__file__).parent / "har-2b-unipolar-layer0.txt").read_text().splitlines()
    codes = torch.tensor([list(map(int, line)) for line in lines if not line.startswith("#")], dtype=torch.float64)
    (array,) = map_weights(codes.T.contiguous() / 3, "unipolar", DEVICE, CrossbarSpec(rows=1152, columns=256))
    return array


def currents_by_ngspice(path):
    """Column currents, uA; the status is no help, it is 1 for want of plots."""
    done = subprocess.run(["ngspice", "-b", str(path)], capture_output=True, text=True)
    found = re.findall(r"^i\(vout(\d+)\)\s*=\s*(\S+)", done.stdout, re.MULTILINE)
    assert [int(column) for column, _ in found] == list(range(len(found)))
    return [1e6 * float(value) for _, value in found]


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed (Debian: ngspice)")
@pytest.mark.parametrize(("wire_ohm", "noise"), [(1.0, 0.04), (1.0, 0.0), (0.0, 0.04)])
def test_ngspice_finds_the_currents_of_the_exact_solver_in_a_mapped_array(tmp_path, wire_ohm, noise):
    """As mapped, and as a chip holds it after programming: relative error of every column current at most 1e-6.

    A corner of the array: ngspice's time grows with the square of the cells.
    """
    target = har_array().g_uS[:81, :24]
    g_uS = program(target, DEVICE, noise, generator=torch.Generator().manual_seed(2)).clamp_min(0)
    assert g_uS.shape == (81, 24) and g_uS.mean() > 1.0
    volts = 0.2 * torch.rand(81, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    (tmp_path / "array.cir").write_text(netlist(g_uS, volts, wire_ohm))
    wanted = volts @ (exact_conductance(g_uS, wire_ohm) if wire_ohm else g_uS)
    np.testing.assert_allclose(currents_by_ngspice(tmp_path / "array.cir"), wanted.numpy(), rtol=1e-6)


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed (Debian: ngspice)")
@pytest.mark.parametrize(("volts", "sinh_V", "wire_ohm"), [(0.5, 0.43, 5.0), (1.0, 0.1, 1.0), (0.2, 0.43, 0.0)])
def test_ngspice_finds_the_currents_of_arrays_of_cells_that_are_not_ohmic(tmp_path, volts, sinh_V, wire_ohm):
    """Relative error of every column current at most 1e-6; the cells are far from ohmic."""
    g_uS, law = har_array().g_uS[:40, :16] + 1, CellLaw(volts, sinh_V)
    drive = volts * torch.rand(40, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    (tmp_path / "array.cir").write_text(netlist(g_uS, drive, wire_ohm, law=law))
    found = column_currents(g_uS, drive[None], wire_ohm, law)[0].numpy()
    np.testing.assert_allclose(currents_by_ngspice(tmp_path / "array.cir"), found, rtol=1e-6)
    ohmic = column_currents(g_uS, drive[None], wire_ohm, CellLaw())[0].numpy()
    assert np.abs(found / ohmic - 1).min() > 0.01


def test_a_netlist_has_every_cell_and_every_segment_once():
    g_uS = torch.tensor([[10.0, 0.0, 5.0], [20.0, 25.0, 1.0]], dtype=torch.float64)
    lines = netlist(g_uS, torch.tensor([0.1, 0.2]), 2.0).splitlines()
    names = [line.split()[0] for line in lines if line[:2] in ("rg", "rr", "rc", "vi", "vo")]
    assert len(names) == len(set(names))
    kinds = [name[:2] for name in names]
    assert (kinds.count("rg"), kinds.count("rr"), kinds.count("rc")) == (5, 6, 6)
    assert "rg1_1 r1_1 c1_1 40000.0" in lines and "rc1_2 c1_2 out2 2.0" in lines and "rr0_0 in0 r0_0 2.0" in lines


@pytest.mark.parametrize(
    ("value", "volts", "wire_ohm", "message"),
    [
        (-1.0, 2, 1.0, "finite conductances"),
        (float("nan"), 2, 1.0, "finite conductances"),
        *((1.0, 2, ohm, rf"a finite wire_ohm >= 0 \(here {ohm}\)") for ohm in (-1.0, float("nan"), float("inf"))),
        (1.0, 3, 1.0, "3 voltages do not drive 2 rows"),
    ],
)
def test_what_is_no_circuit_is_refused(value, volts, wire_ohm, message):
    with pytest.raises(ValueError, match=message):
        netlist(torch.full((2, 2), value), torch.ones(volts), wire_ohm)


def test_the_table_of_devices_gives_the_matrix_back(tmp_path):
    share = torch.randint(0, 4, (5, 7), generator=torch.Generator().manual_seed(0)).double() / 3
    mapped = [map_weights(share, "unipolar", DEVICE, CrossbarSpec(rows=3, columns=2))]
    write_table(tmp_path / "c.csv", DEVICES, conductance_rows(mapped))
    rows = read_rows(tmp_path / "c.csv")
    assert len(rows) == share.numel()
    for row in rows:
        array = array_named(mapped, 0, int(row["array"]))
        output = array.tile.outputs.start + int(row["column"])
        assert float(row["g_uS"]) == float(25 * share[output, int(row["matrix_row"])])


def test_an_array_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="layer 0 has no array 7; the numbers of arrays are layer 0: 1"):
        array_named([[har_array()]], 0, 7)
