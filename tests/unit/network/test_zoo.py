"""Networks of every kind on crossbars: they compute what torch does, and their sizes are those counted by hand."""

from functools import cache

import pytest
import torch
from support import networks
from torch import nn
from torch.nn import functional

from xbar.chips.chip import on_chip
from xbar.chips.deployment import Condition, Deployment
from xbar.chips.mapped import map_network
from xbar.chips.predict import predict_chips
from xbar.config.crossbars import CrossbarSpec
from xbar.network.contexts import crossbar_layers
from xbar.network.own import prepare_trained
from xbar.network.products import crossbar_sizes, digital_products
from xbar.tiny.networks import autoencoder, ds_cnn, mobilenet, resnet_8

FINE = networks.hardware("signed", 14, 16, 16, 128)
CROSSBAR = CrossbarSpec(rows=128, columns=64)


class Branches(nn.Module):
    """Two branches joined along the channels, one layer called on two sizes, and signed values behind a GELU."""

    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Conv2d(2, 3, 1), nn.Conv2d(2, 5, 3, padding="same", dilation=2)
        self.shared = nn.Conv2d(8, 4, 3, padding=1, padding_mode="replicate")
        self.head = nn.Linear(4, 3)

    def forward(self, values):
        joined = functional.gelu(torch.cat([self.left(values), self.right(values)], 1))
        large, small = self.shared(joined), self.shared(functional.max_pool2d(joined, 2))
        return self.head(large.mean((2, 3)) + small.mean((2, 3)))


def signal():
    """One-dimensional, with padding that keeps the size, unequal at both ends where the kernel is even."""
    dilated = nn.Conv1d(6, 6, 5, padding="same", dilation=3, groups=3)
    return nn.Sequential(
        nn.Conv1d(2, 6, 4, padding="same"), nn.BatchNorm1d(6), nn.SiLU(), dilated, nn.Tanh(),
        nn.ConstantPad1d((2, 0), 0.5), nn.Conv1d(6, 4, 3, stride=2), nn.AdaptiveAvgPool1d(1), nn.Flatten(),
        nn.Linear(4, 3),
    )  # fmt: skip


class Transformer(nn.Module):
    """A block of attention whose projections stand on arrays, with tokens as its inputs."""

    def __init__(self):
        super().__init__()
        self.embedding, self.places = nn.Embedding(11, 8), nn.Parameter(torch.randn(6, 8))
        self.norms = nn.ModuleList([nn.LayerNorm(8), nn.LayerNorm(8)])
        self.query_key_value, self.projection = nn.Linear(8, 24), nn.Linear(8, 8)
        self.wide, self.narrow, self.head = nn.Linear(8, 16), nn.Linear(16, 8), nn.Linear(8, 3)

    def forward(self, tokens):
        values = self.embedding(tokens) + self.places
        query, key, value = (
            part.unflatten(-1, (2, 4)).transpose(1, 2)
            for part in self.query_key_value(self.norms[0](values)).chunk(3, -1)
        )
        seen = functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        values = values + self.projection(seen)
        values = values + self.narrow(functional.gelu(self.wide(self.norms[1](values))))
        return self.head(values.mean(1))


ZOO = {
    "resnet-8": (lambda: resnet_8(4), (3, 32, 32)),
    "ds-cnn": (lambda: ds_cnn(6), (1, 49, 10)),
    "mobilenet": (lambda: mobilenet(2), (3, 96, 96)),
    "branches": (Branches, (2, 8, 8)),
    "signal": (signal, (2, 31)),
    "autoencoder": (lambda: autoencoder(32), (640,)),
    "transformer": (Transformer, (6,)),
}


def made(name, count=10):
    """A network with weights and statistics as a training leaves them, and inputs of it."""
    make, shape = ZOO[name]
    torch.manual_seed(0)
    network, inputs = make(), torch.randn(count, *shape)
    inputs = inputs.mul(3).abs().long() if name == "transformer" else inputs
    with torch.no_grad():
        for _ in range(3):
            network(inputs.clone())  # statistics of batch-norm
    return network.eval(), inputs


@cache
def prepared(name):
    network, inputs = made(name)
    return network, inputs, prepare_trained(network, inputs, FINE, share=1.0)


@torch.no_grad()
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
@pytest.mark.parametrize("name", ZOO)
def test_a_network_computes_on_crossbars_what_torch_does(name):
    """Within a thousandth of the outputs' spread: 14-bit weights, 16-bit converters."""
    network, inputs, mapped = prepared(name)
    wanted = network(inputs.clone())
    assert type(mapped) is type(network) and len(crossbar_layers(mapped)) >= 4
    assert float((mapped(inputs) - wanted).square().mean().sqrt() / wanted.std()) < 3e-3


@torch.no_grad()
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
@pytest.mark.parametrize("name", ["branches", "ds-cnn", "signal", "transformer"])
def test_a_chip_without_noise_computes_what_the_prepared_network_does(name):
    """Whatever the axes, calls and paddings of its layers are, and although the forward may write over inputs."""
    _, inputs, mapped = prepared(name)
    device, before = networks.device_spec(), inputs.clone()
    arrays = map_network(mapped, device, CROSSBAR)
    deployment = Deployment(mapped, arrays, device, seed=0, inputs=inputs)
    ideal = deployment.make_chip(Condition(noise=0.0))
    with on_chip(ideal):
        predicted = mapped(inputs)
    torch.testing.assert_close(predicted, mapped(inputs), atol=1e-5, rtol=0)
    assert max(error["accumulated_error"] for error in deployment.layer_errors(ideal)) < 1e-4
    found = predict_chips(mapped, [ideal, ideal], inputs)
    assert torch.equal(found, predicted.argmax(1).expand(2, -1)) and torch.equal(inputs, before)


@torch.no_grad()
def test_depthwise_layers_on_arrays_take_dense_matrices():
    """64 channels of 9 rows by 64 columns, four times: 147,456 cells for 2,304 weights."""
    inputs = torch.rand(2, 1, 49, 10)
    mapped = prepare_trained(ds_cnn(64), inputs, FINE)
    grouped = [layer for layer in crossbar_layers(mapped).values() if layer.blocks > 1]
    assert sum(layer.weight.numel() for layer in grouped) == 147_456
    assert sum(int((layer.weight != 0).sum()) for layer in grouped) == 2_304
    sizes = crossbar_sizes(mapped, inputs)
    assert sum(size.rows * size.columns for size in sizes) == 22_016 - 2_304 + 147_456
    assert not digital_products(mapped, inputs)


@torch.no_grad()
def test_a_layer_that_is_called_twice_counts_twice():
    _, inputs, mapped = prepared("branches")
    sizes = dict(zip(crossbar_layers(mapped), crossbar_sizes(mapped, inputs), strict=True))
    assert sizes["shared"].mvms_per_inference == 64 + 16 and sizes["head"].mvms_per_inference == 1
    assert (sizes["right"].rows, sizes["right"].columns, sizes["right"].kernel_area) == (2 * 2 * 9, 5, 9)


@torch.no_grad()
def test_products_of_attention_stay_digital_and_are_counted():
    """Two heads, six tokens, four features: 6 x 6 x 4 products of queries and keys, as many with the values."""
    _, inputs, mapped = prepared("transformer")
    (found,) = digital_products(mapped, inputs)
    assert found.products == 2 * 2 * 6 * 6 * 4 and found.where == "the network's own forward"
    assert [size.mvms_per_inference for size in crossbar_sizes(mapped, inputs)] == [6, 6, 6, 6, 1]


@torch.no_grad()
def test_modules_that_are_named_stay_digital():
    network, inputs = made("resnet-8", 2)
    mapped = prepare_trained(network, inputs, FINE, digital=["0", "6"])
    assert len(crossbar_layers(mapped)) == 8 and {type(mapped[6]), type(mapped[0][1])} == {nn.Linear, nn.Conv2d}
    assert [found.where for found in digital_products(mapped, inputs)] == ["module 0.1: Conv2d", "module 6: Linear"]
    with pytest.raises(ValueError, match=r"digital: no module is called 'head'; layers are 0\.1, 1\.first"):
        prepare_trained(network, inputs, FINE, digital=["head"])
