"""Matrices in shared arrays, cell by cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbar.circuit.packing import Place, pack

SIZES = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 9)), min_size=1, max_size=20)


@given(SIZES)
def test_no_two_matrices_share_a_cell(sizes):
    places = pack(sizes, 12, 9)
    cells = np.zeros((len(sizes), 12, 9), dtype=int)
    for (height, width), (array, row, column) in zip(sizes, places, strict=True):
        assert row + height <= 12 and column + width <= 9
        cells[array, row : row + height, column : column + width] += 1
    assert cells.max() == 1
    assert cells.sum() == sum(height * width for height, width in sizes)
    used = cells.reshape(len(sizes), -1).any(1)
    assert used[: used.sum()].all()  # arrays are numbered without gaps


@given(SIZES)
def test_shared_arrays_are_never_more_than_separate_ones(sizes):
    assert 1 + max(place.array for place in pack(sizes, 12, 9)) <= len(sizes)


def test_places_counted_by_hand():
    """Shelf of 6 rows: 4 and 5 columns; then a shelf of 3 rows in what is left of the array, then a new array."""
    assert pack([(3, 8), (6, 4), (4, 7), (5, 5)], 10, 9) == [
        Place(1, 0, 0),
        Place(0, 0, 0),
        Place(0, 6, 0),
        Place(0, 0, 4),
    ]


@pytest.mark.parametrize("size", [(11, 1), (1, 10), (0, 3)])
def test_a_matrix_without_a_place(size):
    with pytest.raises(ValueError, match=r"a matrix of \d+ x \d+ has no place in an array of 10 x 9"):
        pack([size], 10, 9)
