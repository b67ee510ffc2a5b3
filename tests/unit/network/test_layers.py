"""Crossbar layers against plain numpy, against a naive straight-through version, and their noise by statistics."""

from dataclasses import replace
from math import ceil, log, sqrt

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from xbar.network.hardware import Hardware, Scales
from xbar.network.kinds import crossbar_layer
from xbar.network.layers import INPUT_SHIFT
from xbar.network.noise import normal_like, plus

POLARITIES = st.sampled_from(["signed", "unipolar", "mixed"])
BITS = st.integers(1, 5)
SIGMAS = 5  # of the estimates below: one false alarm in two million


def hardware_from(polarity="signed", rows=1024, noise=0.0, weight_bits=2, dac_bits=4, adc_bits=5):
    return Hardware(
        polarity=polarity, weight_bits=weight_bits, dac_bits=dac_bits, adc_bits=adc_bits, rows=rows, noise=noise
    )  # fmt: skip


def scales_from(x_max=1.5, w_max=0.7, i_max=3.0, dtype=torch.float32):
    scales = Scales().to(dtype)
    for parameter, value in zip(scales.parameters(), (x_max, w_max, i_max), strict=True):
        nn.init.constant_(parameter, log(value))
    return scales


def check_against_numpy(plain, inputs, hardware, reference, **geometry):
    """The layer in double precision, so that no current lies on different sides of a rounding edge."""
    x_max, w_max, i_max = 1.5, 0.07, 2.9
    layer = crossbar_layer(plain.double(), hardware, scales_from(x_max, w_max, i_max, torch.float64))
    found = layer(torch.tensor(inputs)).detach()
    weight = layer.weight.detach().numpy()
    expected, conversions = reference.crossbar(inputs, weight, hardware, x_max, w_max, i_max, **geometry)
    assert conversions == layer.tiles()
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)
    return layer


@given(POLARITIES, BITS, BITS, BITS, st.integers(1, 40), st.integers(1, 7), st.integers(1, 50), st.integers(0, 2**31))
def test_linear_layer_follows_numpy(reference, polarity, w_bits, dac, adc, fan_in, outputs, rows, seed):
    rng = np.random.default_rng(seed)
    layer = nn.Linear(fan_in, outputs, bias=False)
    nn.init.normal_(layer.weight, 0, 0.06, generator=torch.Generator().manual_seed(seed))
    hardware = hardware_from(polarity, rows, weight_bits=w_bits, dac_bits=dac, adc_bits=adc)
    found = check_against_numpy(layer, rng.normal(0.3, 1, (3, fan_in)), hardware, reference)
    assert found.tiles() == ceil(fan_in / rows)


@given(
    POLARITIES, BITS, BITS, st.integers(1, 6), st.integers(1, 4), st.sampled_from([(1, 1), (3, 3), (1, 3), (1, 5)]),
    st.integers(1, 2), st.integers(1, 6), st.integers(1, 6), st.integers(0, 40), st.integers(0, 2**31),
)  # fmt: skip
def test_convolution_follows_numpy(
    reference, polarity, w_bits, adc, channels, outputs, kernel, stride, height, width, more_rows, seed
):
    rng = np.random.default_rng(seed)
    geometry = {"stride": (stride, 1), "padding": (kernel[0] // 2, kernel[1] // 2)}
    layer = nn.Conv2d(channels, outputs, kernel, bias=False, **geometry)
    nn.init.normal_(layer.weight, 0, 0.06, generator=torch.Generator().manual_seed(seed))
    hardware = hardware_from(polarity, kernel[0] * kernel[1] + more_rows, weight_bits=w_bits, adc_bits=adc)
    check_against_numpy(layer, rng.normal(0.3, 1, (2, channels, height, width)), hardware, reference, **geometry)


@pytest.mark.parametrize("polarity", ["signed", "unipolar"])
def test_noise_follows_a_law_of_the_level(polarity):
    """sigma = 0.01 + 0.05 l - 0.02 l^2; a pair adds the deviation of its resting device. Measured on 40,000 draws."""
    hardware = replace(hardware_from(polarity), noise_law=(0.01, 0.05, -0.02))
    layer = crossbar_layer(nn.Linear(4, 40_000, bias=False), hardware, scales_from())
    levels = np.array([0, 1, 2, 3]) / 3
    layer.weight.data.copy_(torch.tensor(levels * 0.7))
    layer.generator = torch.Generator().manual_seed(0)
    draws = layer.noisy_weight().detach().numpy()
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


@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize(("polarity", "centred"), [("signed", False), ("unipolar", True)])
def test_gradients_follow_a_naive_layer(polarity, centred, constant):
    """Inputs (as those of a first layer, too), weights and all three scales; three row tiles of one convolution."""
    low, rng = (-1 if polarity == "signed" else 0), torch.Generator().manual_seed(2)
    plain, scales = nn.Conv2d(5, 4, 3, padding=1, bias=False).double(), scales_from(dtype=torch.float64)
    nn.init.normal_(plain.weight, 0, 0.5, generator=rng)
    layer = crossbar_layer(plain, hardware_from(polarity, rows=18), scales, centred=centred)
    inputs = torch.randn(2, 5, 6, 6, generator=rng, dtype=torch.float64).requires_grad_(not constant)
    outer = torch.randn(2, 4, 6, 6, generator=rng, dtype=torch.float64)
    leaves = [layer.weight, *scales.parameters(), *([] if constant else [inputs])]
    given = layer(inputs)
    found = torch.autograd.grad((given * outer).sum(), leaves)

    driven = naive_quantize(inputs, scales.x_max, 4, 0)
    weight = naive_quantize(layer.weight, scales.w_max, 2, low)
    parts = zip(driven.split(2, 1), weight.split(2, 1), strict=True)
    currents = [functional.conv2d(piece, tile, padding=1) for piece, tile in parts]
    assert len(currents) == 3
    total = sum(naive_quantize(current, scales.current_max, 5, low) for current in currents)
    total = total - total.mean(1, keepdim=True) if centred else total
    torch.testing.assert_close(given, total, rtol=1e-9, atol=1e-9)
    expected = torch.autograd.grad((total * outer).sum(), leaves)
    for mine, theirs in zip(found, expected, strict=True):
        assert theirs.abs().max() > 0
        torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("plain", [nn.Linear(18, 4), nn.Conv1d(6, 4, 3), nn.Conv2d(6, 4, 3)])
@pytest.mark.parametrize("rows", [1024, 9])
def test_constant_inputs_change_no_gradient(plain, rows):
    """The shorter way of a first layer's gradients against the way of every other layer, noise included."""
    layer = crossbar_layer(plain, hardware_from(rows=rows, noise=0.1), scales_from())
    inputs, found = torch.randn(5, *{2: (18,), 3: (6, 7), 4: (6, 7, 5)}[plain.weight.dim()]), []
    for constant in (True, False):
        layer.generator = torch.Generator().manual_seed(1)
        given = layer(inputs.clone().requires_grad_(not constant))
        outer = torch.randn(given.shape, generator=torch.Generator().manual_seed(2))
        found.append((given, *torch.autograd.grad((given * outer).sum(), list(layer.parameters()))))
    for mine, theirs in zip(*found, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)
    assert torch.equal(found[0][0], found[1][0])


@pytest.mark.filterwarnings("ignore")  # where bfloat16 is slow
def test_constant_inputs_in_bfloat16_change_no_more_than_its_rounding():
    layer, found = crossbar_layer(nn.Conv2d(6, 4, 3), hardware_from(), scales_from()), []
    inputs = torch.randn(5, 6, 7, 5, generator=torch.Generator().manual_seed(0))
    for constant in (True, False):
        with torch.autocast("cpu", torch.bfloat16):
            given = layer(inputs.clone().requires_grad_(not constant))
        found.append(torch.autograd.grad(given.square().sum(), layer.scales.log_x_max)[0])
    torch.testing.assert_close(*found, rtol=0.03, atol=0.0)


@pytest.mark.parametrize("plain", [nn.Linear(7, 3), nn.Conv1d(4, 3, 5), nn.Conv2d(4, 3, (1, 5), bias=False)])
@pytest.mark.parametrize("takes", ["positive", "halved", "shifted"])
def test_the_state_dict_of_the_plain_layer_loads(plain, takes):
    """Where inputs are halved its weights serve both halves; scales and signs, which it has none of, stay."""
    layer = crossbar_layer(type(plain)(*_sizes(plain)), hardware_from(), scales_from(), takes=takes)
    assert set(plain.state_dict()) <= set(layer.state_dict())
    layer.load_state_dict(plain.state_dict())
    halves = (plain.weight, -plain.weight) if takes == "halved" else (plain.weight,)
    assert torch.equal(layer.weight, torch.cat(halves, 1)) and float(layer.scales.x_max.detach()) == pytest.approx(1.5)
    assert plain.bias is None or torch.equal(layer.bias, plain.bias)
    again = crossbar_layer(plain, hardware_from(), takes=takes)
    again.load_state_dict(layer.state_dict())
    assert all(torch.equal(value, layer.state_dict()[name]) for name, value in again.state_dict().items())


def _sizes(plain):
    if isinstance(plain, nn.Linear):
        return plain.in_features, plain.out_features
    return plain.in_channels, plain.out_channels, plain.kernel_size, 1, 0, 1, 1, plain.bias is not None


@torch.no_grad()
def test_digital_parts_by_hand():
    """Shifted inputs; the mean over columns goes first, then the signs, then the bias."""
    plain = nn.Linear(5, 4)
    layer = crossbar_layer(plain, hardware_from("mixed"), scales_from(), takes="shifted", centred=True)
    layer.sign.copy_(torch.tensor([1.0, -1.0, -1.0, 1.0]))
    inputs = torch.randn(6, 5, generator=torch.Generator().manual_seed(0))
    sums = layer.convert(layer.drive(inputs + INPUT_SHIFT), layer.quantized_weight())
    expected = (sums - sums.mean(1, keepdim=True)) * layer.sign + plain.bias
    assert torch.equal(layer(inputs), expected) and sums.abs().max() > 0


@torch.no_grad()
def test_halved_inputs_are_those_of_two_rows_each():
    plain, inputs = nn.Linear(5, 4, bias=False), torch.randn(6, 5, generator=torch.Generator().manual_seed(0))
    halved = crossbar_layer(plain, hardware_from(), scales_from(), takes="halved")
    doubled = nn.Linear(10, 4, bias=False)
    doubled.weight.copy_(torch.cat([plain.weight, -plain.weight], 1))
    both = torch.cat([inputs.clamp_min(0), (-inputs).clamp_min(0)], 1)
    assert torch.equal(halved(inputs), crossbar_layer(doubled, hardware_from(), scales_from())(both))


def test_inputs_of_other_axes_are_refused_by_name():
    layer = crossbar_layer(nn.Conv1d(4, 3, 3), hardware_from(), takes="halved", name="module 1: Conv1d")
    with pytest.raises(ValueError, match=r"module 1: Conv1d takes .*\(batch, 4, length\), not \(2, 8, 9\)"):
        layer(torch.zeros(2, 8, 9))


def noise_of(polarity, generator, *, noise=0.05, w_max=0.7):
    plain = nn.Linear(400, 500, bias=False)
    nn.init.uniform_(plain.weight, -0.9, 0.9, generator=torch.Generator().manual_seed(0))
    layer = crossbar_layer(plain, hardware_from(polarity, noise=noise), scales_from(w_max=w_max))
    layer.generator = generator
    return (layer.noisy_weight() - layer.quantized_weight()).detach(), layer


@pytest.mark.parametrize(("polarity", "devices"), [("unipolar", 1), ("mixed", 1), ("signed", 2)])
def test_noise_is_eta_times_full_scale_for_each_device(polarity, devices):
    """At zero weight as at full scale; two devices of a differential pair add up as variances."""
    draw, layer = noise_of(polarity, torch.Generator().manual_seed(3))
    expected = 0.05 * 0.7 * sqrt(devices)
    weight = layer.quantized_weight().detach()
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
    _, layer = noise_of("signed", None)
    gradients = []
    for layer.generator in (None, torch.Generator().manual_seed(1)):
        gradients += torch.autograd.grad(layer.noisy_weight().sum(), layer.scales.log_w_max)
    assert torch.equal(*gradients)


def test_kernel_beyond_the_rows_is_refused():
    plain = nn.Conv2d(2, 3, 3, bias=False)
    assert crossbar_layer(plain, hardware_from(rows=9)).tiles() == 2
    with pytest.raises(ValueError, match=r"9 positions does not fit into arrays of 8 rows"):
        crossbar_layer(plain, hardware_from(rows=8))


@pytest.mark.parametrize("factor", [float, torch.Tensor.detach])
def test_noise_is_added_in_units_of_its_factor(factor):
    """A number, as on a CPU, or a tensor that stays on its device."""
    values, draw = torch.randn(2, 50, generator=torch.Generator().manual_seed(6)).unbind()
    found = plus(values, draw, 0.05 * factor(torch.tensor(0.7)))
    np.testing.assert_allclose(found, values.double() + 0.05 * 0.7 * draw.double(), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"polarity": "bipolar"}, "'bipolar'"),
        ({"adc_bits": 0}, "adc_bits is 0; allowed are whole numbers from 1"),
        ({"rows": True}, "rows is True; allowed are whole numbers from 1"),
        ({"noise": -0.1}, "noise is -0.1; allowed is one number from 0"),
        ({"noise": float("nan")}, "noise is nan; allowed is one number from 0"),
        ({"noise_law": (0.04, float("nan"))}, r"noise_law is \(0.04, nan\); allowed is a tuple of finite numbers"),
        ({"noise": (0.04,)}, r"\(0\.04,\)"),
    ],
)
def test_what_is_no_hardware_is_refused_at_once(change, message):
    with pytest.raises(ValueError, match=message):
        replace(hardware_from(), **change)
