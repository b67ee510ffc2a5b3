"""What follows from the description of a network alone."""

import pytest
from support import networks

from xbar.config.networks import SizeSpec
from xbar.config.polarity import SignSpec
from xbar.network.geometry import check_signs, check_sizes, sub_matrix_counts

COLUMNS = [4, 9, 1]
LAYERS = [{"conv": 8, "kernel": 3, "pool": 2}, {"conv": 8, "kernel": 3, "pool": 2}, {"average": 1}, {"linear": 10}]


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


@pytest.mark.parametrize(
    ("pixels", "layers", "shape", "told"),
    [
        (9, LAYERS, (1, 8, 8), "9 pixels a side; allowed are 1 to 8"),
        (4, LAYERS, (9, 1, 128), "sizes are for square images"),
        (4, [LAYERS[0], LAYERS[3]], (1, 8, 8), "4 x 4 pixels do not fit entry 1"),  # a linear layer takes the map
        (6, LAYERS, (1, 8, 8), "6 x 6 pixels do not fit entry 2"),  # 6, 3, 1: the map of the average is no 3/4 of 2
        (1, LAYERS, (1, 8, 8), "1 x 1 pixels do not fit entry 0"),  # one position is no kernel of 3 x 3
        (6, [LAYERS[0], {"average": 2}, LAYERS[3]], (1, 8, 8), "6 x 6 pixels do not fit entry 1"),  # no windows of 1.5
    ],
)
def test_sizes_that_make_other_layers_are_refused_in_one_line(pixels, layers, shape, told):
    sizes = [SizeSpec(epochs=1, pixels=pixels)]
    with pytest.raises(ValueError, match=told) as refused:
        check_sizes(sizes, networks.architecture_spec(layers=layers), shape)
    assert "\n" not in str(refused.value)
    check_sizes([SizeSpec(epochs=1, pixels=4)], networks.architecture_spec(layers=LAYERS), (1, 8, 8))
