"""Images of another size: what they show, which networks take them, and that nothing of it stays."""

import pytest
import torch
from support import networks
from torch import nn

from xbar.config.networks import SizeSpec
from xbar.network.contexts import hooked
from xbar.network.inputs import normalisation_of
from xbar.training.folds import Examples
from xbar.training.sizes import pixels_in, resize, resized

LAYERS = [{"conv": 8, "kernel": 3, "pool": 2}, {"conv": 8, "kernel": 3, "pool": 2}, {"average": 1}, {"linear": 10}]
SIZES = [SizeSpec(epochs=2, pixels=4), SizeSpec(epochs=1, pixels=6)]


def test_sizes_follow_one_another_and_end_with_the_images_own():
    assert [pixels_in(epoch, SIZES) for epoch in range(5)] == [4, 4, 6, None, None]
    assert pixels_in(0, []) is None


def test_half_the_size_is_a_mean_with_the_weights_of_a_triangle():
    """Half the side: weights 1, 3, 3, 1 along each axis, but for the border."""
    images = torch.randn(3, 2, 12, 12, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    weights = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64) / 8
    windows = images[:, :, 1:-1, 1:-1].unfold(2, 4, 2).unfold(3, 4, 2)
    expected = torch.einsum("nchwij,i,j->nchw", windows, weights, weights)
    torch.testing.assert_close(resize(images, 6)[:, :, 1:-1, 1:-1], expected)
    constant = torch.full((1, 1, 12, 12), 0.7)
    torch.testing.assert_close(resize(constant, 5), torch.full((1, 1, 5, 5), 0.7))


@pytest.mark.parametrize("polarity", ["float", "signed"])
def test_layers_see_resized_normalised_images_and_only_within(splits, polarity):
    network = networks.start(networks.build(polarity, layers=LAYERS), splits[0].x).eval()
    inputs, before = splits[0].x[:5], networks.bytes_of(network)
    normalised, scores = normalisation_of(network)(inputs), network(inputs)
    seen = []
    layers = {str(number): layer for number, layer in enumerate(networks.layers_of(network))}
    with hooked(layers, lambda name, taken, made: seen.append(taken)), resized(network, 4):
        assert network(inputs).shape == (5, 10)
    torch.testing.assert_close(seen[0], resize(normalised, 4))
    assert [tuple(taken.shape[2:]) for taken in seen] == [(4, 4), (2, 2), ()]
    assert torch.equal(network(inputs), scores) and networks.bytes_of(network) == before
    assert not normalisation_of(network)._forward_hooks
    assert [part.kernel_size for part in network.modules() if isinstance(part, nn.AvgPool2d)] == [(2, 2)]
    with resized(network, 8):
        assert torch.equal(network(inputs), scores)


def test_an_error_within_leaves_the_network_as_it_was(splits):
    network = networks.start(networks.build("float", layers=LAYERS), splits[0].x).eval()
    scores = network(splits[0].x[:5])
    with pytest.raises(KeyError), resized(network, 4):
        raise KeyError
    assert torch.equal(network(splits[0].x[:5]), scores)


def test_a_training_begins_with_small_images_and_validates_on_whole_ones(splits, tmp_path):
    train = Examples(splits[0].x[:128], splits[0].y[:128])
    spec = networks.training_spec(epochs=4, sizes=[{"epochs": 2, "pixels": 4}])
    network = networks.start(networks.build("signed", layers=LAYERS), train.x)
    sides = []
    with hooked({"": networks.layers_of(network)[0]}, lambda name, taken, made: sides.append(taken.shape[-1])):
        networks.training_of(network, train, train, spec).run(tmp_path / "none.pt")
    assert sides == [4, 4, 8] * 2 + [8] * 6  # an epoch: two steps and a validation
