"""Digital factors of channels: what they keep, and where they leave inputs as they are."""

import pytest
import torch
from support import networks
from torch import nn

from xbar.network.channels import LEAST_FACTOR, POWERS, over_largest
from xbar.network.own import prepare_trained
from xbar.seeds import generator


def test_with_a_scale_for_each_channel_channels_of_any_size_keep_their_codes(caplog):
    """By hand: weights times a power of their largest input, and each output rounded to fifteen codes of its own.

    The function of the network is that of one with equal channels, and one output is dead. One scale loses it all.
    """
    torch.manual_seed(0)
    first, second = nn.Linear(12, 32), nn.Linear(32, 5)
    plain, inputs = nn.Sequential(first, nn.ReLU(), second), torch.rand(200, 12) * torch.logspace(-1, 1, 12)
    with torch.no_grad():
        sizes = torch.logspace(-1.5, 1.5, 32)
        first.weight.mul_(sizes[:, None])
        first.bias.mul_(sizes)[3] = -1e3
        second.weight.div_(sizes)
        coarse = networks.hardware("signed", 4, 14, 14, 1152)
        network = prepare_trained(plain, inputs, coarse, scale="channel", share=1.0)
        reached = inputs.amax(0) / inputs.max()
        (power,) = (p for p in POWERS if torch.allclose(reached**-p, network[0].input_factor))
        contributions = first.weight * reached**power
        largest = contributions.abs().amax(1, keepdim=True)
        rounded = (contributions / largest * 15).round() / 15 * largest / reached**power
        by_hand, wanted = inputs @ rounded.T + first.bias, plain(inputs)
        assert not caplog.text
        apart = ((network[0](inputs) - by_hand).abs() / by_hand.std(0)).flatten().sort().values
        assert float(apart[-3]) < 0.002  # the largest sums saturate the ADC, which is scaled for exact weights
        lost = [
            float((prepare_trained(plain, inputs, coarse, scale=scale)(inputs) - wanted).std() / wanted.std())
            for scale in ("channel", "layer")
        ]
    assert power > 0 and lost[0] < 0.1 and lost[1] > 0.5 and "scale channel (of networks" in caplog.text


def test_equal_channels_and_an_outlier_leave_inputs_as_they_are():
    """With full factors, an outlier takes the codes of its channel; few bits lose by spread weights."""
    torch.manual_seed(0)
    plain, inputs = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4)), torch.randn(400, 16)
    inputs[0, 3] = 2000.0
    for bits in (2, 4):
        coarse = networks.hardware("signed", bits, 8, 8, 1152)
        errors = {}
        for scale in ("layer", "channel"):
            found = prepare_trained(plain, inputs, coarse, scale=scale)(inputs[1:]).detach()
            wanted = plain(inputs[1:]).detach()
            errors[scale] = float((found - wanted).std() / wanted.std())
        assert errors["channel"] < 1.05 * errors["layer"]


def test_a_channel_that_carries_nothing_has_the_least_factor_and_no_factor_is_finer_than_sixteen_bits():
    found = over_largest(torch.tensor([2.0, 0.0, 0.5, 8.0, 1e-20]))
    assert found.tolist() == [0.25, LEAST_FACTOR, 0.0625, 1.0, LEAST_FACTOR]
    assert over_largest(torch.tensor([2.0, 0.0, 0.5])).tolist() == [1.0, 0.25, 0.25]
    assert over_largest(torch.zeros(3)).tolist() == [1.0] * 3


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Linear(6, 4), (30, 5, 6)),
        (nn.Conv2d(6, 4, 3, padding=1, padding_mode="reflect"), (30, 6, 5, 5)),
        (nn.Conv1d(6, 4, 3, stride=2, groups=2), (30, 6, 9)),
    ],
)
def test_with_fine_converters_a_layer_equals_torchs_whose_channels_differ(layer, shape):
    """Features on the last of three axes, padding that is no zeros, and groups; signed inputs."""
    along = [1] * (len(shape) - 2)
    sizes = torch.logspace(-1, 1, 6)
    inputs = torch.randn(*shape, generator=generator(0, "inputs"))
    inputs = inputs * (sizes if isinstance(layer, nn.Linear) else sizes.view(-1, *along))
    plain = nn.Sequential(layer)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator(0, "weights")))
        network = prepare_trained(
            plain, inputs, networks.hardware("signed", 14, 14, 14, 1152), scale="channel", share=1
        )
        wanted = plain(inputs)
        torch.testing.assert_close(network(inputs), wanted, atol=2e-3 * float(wanted.abs().max()), rtol=0)


def test_weights_without_the_factors_are_refused():
    """They would be read as weights of equal channels."""
    plain, inputs = nn.Sequential(nn.Linear(6, 4)), torch.rand(30, 6)
    network = prepare_trained(plain, inputs, networks.hardware("signed", 4, 8, 8, 1152), scale="channel")
    for strict in (True, False):
        with pytest.raises(ValueError, match="weights without the factors of channels; prepare the network"):
            network.load_state_dict(plain.state_dict(), strict=strict)
    network.load_state_dict(network.state_dict())
