"""Full scales: none is zero, and what they cut off is told."""

from dataclasses import replace

import pytest
import torch
from support import networks
from torch import nn

from xbar.network.contexts import crossbar_layers
from xbar.network.own import prepare_trained

FINE = networks.hardware("signed", 14, 14, 14, 1152)


def test_weights_that_are_lost_beside_converters_are_refused():
    """A later layer could scale their outputs up again: they are not dead."""
    modules = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
    modules[2].weight.data.fill_(1e-33)
    with pytest.raises(ValueError, match="module 2: Linear: its largest weight is 1e-33; allowed are 0 and 1e-30"):
        prepare_trained(modules, torch.rand(9, 4), FINE)


@torch.no_grad()
@pytest.mark.parametrize("scale", ["layer", "network"])
@pytest.mark.parametrize("dead", ["weights", "inputs", "all but one input"])
def test_a_layer_that_never_fires_computes_zeros(dead, scale):
    """The quantile of its sums is zero; codes over a full scale of zero would be NaN."""
    torch.manual_seed(0)
    first, second = nn.Linear(4, 5), nn.Linear(5, 3)
    modules, inputs = nn.Sequential(first, nn.ReLU(), second), torch.rand(3000, 4)
    if dead == "weights":
        second.weight.mul_(0.0)
    else:
        first.weight.fill_(0.1)
        first.bias.fill_(-0.5)
        inputs *= 0
        inputs[0] = 4.0 if dead == "all but one input" else 0.0
    mapped = prepare_trained(modules, inputs, FINE, scale=scale)
    wanted = modules(inputs)
    torch.testing.assert_close(mapped(inputs), wanted, atol=2e-3, rtol=0)
    assert all(value.isfinite() for value in mapped.parameters() if value.dim() == 0)


@torch.no_grad()
@pytest.mark.parametrize("dead", ["weights", "inputs"])
def test_a_layer_without_sums_says_nothing_of_a_gain_that_it_shares(dead):
    torch.manual_seed(0)
    modules, inputs = nn.Sequential(nn.Linear(40, 30), nn.ReLU(), nn.Linear(30, 20), nn.ReLU()), torch.rand(500, 40)
    coarse = replace(FINE, weight_bits=6, dac_bits=8, adc_bits=8)
    alone = prepare_trained(modules, inputs, coarse, scale="gain")
    last = nn.Linear(20, 10)
    if dead == "weights":
        last.weight.zero_()
    else:
        modules[2].weight.mul_(0.1)
        modules[2].bias.fill_(-9.0)
        alone = prepare_trained(modules, inputs, coarse, scale="gain")
    mapped = prepare_trained(modules.append(last), inputs, coarse, scale="gain")
    first, last_of_alone = (list(crossbar_layers(made).values())[1] for made in (mapped, alone))
    assert torch.equal(first.scales.log_i_max, last_of_alone.scales.log_i_max)


@torch.no_grad()
def test_an_outlier_is_told_and_clipped_by_choice(caplog):
    """A weight at an input that is always zero: the function is the same without it, and most codes are lost to it."""
    torch.manual_seed(0)
    plain, inputs = nn.Sequential(nn.Linear(40, 30)), torch.rand(50, 40)
    inputs[:, 7] = 0
    plain[0].weight[3, 7] = 300.0
    wanted, coarse = plain(inputs), replace(FINE, weight_bits=4)
    lost, clipped = (prepare_trained(plain, inputs, coarse, weight_share=share)(inputs) for share in (1.0, 0.999))
    assert (lost - wanted).std() > 0.9 * wanted.std(0).mean() > 5 * (clipped - wanted).std()
    told, lost_too = caplog.messages
    assert (
        "29 of 30 outputs" in lost_too
        and told.startswith("module 0: Linear: 95% of its weights are below 0.15")
        and "full scale 300;" in told
    )


@torch.no_grad()
def test_outputs_without_a_code_are_told(caplog):
    """Columns of 0.03 to 30 times their size, undone behind a ReLU: the function is the same, most codes are zero."""
    torch.manual_seed(0)
    plain, inputs = nn.Sequential(nn.Linear(20, 10), nn.ReLU(), nn.Linear(10, 3)), torch.rand(50, 20)
    wanted, factors = plain(inputs), torch.logspace(-1.5, 1.5, 10)
    prepare_trained(plain, inputs, replace(FINE, weight_bits=4))
    assert not caplog.messages
    for tensor in (plain[0].weight, plain[0].bias):
        tensor.mul_(factors.view(-1, *[1] * (tensor.dim() - 1)))
    plain[2].weight.div_(factors)
    torch.testing.assert_close(plain(inputs), wanted)
    mapped = prepare_trained(plain, inputs, replace(FINE, weight_bits=4))
    zero = [int((layer.quantized_weight() == 0).all(1).sum()) for layer in crossbar_layers(mapped).values()]
    assert zero[0] == 5 and zero[1] == 0
    assert f"module 0: Linear: the weights of {zero[0]} of 10 outputs are below half a code" in caplog.text


@torch.no_grad()
def test_the_share_of_weights_counts_no_zeros_between_groups():
    """Of 16 groups of one channel, 15 of 16 places hold none: the median of the weights is that of those that do."""
    torch.manual_seed(1)
    plain, inputs = nn.Conv2d(16, 16, 3, groups=16), torch.rand(4, 16, 6, 6)
    (layer,) = crossbar_layers(prepare_trained(nn.Sequential(plain), inputs, FINE, weight_share=0.5)).values()
    assert float(layer.scales.w_max) == pytest.approx(float(plain.weight.abs().quantile(0.5)), rel=0.02)
