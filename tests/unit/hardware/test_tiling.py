"""Cutting a matrix into arrays: every weight once, whole kernels only, nothing larger than an array."""

from math import prod

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xbar.hardware.tiling import Tile, channels_per_tile, tiles

KERNELS = st.sampled_from([(), (1, 1), (3, 3), (1, 5), (5, 5)])
SIZES = st.integers(1, 40)


@given(SIZES, SIZES, KERNELS, st.integers(1, 60), st.integers(1, 20), st.integers(1, 2), st.integers(0, 1))
def test_every_weight_lies_in_exactly_one_array(outputs, channels, kernel, rows, columns, per_output, spare):
    area = prod(kernel)
    assume(area <= rows and columns - spare >= per_output)
    found = tiles((outputs, channels, *kernel), rows, columns, columns_per_output=per_output, spare=spare)
    held = np.zeros((channels * area, outputs), dtype=int)
    for tile in found:
        held[tile.rows, tile.outputs] += 1
        height, width = tile.rows.stop - tile.rows.start, tile.outputs.stop - tile.outputs.start
        assert 0 < height <= rows and height % area == 0 and tile.rows.start % area == 0
        assert 0 < width * per_output + spare <= columns
    assert (held == 1).all()


@given(SIZES, SIZES, KERNELS, st.integers(25, 60), st.integers(3, 20), st.integers(1, 2), st.integers(0, 1))
def test_filling_arrays_one_channel_and_one_output_at_a_time(
    outputs, channels, kernel, rows, columns, per_output, spare
):
    """The same arrays by filling each until the next kernel, or the next output, has no room."""
    area = prod(kernel)
    blocks = {"rows": [[0, 0]], "outputs": [[0, 0]]}
    for _ in range(channels):
        if blocks["rows"][-1][1] - blocks["rows"][-1][0] + area > rows:
            blocks["rows"].append([blocks["rows"][-1][1]] * 2)
        blocks["rows"][-1][1] += area
    for _ in range(outputs):
        start, stop = blocks["outputs"][-1]
        if (stop - start + 1) * per_output + spare > columns:
            blocks["outputs"].append([stop, stop])
        blocks["outputs"][-1][1] += 1
    expected = [
        Tile(i, j, slice(*block), slice(*other))
        for i, block in enumerate(blocks["rows"])
        for j, other in enumerate(blocks["outputs"])
    ]
    assert tiles((outputs, channels, *kernel), rows, columns, columns_per_output=per_output, spare=spare) == expected


def test_a_layer_by_hand():
    """Five channels of 3 x 3 on 20 rows: 18, 18 and 9 rows; three outputs in pairs of columns on 5 columns: 2 and 1."""
    found = tiles((3, 5, 3, 3), 20, 5, columns_per_output=2, spare=1)
    assert channels_per_tile((3, 5, 3, 3), 20) == 2
    assert [(t.row_block, t.column_block, t.rows, t.outputs) for t in found] == [
        (0, 0, slice(0, 18), slice(0, 2)), (0, 1, slice(0, 18), slice(2, 3)),
        (1, 0, slice(18, 36), slice(0, 2)), (1, 1, slice(18, 36), slice(2, 3)),
        (2, 0, slice(36, 45), slice(0, 2)), (2, 1, slice(36, 45), slice(2, 3)),
    ]  # fmt: skip


def test_what_does_not_fit_is_refused_in_one_line():
    with pytest.raises(ValueError, match="a kernel of 9 positions does not fit into arrays of 8 rows"):
        tiles((1, 1, 3, 3), 8, 100)
    with pytest.raises(ValueError, match="arrays of 2 columns cannot hold one output of 3 columns"):
        tiles((1, 1), 8, 2, columns_per_output=2, spare=1)
    assert len(tiles((1, 1), 8, 3, columns_per_output=2, spare=1)) == 1
