"""MLPerf Tiny's networks: weights and products as published or counted by hand, layers of the sizes of their tables."""

from itertools import pairwise

import pytest
import torch
from support import networks
from torch.nn import functional

from xbar.chips.mapped import map_network
from xbar.config.crossbars import CrossbarSpec
from xbar.network.own import prepare_trained
from xbar.network.products import crossbar_sizes, digital_products
from xbar.tiny.cost import counts
from xbar.tiny.networks import TINY, resnet_8, same_padding

# Weights and products by hand from mlcommons/tiny's keras_model.py and vww_model.py. The 12,501,632 of ResNet-8 stand
# in a log of a third party, too; parameters with those of batch-norm are what Keras says of the file of its weights.
COUNTS = {  # weights, products, and those of the depthwise layers alone
    "resnet-8": (77_360, 12_501_632, 0, 0),
    "ds-cnn": (22_016, 2_656_768, 2_304, 288_000),
    "mobilenet": (208_112, 7_489_664, 11_160, 798_336),
    "autoencoder": (264_192, 264_192, 0, 0),
}
REPLACED = {"ds-cnn": (150_784, 18_752_768), "mobilenet": (1_766_744, 56_236_544)}
OUTPUTS = {"resnet-8": 10, "ds-cnn": 12, "mobilenet": 2, "autoencoder": 640}
RESNET_8 = [  # rows, columns, products of each layer
    (27, 16, 1024), (144, 16, 1024), (144, 16, 1024),
    (144, 32, 256), (288, 32, 256), (16, 32, 256),
    (288, 64, 64), (576, 64, 64), (32, 64, 64),
    (64, 10, 1),
]  # fmt: skip


@torch.no_grad()
@pytest.mark.parametrize("name", TINY)
def test_counts_are_those_of_the_published_networks(name):
    weights, products, _, _ = COUNTS[name]
    network, inputs = TINY[name].make().eval(), torch.rand(2, *TINY[name].shape)
    assert counts(network, inputs) == (weights, products)
    assert network(inputs).shape == (2, OUTPUTS[name])
    if name in REPLACED:
        assert counts(TINY[name].make(replaced=True).eval(), inputs) == REPLACED[name]


def test_products_follow_from_the_kernels_alone():
    """ResNet-8: the sum over its layers of rows, columns and positions; DS-CNN without depthwise: four full layers."""
    assert sum(rows * columns * products for rows, columns, products in RESNET_8) == COUNTS["resnet-8"][1]
    assert REPLACED["ds-cnn"][1] == 125 * (10 * 4 * 64 + 4 * 9 * 64 * 64) + 64 * 12
    width = [8, 16, 32, 32, 64, 64, *[128] * 6, 256, 256]
    assert REPLACED["mobilenet"][0] == 27 * 8 + 9 * sum(a * b for a, b in pairwise(width)) + 512


def test_resnet_8_has_the_parameters_that_keras_counts():
    """78,666: with biases, and four numbers a channel of every batch-norm."""
    held = {name: value.numel() for name, value in resnet_8().state_dict().items() if "num_batches" not in name}
    assert sum(held.values()) == 78_666


@torch.no_grad()
@pytest.mark.parametrize("name", ["resnet-8", "ds-cnn"])
def test_layers_on_arrays_have_these_sizes(name, caplog):
    """Inputs of no negative value: no row is doubled. Depthwise layers are digital here, and said to be."""
    weights, products, of_depthwise, digital = COUNTS[name]
    inputs = torch.rand(2, *TINY[name].shape)
    mapped = prepare_trained(TINY[name].make(), inputs, networks.hardware(rows=128), grouped="digital")
    sizes = crossbar_sizes(mapped, inputs)
    assert sum(size.rows * size.columns for size in sizes) == weights - of_depthwise
    assert sum(size.rows * size.columns * size.mvms_per_inference for size in sizes) == products - digital
    assert sum(found.products for found in digital_products(mapped, inputs)) == digital
    assert len(caplog.messages) == (4 if digital else 0)
    if name == "resnet-8":
        assert sorted((size.rows, size.columns, size.mvms_per_inference) for size in sizes) == sorted(RESNET_8)
        arrays = map_network(mapped, networks.device_spec(), CrossbarSpec(rows=128, columns=64)).arrays
        # 14 channels of 9 rows an array, 128 of 1 row; two columns an output, so that 32 outputs stand on 64 columns
        assert sorted(map(len, arrays)) == [1, 1, 1, 2, 2, 2, 2, 3, 6, 10]


@pytest.mark.parametrize(("size", "kernel", "stride"), [(49, 10, 2), (10, 4, 2), (96, 3, 2), (32, 3, 2), (32, 3, 1)])
def test_padding_is_tensorflows(size, kernel, stride):
    """As many outputs as inputs over the stride, rounded up, and never less behind than before."""
    before, after = same_padding(size, kernel, stride)
    padded = functional.pad(torch.ones(1, 1, size), (before, after))
    assert functional.conv1d(padded, torch.ones(1, 1, kernel), stride=stride).shape[2] == -(-size // stride)
    assert after - before in (0, 1)
    if (size, kernel, stride) == (96, 3, 2):
        assert (before, after) == (0, 1)
