"""Arrays are counted as a network is cut when it is mapped."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.circuits import design_from, layers_from

from xbar.circuit.footprint import footprint
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.hardware.mapping import map_weights
from xbar.hardware.tiling import tiles
from xbar.mappings import MAPPINGS


@given(
    st.sampled_from(sorted(MAPPINGS)), st.tuples(st.integers(1, 90), st.integers(1, 40), st.sampled_from([1, 4, 9])),
    st.integers(9, 64), st.integers(3, 64),
)  # fmt: skip
def test_blocks_and_columns_are_those_of_the_tiles(mapping, shape, rows, columns):
    outputs, channels, area = shape
    design = design_from(mapping, crossbar=CrossbarSpec(rows=rows, columns=columns))
    layers = replace(layers_from((channels * area, outputs, 1)), kernel_area=np.array([float(area)]))
    found, rules = footprint(layers, design), design.rules
    cut = tiles(shape, rows, columns, columns_per_output=rules.columns_per_output, spare=rules.reference_columns)
    held = [(tile.outputs.stop - tile.outputs.start) * rules.columns_per_output for tile in cut]
    assert found.row_blocks * found.column_blocks == len(cut)
    assert found.columns == sum(width + rules.reference_columns for width in held) * rules.crossbars


@pytest.mark.parametrize("mapping", sorted(MAPPINGS))
def test_summed_conductance_is_that_of_the_arrays_that_hold_the_weights(mapping):
    """Weights whose mean is zero where they have both signs, as the price of an offset column assumes."""
    crossbar = CrossbarSpec(rows=16, columns=24)
    share = torch.rand(5, 30, generator=torch.Generator().manual_seed(1))
    share = torch.cat([share, share if mapping == "unipolar" else -share])
    device = DeviceSpec(g_min_uS=1.0, g_max_uS=20.0, programming_noise=0.0)
    design = design_from(mapping, crossbar=crossbar, on_off_ratio=20.0, g_max_uS=20.0)
    found = footprint(layers_from((30, 10, 1), weight_mean=float(share.abs().mean())), design)
    cells = sum(float(array.g_uS.sum()) for array in map_weights(share, mapping, device, crossbar))
    assert float(found.conductance_uS.sum()) == pytest.approx(cells, rel=1e-6)
