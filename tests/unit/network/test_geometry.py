"""What follows from the description of a network alone."""

import pytest

from xbar.config.polarity import SignSpec
from xbar.network.geometry import check_signs, sub_matrix_counts

COLUMNS = [4, 9, 1]


@pytest.mark.parametrize(
    ("group", "counts"),
    [("network", [1]), ("layer", [1, 1, 1]), (1, [4, 9, 1]), (3, [2, 3, 1]), (4, [1, 3, 1]), (9, [1, 1, 1])],
)
def test_listed_signs_are_as_many_as_the_network_has_sub_matrices(group, counts):
    texts = ["+" * count for count in counts]
    assert sub_matrix_counts(group, COLUMNS) == counts
    check_signs("here", SignSpec(group=group, assignment=texts), COLUMNS)
    with pytest.raises(ValueError, match=r"here\.signs.assignment: .* signs per layer"):
        check_signs("here", SignSpec(group=group, assignment=[*texts[:-1], texts[-1] + "-"]), COLUMNS)
