"""The mapped network is the trained one, code by code; noisy chips are what devices make of it."""

import gc
from itertools import product
from weakref import WeakSet

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from xbar.config.crossbars import CrossbarSpec, EvaluationSpec
from xbar.hardware.arrays import read_arrays, write_arrays
from xbar.network.chip import BATCH, Drivers, place, predict_chips
from xbar.network.layers import Scales
from xbar.seeds import generator
from xbar.training import chips
from xbar.training.chips import AT_ONCE, chip_accuracies, make_chip, map_network, weight_share
from xbar.training.evaluate import accuracy, predict
from xbar.training.start import start_network

POLARITIES = ["signed", "unipolar", "mixed"]
LAYERS = [{"conv": 8, "kernel": 3, "pool": 2}, {"conv": 9, "kernel": 3}, {"linear": 10}]


def ready(made_up, inputs, polarity, *, seed=0, **changes):
    """A network as training leaves it: weights within range, scales that are no round numbers."""
    network = made_up.build(polarity, layers=LAYERS, activation="crelu", **changes)
    start_network(network, inputs[:200], seed=seed, warm_start=None)
    for parameter in network.scales.parameters():
        parameter.data.add_(0.0137)
    network.clip_weights()
    with torch.no_grad():
        network.train()(inputs[:200])
    return network.eval()


@torch.no_grad()
def outputs_of(network, inputs, noise=None):
    """Scores, and what each layer's converters gave."""
    seen = []
    scores = network(inputs, noise, watch=lambda index, values, outputs: seen.append(outputs.clone()))
    return [*seen, scores]


@pytest.mark.parametrize(
    ("polarity", "g_min", "scale"), [*product(POLARITIES, [0.0, 2.5], ["network"]), ("signed", 2.5, "layer")]
)
def test_ideal_chip_is_the_trained_network_exactly(made_up, splits, tmp_path, polarity, g_min, scale):
    """A thousand inputs; several row tiles and column blocks; conductances by way of their file."""
    inputs, device = splits[0].x[:1000], made_up.device_spec(g_min_uS=g_min)
    network = ready(made_up, splits[0].x, polarity, scale=scale)
    trained = outputs_of(network, inputs)
    write_arrays(tmp_path / "conductances", map_network(network, device, made_up.crossbar), {})
    mapped, _ = read_arrays(tmp_path / "conductances")
    blocks = [{array.tile[:2] for array in arrays} for arrays in mapped]
    assert max(i for i, _ in blocks[1]) >= 2 and max(j for _, j in blocks[2]) >= (1 if polarity == "signed" else 0)
    place(network, make_chip(network, mapped, device, 0.0, seed=0, chip=0))
    for layer in network.layers:
        layer.weight.data.fill_(0.123)  # nothing may come from the trained weights any more
    for before, after in zip(trained, outputs_of(network, inputs), strict=True):
        assert torch.equal(before, after)
    assert len(trained[-1].argmax(1).unique()) > 1


@pytest.mark.parametrize("polarity", POLARITIES)
@pytest.mark.parametrize("g_min", [0.0, 2.5])
def test_adc_codes_by_hand_from_the_conductances(made_up, splits, polarity, g_min):
    """Ohm, Kirchhoff and the converters of the last layer in numpy, array by array."""
    device, window = made_up.device_spec(g_min_uS=g_min), 20.0 - g_min
    network, seen = ready(made_up, splits[0].x, polarity), []
    with torch.no_grad():
        network(splits[0].x[:100], watch=lambda index, *values: seen.append(values))
        arrays = map_network(network, device, made_up.crossbar)[2]
        layer, scales = network.layers[2], network.scales_of(2)
        volts = (layer.drive(seen[2][0], scales) / scales.x_max).double().numpy()
        full_scale = float(scales.log_i_max.exp())
        lsb = float(scales.current_max) / 255
    low, codes = (-1 if polarity == "signed" else 0), np.zeros((100, 10))
    for array in arrays:
        current_uA = volts[:, array.tile.rows] @ array.g_uS.numpy()
        if polarity == "signed":
            current_uA = current_uA[:, 0::2] - current_uA[:, 1::2]
        elif g_min > 0:
            current_uA = current_uA[:, :-1] - current_uA[:, -1:]
        codes[:, array.tile.outputs] += np.round(np.clip(current_uA / window / full_scale, low, 1) * 255)
    found = seen[2][1].double().numpy() / lsb
    np.testing.assert_allclose(found, found.round(), atol=1e-2)
    assert np.abs(codes - found.round()).max() <= 1  # single and double precision may fall on two sides of an edge
    assert (codes == found.round()).mean() > 0.99
    assert np.abs(codes).max() > 10


@settings(deadline=None)
@given(
    st.sampled_from(POLARITIES), st.integers(1, 8), st.floats(-3, 3), st.floats(0, 30), st.floats(0.1, 50),
    st.integers(0, 2**31),
)  # fmt: skip
def test_weights_survive_any_device_bit_for_bit(made_up, polarity, bits, log_w_max, g_min, window, seed):
    network = made_up.build(polarity, weight_bits=bits)
    network.scales[0].log_w_max.data.fill_(log_w_max)
    for layer in network.layers:
        torch.nn.init.normal_(layer.weight, 0, 2.0**log_w_max, generator=torch.Generator().manual_seed(seed))
    device = made_up.device_spec(g_min_uS=g_min, g_max_uS=g_min + window)
    chip = make_chip(network, map_network(network, device, made_up.crossbar), device, 0.0, seed=0, chip=0)
    with torch.no_grad():
        for layer, mapped in zip(network.layers, chip, strict=True):
            (weight,) = mapped.in_units(network.scales[0]).weights
            assert torch.equal(weight, layer.quantized_weight(network.scales[0]))


def test_weight_share_is_the_code_over_the_levels(made_up, splits):
    network = ready(made_up, splits[0].x, "signed")
    for index, layer in enumerate(network.layers):
        share = weight_share(network, index).detach()
        scales: Scales = network.scales_of(index)
        by_hand = (layer.weight / scales.w_max).detach().double().numpy().clip(-1, 1) * 3
        edge = np.abs(np.abs(by_hand) % 1 - 0.5) < 1e-5
        assert share.dtype == torch.float64
        np.testing.assert_array_equal((share.numpy() * 3)[~edge], np.round(by_hand)[~edge])


@pytest.mark.parametrize(("polarity", "devices"), [("signed", 2), ("unipolar", 1)])
def test_noise_of_a_chip_is_that_of_training(made_up, splits, polarity, devices):
    """Same standard deviation as a training step draws: eta of full scale for each device."""
    network = ready(made_up, splits[0].x, polarity, noise=0.05)
    device = made_up.device_spec(programming_noise=0.05)
    crossbar = CrossbarSpec(rows=512, columns=64)
    ideal = [weight_share(network, index).detach() for index in range(3)]
    step = [
        (
            layer.noisy_weight(network.scales[0], generator(0, "noise")) - layer.quantized_weight(network.scales[0])
        ).detach()
        / network.scales[0].w_max.detach()
        for layer in network.layers
    ]
    layers = make_chip(network, map_network(network, device, crossbar), device, 0.05, seed=0, chip=0)
    chip = [layer.columns[0].weight - share for layer, share in zip(layers, ideal, strict=True)]
    for errors in (step, chip):
        error = torch.cat([values.flatten().double() for values in errors])
        n = len(error)
        assert abs(float(error.std()) / (0.05 * devices**0.5) - 1) < 5 / (2 * n) ** 0.5
        assert abs(float(error.mean())) < 5 * 0.05 * devices**0.5 / n**0.5


def test_a_chip_keeps_its_draw_from_one_noise_level_to_the_next(made_up, splits):
    network, device = ready(made_up, splits[0].x, "unipolar"), made_up.device_spec()
    mapped, errors = map_network(network, device, made_up.crossbar), {}
    share = weight_share(network, 1).detach()

    def error_of(layers):
        return layers[1].columns[0].weight - share

    for chip, noise in ((0, 0.02), (0, 0.06), (1, 0.02)):
        errors[chip, noise] = error_of(make_chip(network, mapped, device, noise, seed=0, chip=chip))
    torch.testing.assert_close(3 * errors[0, 0.02], errors[0, 0.06])
    assert (errors[0, 0.02] - errors[1, 0.02]).abs().max() > 0.01
    as_it_is = make_chip(network, mapped, device, None, seed=0, chip=0)  # noise of 0.04
    torch.testing.assert_close(2 * errors[0, 0.02], error_of(as_it_is))


def test_rows_of_an_evaluation(made_up, splits):
    network, device = ready(made_up, splits[0].x, "unipolar"), made_up.device_spec()
    examples = {"validation": (splits[1].x[:50], splits[1].y[:50]), "test": (splits[1].x[50:90], splits[1].y[50:90])}
    expected = {split: accuracy(network, part) for split, part in examples.items()}
    evaluation = EvaluationSpec(chips=3, sweep_chips=2, noise_sweep=[0.0, 0.1])
    mapped = map_network(network, device, made_up.crossbar)
    rows, again = (list(chip_accuracies(network, mapped, device, evaluation, examples, seed=seed)) for seed in (5, 5))
    assert rows == again
    assert [(row["condition"], row["chip"], row["split"]) for row in rows] == [
        ("ideal", 0, "validation"), ("ideal", 0, "test"),
        *[("noisy", chip, split) for chip in range(3) for split in ("validation", "test")],
        *[(f"noise-{noise}", chip, "test") for noise in ("0", "0.1") for chip in range(2)],
    ]  # fmt: skip
    assert {row["split"]: row["accuracy"] for row in rows[:2]} == expected
    assert all(row["accuracy"] == expected["test"] for row in rows if row["condition"] == "noise-0")
    other = list(chip_accuracies(network, mapped, device, evaluation, examples, seed=6))
    assert [row["accuracy"] for row in other] != [row["accuracy"] for row in rows]


def test_splits_without_examples_have_no_rows(made_up, splits):
    network, device = ready(made_up, splits[0].x, "signed"), made_up.device_spec()
    examples = {"validation": (splits[1].x[:0], splits[1].y[:0]), "test": (splits[1].x[:20], splits[1].y[:20])}
    rows = chip_accuracies(
        network, map_network(network, device, made_up.crossbar), device,
        EvaluationSpec(chips=1, sweep_chips=1, noise_sweep=[]), examples, seed=0,
    )  # fmt: skip
    assert [(row["condition"], row["split"]) for row in rows] == [("ideal", "test"), ("noisy", "test")]


@pytest.mark.parametrize("polarity", POLARITIES)
def test_chips_that_take_turns_find_what_each_finds_alone(made_up, splits, polarity):
    """More examples than one turn takes; the first layer's converters are shared."""
    network, device = ready(made_up, splits[0].x, polarity), made_up.device_spec()
    trained, inputs = list(network.layers), splits[0].x[: 2 * BATCH + 30]
    mapped = map_network(network, device, made_up.crossbar)
    made = [make_chip(network, mapped, device, noise, seed=0, chip=n) for n, noise in enumerate((0.0, 0.1, 0.2))]
    found = predict_chips(network, made, inputs)
    assert list(network.layers) == trained and found.shape == (3, len(inputs))
    assert torch.equal(found[0], predict(network, inputs)) and not torch.equal(found[0], found[2])
    for chip, classes in zip(made, found, strict=True):
        chip[0].drivers = Drivers(chip[0].layer)
        place(network, chip)
        assert torch.equal(predict(network, inputs), classes)


def test_bfloat16_moves_sums_by_an_adc_step_at_most_and_spares_the_ideal_chip(made_up, splits, monkeypatch):
    """The bound: 8 significant bits of currents within an ADC range of 8 bits, and a rounding on its edge."""
    network, device = ready(made_up, splits[0].x, "signed"), made_up.device_spec()
    mapped = map_network(network, device, made_up.crossbar)
    (layer, *_) = make_chip(network, mapped, device, 0.04, seed=0, chip=0)
    scales, rows = network.scales_of(0), network.rows(splits[0].x[:100])
    exact = layer(rows, scales)
    with torch.autocast("cpu", torch.bfloat16):
        short = layer(rows, scales)
    step = float(scales.current_max.detach()) / (2**network.hardware.adc_bits - 1)
    assert short.dtype == torch.float32 and 0 < (short - exact).abs().max() <= 1.01 * layer.layer.tiles * step

    seen = []

    def predictions(*given, precision):
        seen.append(precision)
        return predict_chips(*given, precision=precision)

    monkeypatch.setattr(chips, "predict_chips", predictions)
    evaluation = EvaluationSpec(chips=1, sweep_chips=1, noise_sweep=[0.1], precision="bfloat16")
    list(chip_accuracies(network, mapped, device, evaluation, {"test": (splits[0].x[:9], splits[0].y[:9])}, seed=0))
    assert seen == ["float32", "bfloat16", "bfloat16"]


def test_the_number_of_chips_does_not_grow_the_memory(made_up, splits, monkeypatch):
    """Of any number of chips, a few are held at a time."""
    network, device = ready(made_up, splits[0].x, "unipolar"), made_up.device_spec()
    alive, most = WeakSet(), []

    def counted(*given, **named):
        layers = make_chip(*given, **named)
        alive.add(layers[0])
        gc.collect()
        most.append(len(alive))
        return layers

    monkeypatch.setattr(chips, "make_chip", counted)
    examples = {"test": (splits[1].x[:20], splits[1].y[:20])}
    evaluation = EvaluationSpec(chips=3 * AT_ONCE + 1, sweep_chips=1, noise_sweep=[])
    rows = list(
        chip_accuracies(network, map_network(network, device, made_up.crossbar), device, evaluation, examples, seed=0)
    )
    assert len(rows) == len(most) == 3 * AT_ONCE + 2
    assert AT_ONCE <= max(most) <= 2 * AT_ONCE
