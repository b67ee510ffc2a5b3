"""Networks built from descriptions, against plain torch modules put together by hand."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, LayerSpec, NetworkSpec
from xbar.network import architecture
from xbar.network.architecture import build_network
from xbar.network.layers import CrossbarLayer

IMAGES = [{"conv": 4, "kernel": 3, "pool": 2}, {"conv": 6, "kernel": 5, "stride": 2}, {"average": 2}, {"linear": 5}]
ALTERNATE = {"group": 1, "assignment": "alternate"}
SIGNALS = [{"conv": 5, "kernel": 9, "stride": 4}, {"linear": 7}, {"linear": 3}]


def build(polarity="float", layers=IMAGES, *, shape=(3, 9, 8), activation="relu", rows=64, **changes):
    analog = {} if polarity == "float" else {"weight_bits": 3, "scale": "network"}
    signs = {"signs": ALTERNATE} if polarity == "mixed" else {}
    named = {"dataset": "d", "architecture": "a", "training": "t", "seeds": 1, "polarity": polarity}
    spec = NetworkSpec(**named | analog | signs | changes)
    architecture = ArchitectureSpec(activation=activation, layers=[LayerSpec(**layer) for layer in layers])
    network = build_network(spec, architecture, CrossbarSpec(rows=rows, columns=32), shape)
    return randomise(network, torch.Generator().manual_seed(7))


@torch.no_grad()
def randomise(network, generator):
    """No weight, statistic or affine at its default value."""
    for name, value in network.state_dict().items():
        if value.is_floating_point() and "sign" not in name:
            value.normal_(0.1, 0.3, generator=generator)
            if name.endswith(("std", "running_var")):
                value.abs_().add_(0.5)
    return network


def inputs_of(shape, batch=4):
    return torch.randn(batch, *shape, generator=torch.Generator().manual_seed(8))


def by_hand_images():
    """IMAGES on (3, 9, 8): pooled to (4, 4), strided to (2, 2), averaged to (2, 2)."""
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 5, 2, padding=2, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.AdaptiveAvgPool2d(2),
        nn.Flatten(), nn.Linear(24, 5, bias=False), nn.BatchNorm1d(5),
    )  # fmt: skip


def by_hand_signals():
    """SIGNALS on (2, 1, 32): kernel and stride along the one long axis."""
    return nn.Sequential(
        nn.Conv2d(2, 5, (1, 9), (1, 4), padding=(0, 4), bias=False), nn.BatchNorm2d(5), nn.ReLU(), nn.Flatten(),
        nn.Linear(40, 7, bias=False), nn.BatchNorm1d(7), nn.ReLU(), nn.Linear(7, 3, bias=False), nn.BatchNorm1d(3),
    )  # fmt: skip


@pytest.mark.parametrize("mode", ["train", "eval"])
@pytest.mark.parametrize(
    ("layers", "shape", "by_hand"), [(IMAGES, (3, 9, 8), by_hand_images), (SIGNALS, (2, 1, 32), by_hand_signals)]
)
def test_float_network_is_a_plain_sequence(layers, shape, by_hand, mode):
    network, plain = build(layers=layers, shape=shape), by_hand()
    parts = [part for part in plain if list(part.parameters())]
    for part, own in zip(parts, [p for pair in zip(network.layers, network.norms) for p in pair], strict=True):  # noqa: B905
        part.load_state_dict(own.state_dict())
    getattr(network, mode)(), getattr(plain, mode)()
    inputs = inputs_of(shape)
    torch.testing.assert_close(network(inputs), plain((inputs - network.mean) / network.std), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("polarity", ["float", "signed", "unipolar", "mixed"])
@pytest.mark.parametrize("activation", ["relu", "crelu"])
def test_rows_of_each_layer(polarity, activation):
    """CReLU doubles the rows of every later layer, crossbars those of the first one."""
    network = build(polarity, activation=activation)
    first, later = (1 if polarity == "float" else 2), (2 if activation == "crelu" else 1)
    assert [layer.weight.shape[1] for layer in network.layers] == [3 * first, 4 * later, 6 * 2 * 2 * later]
    assert [(p.height, p.width) for p in network.positions] == [(9, 8), (2, 2), (1, 1)]
    assert network(inputs_of((3, 9, 8))).shape == (4, 5)


def test_crelu_hands_on_both_halves():
    layers = [{"conv": 4, "kernel": 3}, {"linear": 5}]
    network = build(layers=layers, activation="crelu").eval()
    inputs = inputs_of((3, 9, 8))
    first = network.norms[0](network.layers[0]((inputs - network.mean) / network.std))
    both = torch.cat([functional.relu(first), functional.relu(-first)], 1).flatten(1)
    torch.testing.assert_close(network(inputs), network.norms[1](network.layers[1](both)))


@pytest.mark.parametrize("activation", ["relu", "crelu"])
def test_crossbar_inputs_are_halves_of_what_a_float_network_has(activation):
    """What the DAC passes on is relu(y) and, with CReLU, relu(-y) of the layer before."""
    network, seen = build("unipolar", activation=activation).eval(), []
    network(inputs_of((3, 9, 8)), watch=lambda index, inputs, outputs: seen.append((inputs, outputs)))
    normalised = (inputs_of((3, 9, 8)) - network.mean) / network.std
    torch.testing.assert_close(
        seen[0][0].clamp_min(0), torch.cat([normalised.clamp_min(0), (-normalised).clamp_min(0)], 1)
    )
    before = functional.max_pool2d(network.norms[0](seen[0][1]), 2)
    expected = torch.cat([before, -before], 1) if activation == "crelu" else before
    torch.testing.assert_close(seen[1][0].clamp_min(0), expected.clamp_min(0))
    assert seen[2][0].min() >= 0  # averaged after the rectifier


@pytest.mark.parametrize(("scale", "triples"), [("network", 1), ("layer", 3)])
def test_one_triple_of_scales_for_the_network_or_for_each_layer(scale, triples):
    network = build("signed", scale=scale)
    assert len(network.scales) == triples
    assert len({id(network.scales_of(index)) for index in range(3)}) == triples
    assert sum("log_" in name for name, _ in network.named_parameters()) == 3 * triples
    assert len(build("float").scales) == 0


@pytest.mark.parametrize(("polarity", "low"), [("signed", -1), ("unipolar", 0), ("mixed", 0)])
def test_clip_weights_brings_back_what_left_the_range_alone(polarity, low):
    network = build(polarity, scale="layer")
    before = [layer.weight.detach().clone() for layer in network.layers]
    network.clip_weights()
    for index, (layer, weight) in enumerate(zip(network.layers, before, strict=True)):
        w_max = float(network.scales_of(index).w_max.detach())
        assert torch.equal(layer.weight, weight.clamp(low * w_max, w_max))
        assert not torch.equal(layer.weight, weight) or weight.abs().max() <= w_max


def test_clip_weights_leaves_float_networks_alone():
    network = build()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.clip_weights()
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_mixed_columns_count_down_where_the_sign_says():
    mixed, positive, seen = build("mixed").eval(), build("unipolar").eval(), []
    for network in (positive, mixed):
        network.norms[0].register_forward_hook(lambda norm, taken, given: seen.append(taken[0]))
        network(inputs_of((3, 9, 8)))
    signs = torch.tensor([1.0, -1.0, 1.0, -1.0]).view(1, -1, 1, 1)
    assert torch.equal(seen[1], seen[0] * signs)
    assert seen[0].abs().max() > 0


def test_the_common_mode_is_that_of_the_arrays():
    """Subtracted before the digital signs, so that columns that count down lose it like the others."""
    mixed, seen = build("mixed", common_mode="subtracted").eval(), []
    mixed.norms[0].register_forward_hook(lambda norm, taken, given: seen.append(taken[0]))
    mixed(inputs_of((3, 9, 8)), watch=lambda index, inputs, outputs: index or seen.append(outputs))
    signs = torch.tensor([1.0, -1.0, 1.0, -1.0]).view(1, -1, 1, 1)
    torch.testing.assert_close(seen[1] * signs, seen[0] - seen[0].mean(1, keepdim=True))


@pytest.mark.parametrize("polarity", ["float", "signed", "mixed"])
def test_examples_do_not_meet_in_evaluation(polarity):
    network, inputs = build(polarity).eval(), inputs_of((3, 9, 8))
    alone = torch.cat([network(one) for one in inputs.split(1)])
    torch.testing.assert_close(network(inputs), alone, rtol=1e-4, atol=1e-5)


def test_noise_is_drawn_where_a_generator_is_given():
    network, inputs = build("signed", noise=0.1).eval(), inputs_of((3, 9, 8))
    noisy = [network(inputs, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert torch.equal(noisy[0], noisy[1])
    assert not torch.equal(noisy[0], noisy[2])
    assert torch.equal(network(inputs), network(inputs))


def test_layers_follow_the_numpy_reference(reference):
    """Layer by layer through a whole network: what `watch` saw go in gives what it saw come out."""
    network, seen = build("signed", scale="layer", rows=30, noise=0.0).double().eval(), []
    network(
        inputs_of((3, 9, 8)).double(), watch=lambda index, *values: seen.append([v.detach().numpy() for v in values])
    )
    for index, (inputs, outputs) in enumerate(seen):
        layer, scales = network.layers[index], network.scales_of(index)
        x_max, w_max, current_max = (float(v.detach()) for v in (scales.x_max, scales.w_max, scales.current_max))
        geometry = {} if layer.weight.dim() == 2 else {"stride": layer.stride, "padding": layer.padding}
        expected, _ = reference.crossbar(
            inputs, layer.weight.detach().numpy(), layer.hardware, x_max, w_max, current_max / x_max / w_max, **geometry
        )
        torch.testing.assert_close(torch.tensor(outputs), torch.tensor(expected), rtol=1e-9, atol=1e-9)


def test_kernel_beyond_the_rows_is_refused():
    with pytest.raises(ValueError, match="a kernel of 25 positions does not fit into arrays of 24 rows"):
        build("unipolar", rows=24)


def test_float_layers_are_plain_and_crossbar_layers_hold_the_hardware():
    assert not any(isinstance(layer, CrossbarLayer) for layer in build().layers)
    hardware = build("unipolar", noise=0.07, dac_bits=6, adc_bits=5).layers[1].hardware
    assert hardware == ("unipolar", 3, 6, 5, 64, (0.07,))


@torch.no_grad()
def test_common_mode_is_what_all_columns_share(monkeypatch):
    """Inputs of the norms have no mean over the columns, and an equal rise of all columns changes nothing."""
    seen, kept = [], []
    network = build("unipolar", common_mode="subtracted").eval()
    monkeypatch.setattr(architecture, "in_use", lambda norm, values: seen.append(values) or norm(values))
    network(inputs_of((3, 9, 8)), watch=lambda index, inputs, outputs: kept.append(outputs))
    torch.testing.assert_close(seen[0], kept[0] - kept[0].mean(1, keepdim=True))
    assert kept[0].mean(1).abs().max() > 0.1 > 1e-5 > seen[0].mean(1).abs().max()
