"""Networks built from descriptions, against plain torch modules put together by hand."""

from dataclasses import asdict

import pytest
import torch
from torch import nn
from torch.nn import functional

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, LayerSpec, NetworkSpec
from xbar.network.architecture import build_network
from xbar.network.contexts import crossbar_layers, hooked, matrix_layers, noisy, recording, scales_of
from xbar.network.geometry import layer_sizes, places

IMAGES = [{"conv": 4, "kernel": 3, "pool": 2}, {"conv": 6, "kernel": 5, "stride": 2}, {"average": 2}, {"linear": 5}]
ALTERNATE = {"group": 1, "assignment": "alternate"}
SIGNALS = [{"conv": 5, "kernel": 9, "stride": 4}, {"linear": 7}, {"linear": 3}]


def build(polarity="float", layers=IMAGES, *, shape=(3, 9, 8), activation="relu", rows=64, **changes):
    analog = {} if polarity == "float" else {"weight_bits": 3, "scale": "network"}
    signs = {"signs": ALTERNATE} if polarity == "mixed" else {}
    named = {"dataset": "d", "architecture": "a", "training": "t", "polarity": polarity}
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


def layers_of(network):
    return list(matrix_layers(network).values())


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
    parts, owns = ([part for part in modules if list(part.parameters())] for modules in (plain, network))
    for part, own in zip(parts, owns, strict=True):
        part.load_state_dict(own.state_dict())
    getattr(network, mode)(), getattr(plain, mode)()
    inputs = inputs_of(shape)
    torch.testing.assert_close(network(inputs), plain(network.inputs(inputs)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("polarity", ["float", "signed", "unipolar", "mixed"])
@pytest.mark.parametrize("activation", ["relu", "crelu"])
@pytest.mark.parametrize("layers", [IMAGES, SIGNALS])
def test_geometry_says_what_the_built_layers_are(polarity, activation, layers):
    """Torch's own tensors against the sizes that are found without torch."""
    shape = (3, 9, 8) if layers is IMAGES else (2, 1, 32)
    network = build(polarity, layers, shape=shape, activation=activation)
    architecture = ArchitectureSpec(activation=activation, layers=[LayerSpec(**layer) for layer in layers])
    seen = {}
    with hooked(matrix_layers(network), lambda name, taken, given: seen.setdefault(name, given)):
        network(inputs_of(shape))
    sizes = layer_sizes(architecture, shape, polarity=polarity)
    for size, (name, layer) in zip(sizes, matrix_layers(network).items(), strict=True):
        assert (size.rows, size.columns) == (layer.weight[0].numel(), layer.weight.shape[0])
        assert size.kernel_area == layer.weight[0, 0].numel()
        assert size.mvms_per_inference == seen[name][0, 0].numel()
        assert size.kind == ("linear" if layer.weight.dim() == 2 else "conv")


@pytest.mark.parametrize("activation", ["relu", "crelu"])
def test_rows_of_each_layer(activation):
    """CReLU doubles the rows of every later layer, crossbars those of the first one."""
    later = 2 if activation == "crelu" else 1
    for polarity, first in (("float", 1), ("unipolar", 2)):
        network = build(polarity, activation=activation)
        assert [layer.weight.shape[1] for layer in layers_of(network)] == [3 * first, 4 * later, 6 * 2 * 2 * later]
    architecture = ArchitectureSpec(activation=activation, layers=[LayerSpec(**layer) for layer in IMAGES])
    assert [place.positions for place in places(architecture, (3, 9, 8))] == [(9, 8), (2, 2), (2, 2), (1, 1)]


def test_crelu_hands_on_both_halves():
    layers = [{"conv": 4, "kernel": 3}, {"linear": 5}]
    network = build(layers=layers, activation="crelu").eval()
    inputs = inputs_of((3, 9, 8))
    first = network.norm0(network.layer0(network.inputs(inputs)))
    both = torch.cat([functional.relu(first), functional.relu(-first)], 1).flatten(1)
    torch.testing.assert_close(network(inputs), network.norm1(network.layer1(both)))


@torch.no_grad()
@pytest.mark.parametrize("activation", ["relu", "crelu"])
def test_crossbar_inputs_are_halves_of_what_a_float_network_has(activation):
    """What the DAC passes on is relu(y) and, with CReLU, relu(-y) of the layer before."""
    network, inputs = build("unipolar", activation=activation).eval(), inputs_of((3, 9, 8))
    with recording(network) as seen:
        network(inputs)
    ((first, sums),), ((second, _),), ((third, _),) = seen.values()
    normalised = network.inputs(inputs)
    assert torch.equal(first, normalised)
    halves = torch.cat([normalised.clamp_min(0), (-normalised).clamp_min(0)], 1)
    torch.testing.assert_close(network.layer0.on_rows(first).clamp_min(0), halves)
    before = functional.max_pool2d(network.norm0(sums), 2)
    expected = torch.cat([before, -before], 1) if activation == "crelu" else before
    torch.testing.assert_close(second.clamp_min(0), expected.clamp_min(0))
    assert third.min() >= 0  # averaged after the rectifier


@pytest.mark.parametrize(("scale", "triples"), [("network", 1), ("layer", 3)])
def test_one_triple_of_scales_for_the_network_or_for_each_layer(scale, triples):
    network = build("signed", scale=scale)
    assert len(scales_of(network)) == triples
    assert len({id(layer.scales) for layer in layers_of(network)}) == triples
    assert sum("log_" in name for name, _ in network.named_parameters()) == 3 * triples
    assert scales_of(build("float")) == []


@pytest.mark.parametrize(("polarity", "low"), [("signed", -1), ("unipolar", 0), ("mixed", 0)])
def test_clipping_brings_back_what_left_the_range_alone(polarity, low):
    for layer in layers_of(build(polarity, scale="layer")):
        weight, w_max = layer.weight.detach().clone(), float(layer.scales.w_max.detach())
        layer.clip_weight()
        assert torch.equal(layer.weight, weight.clamp(low * w_max, w_max))
        assert not torch.equal(layer.weight, weight) or weight.abs().max() <= w_max


def test_mixed_columns_count_down_where_the_sign_says():
    mixed, positive, seen = build("mixed").eval(), build("unipolar").eval(), []
    for network in (positive, mixed):
        network.norm0.register_forward_hook(lambda norm, taken, given: seen.append(taken[0]))
        network(inputs_of((3, 9, 8)))
    signs = torch.tensor([1.0, -1.0, 1.0, -1.0]).view(1, -1, 1, 1)
    assert torch.equal(seen[1], seen[0] * signs)
    assert seen[0].abs().max() > 0


@torch.no_grad()
def test_the_common_mode_is_that_of_the_arrays():
    """Subtracted before the digital signs, so that columns that count down lose it like the others."""
    mixed, inputs = build("mixed", common_mode="subtracted").eval(), inputs_of((3, 9, 8))
    with recording(mixed) as seen:
        mixed(inputs)
    ((taken, sums),) = seen["layer0"]
    signs = torch.tensor([1.0, -1.0, 1.0, -1.0]).view(1, -1, 1, 1)
    outputs = mixed.layer0(taken)
    torch.testing.assert_close(outputs * signs, sums - sums.mean(1, keepdim=True))
    assert sums.mean(1).abs().max() > 0.1 > 1e-5 > (outputs * signs).mean(1).abs().max()


@pytest.mark.parametrize("polarity", ["float", "signed", "mixed"])
def test_examples_do_not_meet_in_evaluation(polarity):
    network, inputs = build(polarity).eval(), inputs_of((3, 9, 8))
    alone = torch.cat([network(one) for one in inputs.split(1)])
    torch.testing.assert_close(network(inputs), alone, rtol=1e-4, atol=1e-5)


def test_noise_is_drawn_where_a_generator_is_given():
    network, inputs = build("signed", noise=0.1).eval(), inputs_of((3, 9, 8))
    drawn = []
    for seed in (1, 1, 2):
        with noisy(network, torch.Generator().manual_seed(seed)):
            drawn.append(network(inputs))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    assert torch.equal(network(inputs), network(inputs))


@torch.no_grad()
def test_layers_follow_the_numpy_reference(reference):
    """Layer by layer through a whole network: what was recorded as taken gives what was recorded as given."""
    network = build("signed", scale="layer", rows=30, noise=0.0).double().eval()
    with recording(network) as seen:
        network(inputs_of((3, 9, 8)).double())
    for name, layer in crossbar_layers(network).items():
        ((taken, given),) = seen[name]
        scales = layer.scales
        x_max, w_max, current_max = (float(value) for value in (scales.x_max, scales.w_max, scales.current_max))
        geometry = {} if layer.weight.dim() == 2 else {"stride": layer.stride, "padding": layer.padding}
        expected, conversions = reference.crossbar(
            layer.on_rows(taken).numpy(), layer.weight.numpy(), layer.hardware, x_max, w_max,
            current_max / x_max / w_max, **geometry,
        )  # fmt: skip
        assert conversions == layer.tiles()
        torch.testing.assert_close(given, torch.tensor(expected), rtol=1e-9, atol=1e-9)


def test_kernel_beyond_the_rows_is_refused():
    with pytest.raises(ValueError, match="a kernel of 25 positions does not fit into arrays of 24 rows"):
        build("unipolar", rows=24)


def test_float_layers_are_plain_and_crossbar_layers_hold_the_hardware():
    assert not crossbar_layers(build())
    hardware = layers_of(build("unipolar", noise=0.07, dac_bits=6, adc_bits=5))[1].hardware
    expected = {"polarity": "unipolar", "weight_bits": 3, "dac_bits": 6, "adc_bits": 5, "rows": 64, "noise": 0.07}
    assert asdict(hardware) == expected | {"noise_law": ()}


@torch.no_grad()
def test_a_float_network_and_its_prepared_copy_are_the_same_modules():
    """The same names; what is exchanged are the layers, and the rectifiers that the DACs are."""
    plain, prepared = build(), build("signed")
    assert [name for name, _ in plain.named_children()] == [name for name, _ in prepared.named_children()]
    kinds = {name: type(part).__name__ for name, part in prepared.named_children()}
    assert [kinds["relu0"], kinds["relu1"], kinds["layer1"]] == ["Identity", "ReLU", "CrossbarConv2d"]
    prepared.load_state_dict(plain.state_dict())
    assert torch.equal(prepared.layer1.weight, plain.layer1.weight)
