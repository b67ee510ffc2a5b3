"""Starting values against numpy, and networks that start as the floating-point network they come from."""

from math import log

import numpy as np
import pytest
import torch
from support import networks

from xbar.network.contexts import batch_norms, crossbar_layers, scales_of
from xbar.network.inputs import normalisation_of
from xbar.network.storage import write_network
from xbar.seeds import generator
from xbar.training.start import (
    CLIP_STD,
    ONE_SIDED_CLIP_STD,
    start_from_float,
    start_scales,
    start_weights,
)

WAYS = ("random", "patches")
LAYERS = [{"conv": 16, "kernel": 3, "pool": 2}, {"conv": 8, "kernel": 3}, {"linear": 10}]


@pytest.mark.parametrize("dtype", [torch.float32, torch.uint8])
def test_normalisation_is_that_of_numpy(splits, dtype):
    inputs = torch.cat([splits[0].x, splits[0].x.flip(0)[:, :, :, :] * 2 + 1], 1).to(dtype)
    network = networks.build("float", shape=(2, 8, 8))
    normalisation_of(network).measure(inputs)
    values = inputs.numpy().astype(np.float64)
    np.testing.assert_allclose(normalisation_of(network).mean.flatten(), values.mean((0, 2, 3)), rtol=1e-6)
    np.testing.assert_allclose(normalisation_of(network).std.flatten(), values.std((0, 2, 3), ddof=1), rtol=1e-6)


def test_constant_channel_does_not_divide_by_zero():
    network = networks.build("float")
    normalisation_of(network).measure(torch.full((10, 1, 8, 8), 3.0))
    assert float(normalisation_of(network).std) > 0


def test_weights_of_each_kind_of_network():
    """Standard deviation sqrt(2 / fan-in) (He et al.), 1/2 of full scale, and uniform over [-1/2, 1/2]."""
    drawn = {}
    for polarity in ("float", "signed", "unipolar", "mixed"):
        network = networks.build(polarity, layers=LAYERS)
        start_weights(network, generator(0, "weights"))
        drawn[polarity] = networks.layers_of(network)[1].weight.detach().flatten()
    n = 16 * 9 * 8
    assert all(len(weight) == n for weight in drawn.values())
    assert abs(float(drawn["float"].std()) / (2 / 144) ** 0.5 - 1) < 5 / (2 * n) ** 0.5
    assert abs(float(drawn["signed"].std()) * CLIP_STD - 1) < 5 / (2 * n) ** 0.5
    assert torch.equal(drawn["unipolar"], drawn["mixed"])
    assert float(drawn["unipolar"].abs().max()) <= 0.5
    assert abs(float((drawn["unipolar"] > 0).float().mean()) - 0.5) < 5 * 0.5 / n**0.5


@pytest.mark.parametrize("activation", ["relu", "crelu"])
def test_start_from_float_computes_what_the_float_network_does(splits, activation):
    """With 16-bit converters and open ranges; batch-norm of each batch absorbs the size of the weights."""
    inputs = splits[0].x[:100]
    plain = networks.build("float", layers=LAYERS, activation=activation)
    fine = {"weight_bits": 16, "dac_bits": 16, "adc_bits": 16, "noise": 0.0}
    network = networks.build("signed", layers=LAYERS, activation=activation, **fine)
    for part in (plain, network):
        normalisation_of(part).measure(inputs)
    for layer in networks.layers_of(plain):  # uniform: no weight beyond two standard deviations, so that none clips
        layer.weight.data.uniform_(-0.2, 0.2, generator=generator(0, "w"))
    for norm in batch_norms(plain):
        norm.weight.data.uniform_(0.5, 1.5, generator=generator(1, "w"))
        norm.bias.data.uniform_(-0.5, 0.5, generator=generator(2, "w"))
    start_from_float(network, plain.state_dict())
    for parameter, value in zip(scales_of(network)[0].parameters(), (20.0, 1.0, 20.0), strict=True):
        parameter.data.fill_(log(value))
    found, expected = network.train()(inputs), plain.train()(inputs)
    assert float(expected.detach().std()) > 0.5
    torch.testing.assert_close(found, expected, rtol=0, atol=0.03)


@pytest.mark.parametrize("polarity", ["unipolar", "mixed"])
def test_one_sided_start_computes_what_the_float_network_does(splits, polarity):
    """Where the weights of every row, with their signs, sum to zero over the columns, only common mode is added."""
    inputs = splits[0].x[:100]
    plain = networks.build("float", layers=LAYERS)
    fine = {"weight_bits": 16, "dac_bits": 16, "adc_bits": 16, "noise": 0.0, "common_mode": "subtracted"}
    network = networks.build(polarity, layers=LAYERS, **fine)
    for part in (plain, network):
        normalisation_of(part).measure(inputs)
    for index, layer in enumerate(networks.layers_of(plain)):
        weight = layer.weight.data.uniform_(-0.2, 0.2, generator=generator(0, "w"))
        sign = networks.layers_of(network)[index].sign.view(-1, *[1] * (weight.dim() - 1))
        weight -= sign * (sign * weight).mean(0, keepdim=True)
    start_from_float(network, plain.state_dict())
    for layer in networks.layers_of(network):
        assert layer.weight.detach().amin() < 0.1 and layer.weight.detach().amax() > 0.9
    for parameter, value in zip(scales_of(network)[0].parameters(), (20.0, 1.0, 20.0), strict=True):
        parameter.data.fill_(log(value))
    for layer in networks.layers_of(network):  # a few lie beyond 1.5 standard deviations: let the devices reach them
        layer.weight.data.mul_(0.5).add_(0.25)
    found, expected = network.train()(inputs), plain.train()(inputs)
    assert float(expected.detach().std()) > 0.5
    torch.testing.assert_close(found, expected, rtol=0, atol=0.06)


@pytest.mark.parametrize(("scale", "polarity"), [("network", "signed"), ("layer", "unipolar")])
def test_scales_hold_the_ranges_of_the_inputs(splits, scale, polarity):
    """Measured again by numpy: DAC at the 99.9 % quantile of the inputs, ADC at that of the largest tile's sums.

    One scale for the network is the median over layers, of which the others are 17 % larger and 34 % smaller.
    """
    inputs = splits[0].x[:100]
    network = networks.build(polarity, layers=LAYERS, scale=scale, noise=0.0)
    normalisation_of(network).measure(inputs)
    start_weights(network, generator(0, "weights"))
    start_scales(network, inputs)
    assert network.training
    assert all(float(scales.w_max.detach()) == 1 for scales in scales_of(network))
    normalised = normalisation_of(network)(inputs).numpy()
    first = np.sort(np.concatenate([normalised.clip(0), (-normalised).clip(0)], None))
    quantile = first[int(0.999 * first.size) - 1]
    if scale == "layer":
        assert float(scales_of(network)[0].x_max.detach()) == pytest.approx(quantile, rel=1e-5)
        _check_currents(network, inputs)
    else:
        assert len(scales_of(network)) == 1
        quantiles = []
        for layer, (taken, _) in zip(
            networks.layers_of(network), networks.inputs_and_sums(network, inputs), strict=True
        ):
            values = np.sort(layer.on_rows(taken).clamp_min(0).detach().numpy().ravel())
            quantiles.append(values[int(0.999 * values.size) - 1])
        assert quantiles[0] == pytest.approx(quantile, rel=1e-5)
        assert float(scales_of(network)[0].x_max.detach()) == pytest.approx(np.median(quantiles), rel=0.02)


def _check_currents(network, inputs):
    """First layer of two channels, one tile: its sums without converters."""
    layer, scales = networks.layers_of(network)[0], scales_of(network)[0]
    normalised = normalisation_of(network)(inputs)
    values = torch.cat([normalised, -normalised], 1).clamp_min(0)
    weight = layer.quantized_weight()
    sums = np.sort(torch.nn.functional.conv2d(values, weight, padding=1).detach().abs().numpy().ravel())
    assert layer.tiles() == 1
    assert float(scales.current_max.detach()) == pytest.approx(sums[int(0.999 * sums.size) - 1], rel=1e-4)


def test_network_wide_adc_hardly_clips_in_any_layer(splits):
    network, clipped = networks.build("signed", layers=LAYERS), []
    networks.start(network, splits[0].x, seed=0)

    for layer, (inputs, _) in zip(
        networks.layers_of(network), networks.inputs_and_sums(network.train(), splits[0].x[:200]), strict=True
    ):
        currents = layer.tile_currents(layer.drive(layer.on_rows(inputs)), layer.quantized_weight())
        clipped.extend(float((current.abs() > layer.scales.current_max).double().mean()) for current in currents)
    assert len(clipped) == sum(layer.tiles() for layer in networks.layers_of(network))
    assert max(clipped) < 0.01


@pytest.mark.parametrize("polarity", ["float", "signed", "unipolar", "mixed"])
def test_start_depends_on_the_seed_alone(splits, polarity):
    states = []
    for seed in (0, 0, 1):
        network = networks.build(polarity, layers=LAYERS)
        networks.start(network, splits[0].x, seed=seed)
        states.append(torch.cat([value.flatten().double() for value in network.state_dict().values()]))
    assert torch.equal(states[0], states[1]) and not torch.equal(states[0], states[2])
    assert torch.isfinite(states[0]).all()


def test_warm_start_reads_the_float_network(splits, tmp_path):
    plain = networks.build("float", layers=LAYERS)
    networks.start(plain, splits[0].x, seed=3)
    write_network(tmp_path / "float", plain, {})
    network = networks.build("signed", layers=LAYERS)
    networks.start(network, splits[0].x, seed=0, warm_start=tmp_path / "float")
    weight = networks.layers_of(plain)[0].weight.detach().numpy()
    weight = weight / (CLIP_STD * weight.std(ddof=1))
    np.testing.assert_allclose(
        networks.layers_of(network)[0].weight.detach(), np.concatenate([weight, -weight], 1), rtol=1e-5
    )


def test_learned_signs_without_annealing_are_the_dominant_ones_of_the_float_network(splits, tmp_path):
    plain = networks.build("float", layers=LAYERS, activation="crelu")
    networks.start(plain, splits[0].x, seed=3)
    write_network(tmp_path / "float", plain, {})
    signs = {"group": 2, "assignment": "learned", "anneal": 0.0}
    network = networks.build("mixed", layers=LAYERS, activation="crelu", signs=signs)
    networks.start(network, splits[0].x, seed=0, warm_start=tmp_path / "float")
    weight = networks.layers_of(plain)[1].weight.detach().numpy().astype(np.float64)
    sign = np.repeat(np.sign(weight.reshape(4, -1).sum(1)), 2)
    scaled = weight * sign[:, None, None, None] / (CLIP_STD * weight.std(ddof=1))
    assert crossbar_layers(network)["layer1"].sign.tolist() == sign.tolist() and len(set(sign)) == 2
    np.testing.assert_allclose(networks.layers_of(network)[1].weight.detach(), scaled.clip(0, 1), rtol=1e-4, atol=1e-6)


def test_positive_gains_keep_what_the_float_network_computes(splits):
    """A negative gain of the floating-point network becomes a negative column of the signed one."""
    inputs = splits[0].x[:100]
    plain = networks.build("float", layers=LAYERS)
    networks.start(plain, inputs, seed=3)
    for norm in batch_norms(plain):
        norm.weight.data.uniform_(-1.5, 1.5, generator=generator(1, "w"))
        norm.running_mean.uniform_(-1, 1, generator=generator(2, "w"))
    free, positive = (networks.build("signed", layers=LAYERS, gain=gain) for gain in ("free", "positive"))
    for network in (free, positive):
        normalisation_of(network).measure(inputs)
        start_from_float(network, plain.state_dict(), positive_gains=network is positive)
        start_scales(network, inputs)
    lowest = {
        network.entry.gain: min(float(norm.weight.detach().min()) for norm in batch_norms(network))
        for network in (free, positive)
    }
    assert lowest["free"] < 0 <= lowest["positive"]
    torch.testing.assert_close(positive.eval()(inputs), free.eval()(inputs), rtol=1e-4, atol=1e-4)


def test_a_turned_column_keeps_its_weights_in_unipolar_devices(splits):
    """Turned before it is moved into their range, not after, where nearly all of it would be cut off."""
    inputs = splits[0].x[:100]
    plain = networks.build("float", layers=LAYERS)
    networks.start(plain, inputs, seed=3)
    for norm in batch_norms(plain):
        norm.weight.data[::2] *= -1
    network = networks.build("unipolar", layers=LAYERS, gain="positive", common_mode="subtracted")
    normalisation_of(network).measure(inputs)
    start_from_float(network, plain.state_dict(), positive_gains=True)
    for name, layer in crossbar_layers(network).items():
        layer.clip_weight()
        weight = plain.state_dict()[f"{name}.weight"]
        spread = ONE_SIDED_CLIP_STD * weight.std()
        weight = torch.cat([weight, -weight], 1) if layer.takes == "halved" else weight
        turn = torch.where(torch.arange(len(weight)) % 2 == 0, -1.0, 1.0).view(-1, *[1] * (weight.dim() - 1))
        wanted = (1 + turn * weight / spread) / 2
        assert (layer.weight > 0).float().flatten(1).mean(1).min() > 0.5
        torch.testing.assert_close(layer.weight.data, wanted.clamp(0, 1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(3, 8, 8), (9, 1, 16)])
def test_a_first_layer_starts_along_the_main_directions_of_patches(shape):
    """Those of numpy, each with both signs, and of Kaiming's length; further kernels and layers stay random."""
    inputs = torch.rand(40, *shape, generator=torch.Generator().manual_seed(0)).cumsum(-1)
    plain, network = (networks.build("float", layers=LAYERS, shape=shape, first_layer=way) for way in WAYS)
    for built in (plain, network):
        networks.start(built, inputs)
    first, second = (layer.weight.detach().double().flatten(1).numpy() for layer in networks.layers_of(network)[:2])
    values = normalisation_of(network)(inputs).numpy().astype(np.float64)
    kernel = (3, 3) if shape[1] > 1 else (1, 3)
    windows = np.lib.stride_tricks.sliding_window_view(values, kernel, (2, 3)).transpose(0, 2, 3, 1, 4, 5)
    patches = windows.reshape(-1, first.shape[1])
    np.testing.assert_allclose(first[:8], -first[8:], rtol=0, atol=0)
    np.testing.assert_allclose(first[:8] @ first[:8].T, 2 * np.eye(8), atol=1e-5)
    largest = np.sort(np.linalg.eigvalsh(np.cov(patches.T)))[::-1][:8]
    np.testing.assert_allclose((patches @ first[:8].T).var(0, ddof=1) / 2, largest, rtol=1e-4)
    np.testing.assert_array_equal(second, networks.layers_of(plain)[1].weight.detach().double().flatten(1).numpy())
