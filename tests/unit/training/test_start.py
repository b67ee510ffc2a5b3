"""Starting values against numpy, and networks that start as the float network they come from."""

from math import log

import numpy as np
import pytest
import torch

from xbar.network.architecture import Network
from xbar.network.storage import write_network
from xbar.seeds import generator
from xbar.training.start import (
    CLIP_STD,
    set_normalisation,
    start_from_float,
    start_network,
    start_scales,
    start_weights,
)

LAYERS = [{"conv": 16, "kernel": 3, "pool": 2}, {"conv": 8, "kernel": 3}, {"linear": 10}]


@pytest.mark.parametrize("dtype", [torch.float32, torch.uint8])
def test_normalisation_is_that_of_numpy(made_up, splits, dtype):
    inputs = torch.cat([splits[0].x, splits[0].x.flip(0)[:, :, :, :] * 2 + 1], 1).to(dtype)
    network = made_up.build("float", shape=(2, 8, 8))
    set_normalisation(network, inputs)
    values = inputs.numpy().astype(np.float64)
    np.testing.assert_allclose(network.mean.flatten(), values.mean((0, 2, 3)), rtol=1e-6)
    np.testing.assert_allclose(network.std.flatten(), values.std((0, 2, 3), ddof=1), rtol=1e-6)


def test_constant_channel_does_not_divide_by_zero(made_up):
    network = made_up.build("float")
    set_normalisation(network, torch.full((10, 1, 8, 8), 3.0))
    assert float(network.std) > 0


def test_weights_of_each_kind_of_network(made_up):
    """Standard deviation sqrt(2 / fan-in) (He et al.), 1/2 of full scale, and uniform over [-1/2, 1/2]."""
    drawn = {}
    for polarity in ("float", "signed", "unipolar", "mixed"):
        network = made_up.build(polarity, layers=LAYERS)
        start_weights(network, generator(0, "weights"))
        drawn[polarity] = network.layers[1].weight.detach().flatten()
    n = 16 * 9 * 8
    assert all(len(weight) == n for weight in drawn.values())
    assert abs(float(drawn["float"].std()) / (2 / 144) ** 0.5 - 1) < 5 / (2 * n) ** 0.5
    assert abs(float(drawn["signed"].std()) * CLIP_STD - 1) < 5 / (2 * n) ** 0.5
    assert torch.equal(drawn["unipolar"], drawn["mixed"])
    assert float(drawn["unipolar"].abs().max()) <= 0.5
    assert abs(float((drawn["unipolar"] > 0).float().mean()) - 0.5) < 5 * 0.5 / n**0.5


@pytest.mark.parametrize("activation", ["relu", "crelu"])
def test_start_from_float_computes_what_the_float_network_does(made_up, splits, activation):
    """With 16-bit converters and open ranges; batch-norm of each batch absorbs the size of the weights."""
    inputs = splits[0].x[:100]
    plain = made_up.build("float", layers=LAYERS, activation=activation)
    fine = {"weight_bits": 16, "dac_bits": 16, "adc_bits": 16, "noise": 0.0}
    network = made_up.build("signed", layers=LAYERS, activation=activation, **fine)
    for part in (plain, network):
        set_normalisation(part, inputs)
    for layer in plain.layers:  # uniform: no weight beyond two standard deviations, so that none clips
        layer.weight.data.uniform_(-0.2, 0.2, generator=generator(0, "w"))
    for norm in plain.norms:
        norm.weight.data.uniform_(0.5, 1.5, generator=generator(1, "w"))
        norm.bias.data.uniform_(-0.5, 0.5, generator=generator(2, "w"))
    start_from_float(network, plain.state_dict())
    for parameter, value in zip(network.scales.parameters(), (20.0, 1.0, 20.0), strict=True):
        parameter.data.fill_(log(value))
    found, expected = network.train()(inputs), plain.train()(inputs)
    assert float(expected.detach().std()) > 0.5
    torch.testing.assert_close(found, expected, rtol=0, atol=0.03)


@pytest.mark.parametrize("polarity", ["unipolar", "mixed"])
def test_one_sided_start_computes_what_the_float_network_does(made_up, splits, polarity):
    """Where the weights of every row, with their signs, sum to zero over the columns, only common mode is added."""
    inputs = splits[0].x[:100]
    plain = made_up.build("float", layers=LAYERS)
    fine = {"weight_bits": 16, "dac_bits": 16, "adc_bits": 16, "noise": 0.0, "common_mode": "subtracted"}
    network = made_up.build(polarity, layers=LAYERS, **fine)
    for part in (plain, network):
        set_normalisation(part, inputs)
    for index, layer in enumerate(plain.layers):
        weight = layer.weight.data.uniform_(-0.2, 0.2, generator=generator(0, "w"))
        sign = network.get_buffer(f"sign{index}").view(-1, *[1] * (weight.dim() - 1))
        weight -= sign * (sign * weight).mean(0, keepdim=True)
    start_from_float(network, plain.state_dict())
    for layer in network.layers:
        assert layer.weight.detach().amin() < 0.1 and layer.weight.detach().amax() > 0.9
    for parameter, value in zip(network.scales.parameters(), (20.0, 1.0, 20.0), strict=True):
        parameter.data.fill_(log(value))
    for layer in network.layers:  # a few lie beyond 1.5 standard deviations: let the devices reach them
        layer.weight.data.mul_(0.5).add_(0.25)
    found, expected = network.train()(inputs), plain.train()(inputs)
    assert float(expected.detach().std()) > 0.5
    torch.testing.assert_close(found, expected, rtol=0, atol=0.06)


@pytest.mark.parametrize(("scale", "polarity"), [("network", "signed"), ("layer", "unipolar")])
def test_scales_hold_the_ranges_of_the_inputs(made_up, splits, scale, polarity):
    """Measured again by numpy: DAC at the 99.9 % quantile of the inputs, ADC at that of the largest tile's sums."""
    inputs = splits[0].x[:100]
    network = made_up.build(polarity, layers=LAYERS, scale=scale, noise=0.0)
    set_normalisation(network, inputs)
    start_weights(network, generator(0, "weights"))
    start_scales(network, inputs)
    assert network.training
    assert all(float(scales.w_max.detach()) == 1 for scales in network.scales)
    first = np.sort(
        np.concatenate([(x := ((inputs - network.mean) / network.std).numpy()).clip(0), (-x).clip(0)], None)
    )
    quantile = first[int(0.999 * first.size) - 1]
    if scale == "layer":
        assert float(network.scales_of(0).x_max.detach()) == pytest.approx(quantile, rel=1e-5)
        _check_currents(network, inputs)
    else:
        assert len(network.scales) == 1
        assert quantile / 10 < float(network.scales_of(0).x_max.detach()) < 10 * quantile


def _check_currents(network, inputs):
    """First layer of two channels, one tile: its sums without converters."""
    layer, scales = network.layers[0], network.scales_of(0)
    values = torch.cat([y := (inputs - network.mean) / network.std, -y], 1).clamp_min(0)
    weight = layer.quantized_weight(scales)
    sums = np.sort(torch.nn.functional.conv2d(values, weight, padding=1).detach().abs().numpy().ravel())
    assert layer.tiles == 1
    assert float(scales.current_max.detach()) == pytest.approx(sums[int(0.999 * sums.size) - 1], rel=1e-4)


def test_network_wide_adc_hardly_clips_in_any_layer(made_up, splits):
    network, clipped = made_up.build("signed", layers=LAYERS), []
    start_network(network, splits[0].x, seed=0, warm_start=None)

    def watch(index, values, outputs):
        layer, scales = network.layers[index], network.scales_of(index)
        currents = layer.tile_currents(layer.drive(values, scales), layer.quantized_weight(scales))
        clipped.extend(float((current.abs() > scales.current_max).double().mean()) for current in currents)

    network.train()(splits[0].x[:200], watch=watch)
    assert len(clipped) == sum(layer.tiles for layer in network.layers)
    assert max(clipped) < 0.01


@pytest.mark.parametrize("polarity", ["float", "signed", "unipolar", "mixed"])
def test_start_depends_on_the_seed_alone(made_up, splits, polarity):
    states = []
    for seed in (0, 0, 1):
        network: Network = made_up.build(polarity, layers=LAYERS)
        start_network(network, splits[0].x, seed=seed, warm_start=None)
        states.append(torch.cat([value.flatten().double() for value in network.state_dict().values()]))
    assert torch.equal(states[0], states[1]) and not torch.equal(states[0], states[2])
    assert torch.isfinite(states[0]).all()


def test_warm_start_reads_the_float_network(made_up, splits, tmp_path):
    plain = made_up.build("float", layers=LAYERS)
    start_network(plain, splits[0].x, seed=3, warm_start=None)
    write_network(tmp_path / "float", plain, {})
    network = made_up.build("signed", layers=LAYERS)
    start_network(network, splits[0].x, seed=0, warm_start=tmp_path / "float")
    weight = plain.layers[0].weight.detach().numpy()
    weight = weight / (CLIP_STD * weight.std(ddof=1))
    np.testing.assert_allclose(network.layers[0].weight.detach(), np.concatenate([weight, -weight], 1), rtol=1e-5)


def test_learned_signs_without_annealing_are_the_dominant_ones_of_the_float_network(made_up, splits, tmp_path):
    plain = made_up.build("float", layers=LAYERS, activation="crelu")
    start_network(plain, splits[0].x, seed=3, warm_start=None)
    write_network(tmp_path / "float", plain, {})
    signs = {"group": 2, "assignment": "learned", "anneal": 0.0}
    network = made_up.build("mixed", layers=LAYERS, activation="crelu", signs=signs)
    start_network(network, splits[0].x, seed=0, warm_start=tmp_path / "float")
    weight = plain.layers[1].weight.detach().numpy().astype(np.float64)
    sign = np.repeat(np.sign(weight.reshape(4, -1).sum(1)), 2)
    scaled = weight * sign[:, None, None, None] / (CLIP_STD * weight.std(ddof=1))
    assert network.sign1.tolist() == sign.tolist() and len(set(sign)) == 2
    np.testing.assert_allclose(network.layers[1].weight.detach(), scaled.clip(0, 1), rtol=1e-4, atol=1e-6)


def test_positive_gains_keep_what_the_float_network_computes(made_up, splits):
    """A negative gain of the float network becomes a negative column of the signed one."""
    inputs = splits[0].x[:100]
    plain = made_up.build("float", layers=LAYERS)
    start_network(plain, inputs, seed=3, warm_start=None)
    for norm in plain.norms:
        norm.weight.data.uniform_(-1.5, 1.5, generator=generator(1, "w"))
        norm.running_mean.uniform_(-1, 1, generator=generator(2, "w"))
    free, positive = (made_up.build("signed", layers=LAYERS, gain=gain) for gain in ("free", "positive"))
    for network in (free, positive):
        set_normalisation(network, inputs)
        start_from_float(network, plain.state_dict())
        start_scales(network, inputs)
    lowest = {
        network.gain: min(float(norm.weight.detach().min()) for norm in network.norms) for network in (free, positive)
    }
    assert lowest["free"] < 0 <= lowest["positive"]
    torch.testing.assert_close(positive.eval()(inputs), free.eval()(inputs), rtol=1e-4, atol=1e-4)
