"""Arrays are counted as a network is cut when it is mapped."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.circuits import design_from, layers_from

from xbar.circuit.footprint import footprint
from xbar.config.crossbars import CrossbarSpec
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
