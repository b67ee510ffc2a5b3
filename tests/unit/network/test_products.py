"""Products outside of arrays, whoever computes them, and sizes of layers that no description gives."""

import logging

import pytest
import torch
from support import networks
from torch import nn
from torch.nn import functional

from xbar.network.contexts import crossbar_layers
from xbar.network.own import prepare_trained
from xbar.network.prepare import prepare
from xbar.network.products import crossbar_sizes, digital_products

FINE = networks.hardware("signed", 14, 16, 16, 128)


class Unmapped(nn.Module):
    """What torch computes in one piece, and what a forward computes with weights of its own."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(5, 4))
        self.recurrent, self.attention = nn.LSTM(5, 4, batch_first=True), nn.MultiheadAttention(4, 2, batch_first=True)
        self.up, self.head = nn.ConvTranspose1d(4, 6, 2), nn.Linear(6, 3)

    def forward(self, values):
        values, _ = self.recurrent(functional.linear(values, self.weight))
        values, _ = self.attention(values, values, values)
        return self.head(self.up(values.transpose(1, 2)).mean(2))


@torch.no_grad()
def test_what_does_not_map_stays_digital_and_is_said_in_a_line_each(caplog):
    torch.manual_seed(0)
    network, inputs = Unmapped().eval(), torch.randn(20, 7, 4)
    with caplog.at_level(logging.WARNING):
        mapped = prepare_trained(network, inputs, FINE, share=1.0)
    assert list(crossbar_layers(mapped)) == ["head"]
    told = "\n".join(caplog.messages)
    assert "the network's own forward stays digital: " in told and f", {7 * 4 * 5} MACs an input" in told
    for part in ("module recurrent: LSTM", "module attention: MultiheadAttention", "module up: ConvTranspose1d"):
        assert f"{part} stays digital: " in told
    wanted = network(inputs)
    assert float((mapped(inputs) - wanted).abs().max() / wanted.std()) < 5e-3


@torch.no_grad()
def test_every_product_of_a_plain_network_is_counted_by_its_module():
    """By hand: 6 outputs of 2 channels and 9 positions at 49 places, in 2 groups; 294 x 3; 3 x 3 by the forward."""
    inside = nn.Sequential(nn.Conv2d(4, 6, 3, groups=2), nn.Flatten(), nn.Linear(294, 3))
    found = digital_products(inside.eval(), torch.randn(5, 4, 9, 9))
    assert [(one.where, one.products) for one in found] == [
        ("module 0: Conv2d", 6 * 2 * 9 * 49),
        ("module 2: Linear", 294 * 3),
    ]


@torch.no_grad()
def test_products_on_arrays_are_none_of_them_and_hooks_are_gone():
    inputs = torch.randn(5, 7, 4)
    module = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    network = prepare_trained(module, inputs, networks.hardware(), digital=["1"])
    (found,) = digital_products(network, inputs)
    assert str(found) == "module 1: Linear stays digital: addmm, 42 MACs an input"
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in list(network.modules())[1:])
    (size,) = crossbar_sizes(network, inputs)
    assert (size.rows, size.columns, size.mvms_per_inference, size.kind) == (8, 3, 7, "linear")


class Chosen(nn.Module):
    """A layer that sees some of the inputs only."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, values):
        return self.layer(values[values[:, 0] > 0]).sum(1)


@torch.no_grad()
def test_products_that_differ_from_input_to_input_have_no_number():
    network = prepare(Chosen(), networks.hardware())
    with pytest.raises(ValueError, match="the number of its products differs from input to input"):
        crossbar_sizes(network, torch.tensor([[1.0, 0.0], [-1.0, 0.0]]))


class Resized(nn.Module):
    """Bilinear resizing, which has no weights, before a bilinear form, which has."""

    def __init__(self):
        super().__init__()
        self.form = nn.Bilinear(4, 4, 2)

    def forward(self, images):
        values = functional.interpolate(images, size=(2, 2), mode="bilinear").flatten(1)
        return self.form(values, values)


@torch.no_grad()
def test_resizing_is_no_product_and_a_bilinear_form_is_one():
    (found,) = digital_products(Resized(), torch.rand(3, 1, 4, 4))
    assert (found.where, found.operation, found.products) == ("module form: Bilinear", "trilinear", None)
