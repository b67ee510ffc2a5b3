"""The mapped network is the trained one, code by code; noisy chips are what devices make of it."""

import gc
from itertools import product
from weakref import WeakSet

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import networks
from support.chips import chip_rows

from xbar.chips import evaluate
from xbar.chips.chip import on_chip
from xbar.chips.deployment import Condition, Deployment
from xbar.chips.evaluate import AT_ONCE
from xbar.chips.mapped import map_network, read_mapped, weight_share
from xbar.chips.predict import BATCH, predict_chips
from xbar.config.crossbars import CrossbarSpec, EvaluationSpec
from xbar.hardware.arrays import write_arrays
from xbar.network.contexts import crossbar_layers, scales_of
from xbar.network.predict import accuracy, predict
from xbar.seeds import generator

POLARITIES = ["signed", "unipolar", "mixed"]
LAYERS = [{"conv": 8, "kernel": 3, "pool": 2}, {"conv": 9, "kernel": 3}, {"linear": 10}]


def ready(inputs, polarity, *, seed=0, **changes):
    """A network as training leaves it: weights within range, scales that are no round numbers."""
    network = networks.build(polarity, layers=LAYERS, activation="crelu", **changes)
    networks.start(network, inputs[:200], seed=seed)
    for scales in scales_of(network):
        for parameter in scales.parameters():
            parameter.data.add_(0.0137)
    for layer in networks.layers_of(network):
        layer.clip_weight()
    with torch.no_grad():
        network.train()(inputs[:200])
    return network.eval()


def test_what_does_not_fit_is_named_by_its_layer(splits):
    network = ready(splits[0].x, "signed")
    narrow = networks.CROSSBAR.model_copy(update={"columns": 1})
    told = "^module layer0: Conv2d: arrays of 1 columns cannot hold one output of 2 columns$"
    with pytest.raises(ValueError, match=told):
        map_network(network, networks.device_spec(), narrow)


def test_a_file_without_a_mapped_network_is_named(tmp_path):
    write_arrays(tmp_path / "weights", [], {"crossbar": {"rows": 8}})
    with pytest.raises(ValueError, match="weights holds no mapped network: mapping missing from its header"):
        read_mapped(tmp_path / "weights")


def deploy(network, device, mapped=None, seed=0):
    return Deployment(network, mapped or map_network(network, device, networks.CROSSBAR), device, seed=seed)


def chips_of(network, device, noises, seed=0):
    """Chip 0, 1, ... with so much constant noise each."""
    deployed = deploy(network, device, seed=seed)
    return [deployed.make_chip(Condition(number, noise=noise)) for number, noise in enumerate(noises)]


@torch.no_grad()
def outputs_of(network, inputs):
    """What each layer's converters gave, and scores."""
    return [*(sums for _, sums in networks.inputs_and_sums(network, inputs)), network(inputs)]


@pytest.mark.parametrize(
    ("polarity", "g_min", "scale"), [*product(POLARITIES, [0.0, 2.5], ["network"]), ("signed", 2.5, "layer")]
)
def test_ideal_chip_is_the_trained_network_exactly(splits, tmp_path, polarity, g_min, scale):
    """A thousand inputs; several row tiles and column blocks; conductances by way of their file."""
    inputs, device = splits[0].x[:1000], networks.device_spec(g_min_uS=g_min)
    network = ready(splits[0].x, polarity, scale=scale)
    trained = outputs_of(network, inputs)
    written = map_network(network, device, networks.CROSSBAR)
    about = {"mapping": written.mapping, "crossbar": {"rows": networks.CROSSBAR.rows}}
    write_arrays(tmp_path / "conductances", written.arrays, about)
    mapped = read_mapped(tmp_path / "conductances")
    blocks = [{array.tile[:2] for array in arrays} for arrays in mapped.arrays]
    assert max(i for i, _ in blocks[1]) >= 2 and max(j for _, j in blocks[2]) >= (1 if polarity == "signed" else 0)
    chip = deploy(network, device, mapped).make_chip(Condition(noise=0.0))
    for layer in networks.layers_of(network):
        layer.weight.data.fill_(0.123)  # nothing may come from the trained weights any more
    with on_chip(chip):
        for before, after in zip(trained, outputs_of(network, inputs), strict=True):
            assert torch.equal(before, after)
    assert not torch.equal(network(inputs), trained[-1])
    assert len(trained[-1].argmax(1).unique()) > 1


@pytest.mark.parametrize("polarity", POLARITIES)
@pytest.mark.parametrize("g_min", [0.0, 2.5])
def test_adc_codes_by_hand_from_the_conductances(splits, polarity, g_min):
    """Ohm, Kirchhoff and the converters of the last layer in numpy, array by array."""
    device, window = networks.device_spec(g_min_uS=g_min), 20.0 - g_min
    network = ready(splits[0].x, polarity)
    with torch.no_grad():
        seen = networks.inputs_and_sums(network, splits[0].x[:100])
        arrays = map_network(network, device, networks.CROSSBAR).arrays[2]
        layer, scales = networks.layers_of(network)[2], scales_of(network)[0]
        volts = (layer.drive(layer.on_rows(seen[2][0])) / scales.x_max).double().numpy()
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


@given(
    st.sampled_from(POLARITIES), st.integers(1, 8), st.floats(-3, 3), st.floats(0, 30), st.floats(0.1, 50),
    st.integers(0, 2**31),
)  # fmt: skip
def test_weights_survive_any_device_bit_for_bit(polarity, bits, log_w_max, g_min, window, seed):
    network = networks.build(polarity, weight_bits=bits)
    scales_of(network)[0].log_w_max.data.fill_(log_w_max)
    for layer in networks.layers_of(network):
        torch.nn.init.normal_(layer.weight, 0, 2.0**log_w_max, generator=torch.Generator().manual_seed(seed))
    device = networks.device_spec(g_min_uS=g_min, g_max_uS=g_min + window)
    (chip,) = chips_of(network, device, [0.0])
    with torch.no_grad():
        for layer, mapped in zip(networks.layers_of(network), chip, strict=True):
            (weight,) = mapped.in_units().weights
            assert torch.equal(weight, layer.quantized_weight())


def test_weight_share_is_the_code_over_the_levels(splits):
    network = ready(splits[0].x, "signed")
    for layer in networks.layers_of(network):
        share = weight_share(layer)
        by_hand = (layer.weight / layer.scales.w_max).detach().double().numpy().clip(-1, 1) * 3
        edge = np.abs(np.abs(by_hand) % 1 - 0.5) < 1e-5
        assert share.dtype == torch.float64
        np.testing.assert_array_equal((share.numpy() * 3)[~edge], np.round(by_hand)[~edge])


@pytest.mark.parametrize(("polarity", "devices"), [("signed", 2), ("unipolar", 1)])
def test_noise_of_a_chip_is_that_of_training(splits, polarity, devices):
    """Same standard deviation as a training step draws: eta of full scale for each device."""
    network = ready(splits[0].x, polarity, noise=0.05)
    device = networks.device_spec(programming_noise=0.05)
    layers, step = networks.layers_of(network), []
    ideal = [weight_share(layer) for layer in layers]
    for layer in layers:
        layer.generator = generator(0, "noise")
        step.append(((layer.noisy_weight() - layer.quantized_weight()) / layer.scales.w_max).detach())
    mapped = map_network(network, device, CrossbarSpec(rows=64, columns=64))
    made = deploy(network, device, mapped).make_chip(Condition(noise=0.05))
    chip = [part.columns[0].weight - share for part, share in zip(made, ideal, strict=True)]
    for errors in (step, chip):
        error = torch.cat([values.flatten().double() for values in errors])
        n = len(error)
        assert abs(float(error.std()) / (0.05 * devices**0.5) - 1) < 5 / (2 * n) ** 0.5
        assert abs(float(error.mean())) < 5 * 0.05 * devices**0.5 / n**0.5


def test_a_chip_keeps_its_draw_from_one_noise_level_to_the_next(splits):
    network, device, errors = ready(splits[0].x, "unipolar"), networks.device_spec(), {}
    share, deployed = weight_share(networks.layers_of(network)[1]), deploy(network, device)

    def error_of(condition):
        return deployed.make_chip(condition)[1].columns[0].weight - share

    for chip, noise in ((0, 0.02), (0, 0.06), (1, 0.02)):
        errors[chip, noise] = error_of(Condition(chip, noise=noise))
    torch.testing.assert_close(3 * errors[0, 0.02], errors[0, 0.06])
    assert (errors[0, 0.02] - errors[1, 0.02]).abs().max() > 0.01
    torch.testing.assert_close(2 * errors[0, 0.02], error_of(Condition()))  # as it is: noise of 0.04


def test_rows_of_an_evaluation(splits):
    network, device = ready(splits[0].x, "unipolar"), networks.device_spec()
    examples = {"validation": (splits[1].x[:50], splits[1].y[:50]), "test": (splits[1].x[50:90], splits[1].y[50:90])}
    expected = {split: accuracy(network, part) for split, part in examples.items()}
    evaluation = EvaluationSpec(chips=3, sweep_chips=2, noise_sweep=[0.0, 0.1])
    mapped = map_network(network, device, networks.CROSSBAR)
    rows, again, other = (
        list(chip_rows(deploy(network, device, mapped, seed), evaluation, examples)) for seed in (5, 5, 6)
    )
    assert rows == again
    assert [(row["condition"], row["chip"], row["split"]) for row in rows] == [
        ("ideal", 0, "validation"), ("ideal", 0, "test"),
        *[("noisy", chip, split) for chip in range(3) for split in ("validation", "test")],
        *[(f"noise-{noise}", chip, "test") for noise in ("0", "0.1") for chip in range(2)],
    ]  # fmt: skip
    assert {row["split"]: row["accuracy"] for row in rows[:2]} == expected
    assert all(row["accuracy"] == expected["test"] for row in rows if row["condition"] == "noise-0")
    assert [row["accuracy"] for row in other] != [row["accuracy"] for row in rows]


def test_splits_without_examples_have_no_rows(splits):
    network, device = ready(splits[0].x, "signed"), networks.device_spec()
    examples = {"validation": (splits[1].x[:0], splits[1].y[:0]), "test": (splits[1].x[:20], splits[1].y[:20])}
    evaluation = EvaluationSpec(chips=1, sweep_chips=1, noise_sweep=[])
    rows = chip_rows(deploy(network, device), evaluation, examples)
    assert [(row["condition"], row["split"]) for row in rows] == [("ideal", "test"), ("noisy", "test")]


@pytest.mark.parametrize("polarity", POLARITIES)
def test_chips_that_take_turns_find_what_each_finds_alone(splits, polarity):
    """More examples than one turn takes; the first layer's converters are shared."""
    network, device = ready(splits[0].x, polarity), networks.device_spec()
    inputs = splits[0].x[: 2 * BATCH + 30]
    made = chips_of(network, device, (0.0, 0.1, 0.2))
    found = predict_chips(network, made, inputs)
    assert found.shape == (3, len(inputs)) and not any(layer.stand_in for layer in crossbar_layers(network).values())
    assert torch.equal(found[0], predict(network, inputs)) and not torch.equal(found[0], found[2])
    for chip, classes in zip(made, found, strict=True):
        with on_chip(chip):
            assert torch.equal(predict(network, inputs), classes)


def test_bfloat16_moves_sums_by_an_adc_step_at_most_and_spares_the_ideal_chip(splits, monkeypatch):
    """The bound: 8 significant bits of currents within an ADC range of 8 bits, and a rounding on its edge."""
    network, device = ready(splits[0].x, "signed"), networks.device_spec()
    ((part, *_),) = chips_of(network, device, [0.04])
    layer, inputs = part.layer, network.inputs(splits[0].x[:100])
    exact = part(inputs)
    with torch.autocast("cpu", torch.bfloat16):
        short = part(inputs)
    step = float(layer.scales.current_max.detach()) / (2**layer.hardware.adc_bits - 1)
    assert short.dtype == torch.float32 and 0 < (short - exact).abs().max() <= 1.01 * layer.tiles() * step

    seen = []

    def predictions(*given, precision):
        seen.append(precision)
        return predict_chips(*given, precision=precision)

    monkeypatch.setattr(evaluate, "predict_chips", predictions)
    evaluation = EvaluationSpec(chips=1, sweep_chips=1, noise_sweep=[0.1], precision="bfloat16")
    list(chip_rows(deploy(network, device), evaluation, {"test": (splits[0].x[:9], splits[0].y[:9])}))
    assert seen == ["float32", "bfloat16", "bfloat16"]


def test_the_number_of_chips_does_not_grow_the_memory(splits, monkeypatch):
    """Of any number of chips, a few are held at a time."""
    network, device = ready(splits[0].x, "unipolar"), networks.device_spec()
    alive, most, make = WeakSet(), [], Deployment.make_chip

    def counted(*given):
        chip = make(*given)
        alive.add(chip[0])
        gc.collect()
        most.append(len(alive))
        return chip

    monkeypatch.setattr(Deployment, "make_chip", counted)
    examples = {"test": (splits[1].x[:20], splits[1].y[:20])}
    evaluation = EvaluationSpec(chips=3 * AT_ONCE + 1, sweep_chips=1, noise_sweep=[])
    rows = list(chip_rows(deploy(network, device), evaluation, examples))
    assert len(rows) == len(most) == 3 * AT_ONCE + 2
    assert AT_ONCE <= max(most) <= 2 * AT_ONCE
