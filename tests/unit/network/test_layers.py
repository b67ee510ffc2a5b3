"""Crossbar layers against plain numpy, against a naive straight-through version, and their noise by statistics."""

from math import ceil, log, sqrt

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from xbar.network.layers import CrossbarConv2d, CrossbarLinear, Hardware, Scales, normal_like, plus

POLARITIES = st.sampled_from(["signed", "unipolar", "mixed"])
BITS = st.integers(1, 5)
SIGMAS = 5  # of the estimates below: one false alarm in two million


def hardware_from(polarity="signed", rows=1024, noise=0.0, weight_bits=2, dac_bits=4, adc_bits=5):
    return Hardware(polarity, weight_bits, dac_bits, adc_bits, rows, (noise,))


def scales_from(x_max=1.5, w_max=0.7, i_max=3.0, dtype=torch.float32):
    scales = Scales().to(dtype)
    for parameter, value in zip(scales.parameters(), (x_max, w_max, i_max), strict=True):
        nn.init.constant_(parameter, log(value))
    return scales


def check_against_numpy(layer, inputs, hardware, reference, **geometry):
    """The layer in double precision, so that no current lies on different sides of a rounding edge."""
    layer.set_hardware(hardware)
    layer.double()
    x_max, w_max, i_max = 1.5, 0.07, 2.9
    found = layer(torch.tensor(inputs), scales_from(x_max, w_max, i_max, torch.float64)).detach()
    weight = layer.weight.detach().numpy()
    expected, conversions = reference.crossbar(inputs, weight, hardware, x_max, w_max, i_max, **geometry)
    assert conversions == layer.tiles
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


@settings(deadline=None)
@given(POLARITIES, BITS, BITS, BITS, st.integers(1, 40), st.integers(1, 7), st.integers(1, 50), st.integers(0, 2**31))
def test_linear_layer_follows_numpy(reference, polarity, w_bits, dac, adc, fan_in, outputs, rows, seed):
    rng = np.random.default_rng(seed)
    layer = CrossbarLinear(fan_in, outputs, bias=False)
    nn.init.normal_(layer.weight, 0, 0.06, generator=torch.Generator().manual_seed(seed))
    hardware = hardware_from(polarity, rows, weight_bits=w_bits, dac_bits=dac, adc_bits=adc)
    check_against_numpy(layer, rng.normal(0.3, 1, (3, fan_in)), hardware, reference)
    assert layer.tiles == ceil(fan_in / rows)


@settings(deadline=None)
@given(
    POLARITIES, BITS, BITS, st.integers(1, 6), st.integers(1, 4), st.sampled_from([(1, 1), (3, 3), (1, 3), (1, 5)]),
    st.integers(1, 2), st.integers(1, 6), st.integers(1, 6), st.integers(0, 40), st.integers(0, 2**31),
)  # fmt: skip
def test_convolution_follows_numpy(
    reference, polarity, w_bits, adc, channels, outputs, kernel, stride, height, width, more_rows, seed
):
    rng = np.random.default_rng(seed)
    geometry = {"stride": (stride, 1), "padding": (kernel[0] // 2, kernel[1] // 2)}
    layer = CrossbarConv2d(channels, outputs, kernel, bias=False, **geometry)
    nn.init.normal_(layer.weight, 0, 0.06, generator=torch.Generator().manual_seed(seed))
    hardware = hardware_from(polarity, kernel[0] * kernel[1] + more_rows, weight_bits=w_bits, adc_bits=adc)
    check_against_numpy(layer, rng.normal(0.3, 1, (2, channels, height, width)), hardware, reference, **geometry)


@pytest.mark.parametrize("polarity", ["signed", "unipolar"])
def test_noise_follows_a_law_of_the_level(polarity):
    """sigma = 0.01 + 0.05 l - 0.02 l^2; a pair adds the deviation of its resting device. Measured on 40,000 draws."""
    layer = CrossbarLinear(4, 1, bias=False)
    layer.set_hardware(hardware_from(polarity)._replace(noise=(0.01, 0.05, -0.02)))
    levels = np.array([0, 1, 2, 3]) / 3
    layer.weight.data.copy_(torch.tensor(levels * 0.7).unsqueeze(0))
    stream, scales = torch.Generator().manual_seed(0), scales_from()
    draws = torch.stack([layer.noisy_weight(scales, stream)[0].detach() for _ in range(40_000)]).numpy()
    sigma = 0.01 + 0.05 * levels - 0.02 * levels**2
    if polarity == "signed":
        sigma = np.hypot(sigma, 0.01)
    np.testing.assert_allclose(draws.mean(0) / 0.7, levels, atol=SIGMAS * sigma.max() / 200)
    np.testing.assert_allclose(draws.std(0) / 0.7, sigma, rtol=SIGMAS / sqrt(2 * 40_000))


def test_noise_has_the_layout_of_its_weight_and_is_drawn_in_the_order_of_memory():
    """Not in the order of the axes: channels-last weights would take ten times as long."""
    weight = torch.zeros(8, 6, 3, 3).to(memory_format=torch.channels_last)
    drawn = normal_like(weight, torch.Generator().manual_seed(1))
    assert drawn.stride() == weight.stride()
    flat = torch.empty(weight.numel()).normal_(generator=torch.Generator().manual_seed(1))
    assert torch.equal(drawn.permute(0, 2, 3, 1).flatten(), flat)


def naive_quantize(values, full_scale, bits, low):
    """Straight-through written with detach, whose gradients autograd finds by itself; the edges count as inside."""
    codes = 2**bits - 1
    share = values / full_scale
    inside = (share > low - 1e-6) & (share < 1 + 1e-6)  # a sum that is zero may come out as -1e-17
    share = torch.where(inside, share, share.detach().clamp(low, 1)) * codes
    return full_scale * (share + (share.round() - share).detach()) / codes


@pytest.mark.parametrize("polarity", ["signed", "unipolar"])
def test_gradients_follow_a_naive_layer(polarity):
    """Inputs, weights and all three scales; three row tiles of one convolution."""
    low, rng = (-1 if polarity == "signed" else 0), torch.Generator().manual_seed(2)
    layer = CrossbarConv2d(5, 4, 3, padding=1, bias=False).double()
    nn.init.normal_(layer.weight, 0, 0.5, generator=rng)
    layer.set_hardware(hardware_from(polarity, rows=18))
    scales = scales_from(dtype=torch.float64)
    inputs = torch.randn(2, 5, 6, 6, generator=rng, dtype=torch.float64, requires_grad=True)
    outer = torch.randn(2, 4, 6, 6, generator=rng, dtype=torch.float64)
    leaves = [inputs, layer.weight, *scales.parameters()]
    found = torch.autograd.grad((layer(inputs, scales) * outer).sum(), leaves)

    driven = naive_quantize(inputs, scales.x_max, 4, 0)
    weight = naive_quantize(layer.weight, scales.w_max, 2, low)
    parts = zip(driven.split(2, 1), weight.split(2, 1), strict=True)
    currents = [functional.conv2d(piece, tile, padding=1) for piece, tile in parts]
    assert len(currents) == 3
    total = sum(naive_quantize(current, scales.current_max, 5, low) for current in currents)
    expected = torch.autograd.grad((total * outer).sum(), leaves)
    for mine, theirs in zip(found, expected, strict=True):
        assert theirs.abs().max() > 0
        torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("crossbar", "plain"),
    [
        (lambda: CrossbarLinear(7, 3, bias=False), lambda: nn.Linear(7, 3, bias=False)),
        (lambda: CrossbarConv2d(4, 3, (1, 5), bias=False), lambda: nn.Conv2d(4, 3, (1, 5), bias=False)),
    ],
)
def test_state_is_that_of_the_plain_layer(crossbar, plain):
    first, second, third = crossbar(), plain(), crossbar()
    first.set_hardware(hardware_from())
    second.load_state_dict(first.state_dict())
    third.load_state_dict(second.state_dict())
    assert torch.equal(third.weight, first.weight)
    assert list(first.state_dict()) == ["weight"]


def noise_of(polarity, generator, *, noise=0.05, w_max=0.7):
    layer = CrossbarLinear(400, 500, bias=False)
    nn.init.uniform_(layer.weight, -0.9, 0.9, generator=torch.Generator().manual_seed(0))
    layer.set_hardware(hardware_from(polarity, noise=noise))
    scales = scales_from(w_max=w_max)
    return (layer.noisy_weight(scales, generator) - layer.quantized_weight(scales)).detach(), layer, scales


@pytest.mark.parametrize(("polarity", "devices"), [("unipolar", 1), ("mixed", 1), ("signed", 2)])
def test_noise_is_eta_times_full_scale_for_each_device(polarity, devices):
    """At zero weight as at full scale; two devices of a differential pair add up as variances."""
    draw, layer, scales = noise_of(polarity, torch.Generator().manual_seed(3))
    expected = 0.05 * 0.7 * sqrt(devices)
    weight = layer.quantized_weight(scales).detach()
    for chosen in (draw.flatten(), draw[weight == 0], draw[weight == weight.max()]):
        n = len(chosen)
        assert n > 5000
        assert abs(float(chosen.std()) / expected - 1) < SIGMAS / sqrt(2 * n)
        assert abs(float(chosen.mean())) < SIGMAS * expected / sqrt(n)


def test_noise_is_drawn_anew_by_its_generator_alone():
    generator = torch.Generator().manual_seed(4)
    first, second = noise_of("unipolar", generator)[0], noise_of("unipolar", generator)[0]
    assert not torch.equal(first, second)
    assert torch.equal(noise_of("unipolar", torch.Generator().manual_seed(4))[0], first)
    assert noise_of("unipolar", None)[0].abs().max() == 0
    assert noise_of("unipolar", generator, noise=0.0)[0].abs().max() == 0


def test_noise_of_the_devices_moves_no_scale():
    """The noise grows with w_max, but training must not shrink w_max to escape it."""
    _, layer, scales = noise_of("signed", None)
    gradients = [
        torch.autograd.grad(layer.noisy_weight(scales, generator).sum(), scales.log_w_max)[0]
        for generator in (None, torch.Generator().manual_seed(1))
    ]
    assert torch.equal(*gradients)


def test_kernel_beyond_the_rows_is_refused():
    layer = CrossbarConv2d(2, 3, 3, bias=False)
    layer.set_hardware(hardware_from(rows=9))
    assert layer.tiles == 2
    with pytest.raises(ValueError, match=r"9 positions does not fit into arrays of 8 rows"):
        layer.set_hardware(hardware_from(rows=8))


@pytest.mark.parametrize("factor", [float, torch.Tensor.detach])
def test_noise_is_added_in_units_of_its_factor(factor):
    """A number, as on a CPU, or a tensor that stays on its device."""
    values, draw = torch.randn(2, 50, generator=torch.Generator().manual_seed(6)).unbind()
    found = plus(values, draw, 0.05 * factor(torch.tensor(0.7)))
    np.testing.assert_allclose(found, values.double() + 0.05 * 0.7 * draw.double(), rtol=1e-6, atol=1e-7)
