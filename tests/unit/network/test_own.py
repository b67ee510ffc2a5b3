"""Networks trained elsewhere: on crossbars they compute what torch does, whatever their forward is."""

from dataclasses import replace

import pytest
import torch
from support import networks
from torch import nn

from xbar.network.contexts import crossbar_layers, noisy, scales_of
from xbar.network.modules import build_sequential
from xbar.network.own import prepare_trained
from xbar.network.storage import load_state, state_of

FINE = networks.hardware("signed", 14, 14, 14, 1152)
INPUTS = torch.randn(60, 2, 9, 9, generator=torch.Generator().manual_seed(0))
LAYERS = [
    {"Conv2d": {"in_channels": 2, "out_channels": 6, "kernel_size": 3, "stride": 2, "padding": 1}},
    {"BatchNorm2d": {"num_features": 6}},
    {"ReLU": {}},
    {"MaxPool2d": {"kernel_size": 2}},
    {"Conv2d": {"in_channels": 6, "out_channels": 5, "kernel_size": 2, "bias": False}},
    {"AdaptiveAvgPool2d": {"output_size": 1}},
    {"Flatten": {}},
    {"Dropout": {"p": 0.5}},
    {"Linear": {"in_features": 5, "out_features": 7}},
    {"ReLU": {}},
    {"Linear": {"in_features": 7, "out_features": 3}},
]


def trained(layers=LAYERS, seed=0):
    """A network with batch statistics and weights as a state dict brings them."""
    torch.manual_seed(seed)
    made = build_sequential(layers)
    made(INPUTS)
    found = build_sequential(layers)
    found.load_state_dict(made.state_dict())
    return found


@pytest.mark.parametrize("polarity", ["signed", "unipolar"])
def test_factors_of_channels_are_found_for_every_kind_of_layer_and_are_saved(polarity, tmp_path):
    """Convolutions, signed inputs, a channel that carries nothing; fine converters make it equal to torch."""
    plain, inputs = trained(), INPUTS.clone()
    inputs[:, 1] = 0
    network = prepare_trained(plain, inputs, replace(FINE, polarity=polarity), scale="channel", share=1.0)
    made = crossbar_layers(network)
    assert all(float(layer.output_factor.max()) == 1 for layer in made.values())
    if polarity == "signed":
        torch.testing.assert_close(network(inputs), plain.eval()(inputs), atol=5e-3, rtol=0)
    again = prepare_trained(plain, inputs * 1.5, replace(FINE, polarity=polarity), scale="channel")
    load_state(tmp_path, again, state_of(network))
    assert torch.equal(again(inputs), network(inputs))


class Squeezed(nn.Module):
    """Gives (batch, classes), but for a batch of one."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 9)

    def forward(self, x):
        return self.conv(x).squeeze()


class Counting(Squeezed):
    """Refuses a batch of another size than its first one."""

    def forward(self, x):
        self.first = getattr(self, "first", len(x))
        assert len(x) == self.first, "another batch"
        return self.conv(x).flatten(1)


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        (Squeezed, r"outputs of shape \(3,\); needed is \(1, 3\) for a batch of 1: flatten\(1\) keeps the batch"),
        (Counting, "the network does not run for a batch of 30: another batch"),
    ],
)
def test_a_network_that_needs_a_batch_of_some_size_is_refused(plain, message):
    with pytest.raises(ValueError, match=message):
        prepare_trained(plain(), INPUTS, FINE)


def test_complex_inputs_are_refused():
    with pytest.raises(ValueError, match="inputs are complex numbers"):
        prepare_trained(build_sequential(LAYERS), INPUTS.cfloat(), FINE)


@torch.no_grad()
@pytest.mark.parametrize("scale", ["layer", "network", "gain"])
def test_a_mapped_network_computes_what_torch_does(scale):
    plain = trained()
    mapped = prepare_trained(plain, INPUTS, FINE, scale=scale, share=1.0)
    wanted = plain.eval()(INPUTS)
    assert float((mapped(INPUTS) - wanted).abs().max() / wanted.std()) < 5e-3
    takes = [layer.takes for layer in crossbar_layers(mapped).values()]
    assert takes == ["halved", "positive", "halved", "positive"]  # signed where no ReLU stands before the layer
    assert len(scales_of(mapped)) == {"layer": 4, "network": 1, "gain": 4}[scale]
    assert len({id(part.log_i_max) for part in scales_of(mapped)}) == (4 if scale == "layer" else 1)


@torch.no_grad()
def test_one_dimensional_convolutions_map_too():
    """On arrays of 12 rows: the second layer's kernel of 3 over 6 channels takes two of them."""
    layers = [
        {"Flatten": {"start_dim": 2}},
        {"Conv1d": {"in_channels": 2, "out_channels": 6, "kernel_size": 3, "stride": 2, "padding": 1}},
        {"BatchNorm1d": {"num_features": 6}},
        {"ReLU": {}},
        {"MaxPool1d": {"kernel_size": 2}},
        {"Conv1d": {"in_channels": 6, "out_channels": 5, "kernel_size": 3}},
        {"AdaptiveAvgPool1d": {"output_size": 1}},
        {"Flatten": {}},
        {"Linear": {"in_features": 5, "out_features": 3}},
    ]
    plain = trained(layers)
    mapped = prepare_trained(plain, INPUTS, replace(FINE, rows=12), share=1.0)
    wanted = plain.eval()(INPUTS)
    assert float((mapped(INPUTS) - wanted).abs().max() / wanted.std()) < 5e-3
    assert [layer.tiles() for layer in crossbar_layers(mapped).values()] == [1, 2, 1]


@torch.no_grad()
@pytest.mark.parametrize("shape", [(50, 3, 4), (50, 1, 4), (50, 2, 5, 4)])
def test_linear_layers_take_features_on_the_last_of_any_number_of_axes(shape):
    """Case 1 of the public reports: 0.98 deviations off, and (N, 3, 3) in the place of (N, 1, 3)."""
    torch.manual_seed(0)
    plain, inputs = nn.Sequential(nn.ReLU(), nn.Linear(4, 3)), torch.randn(shape)
    mapped, wanted = prepare_trained(plain, inputs, FINE, share=1.0)(inputs), plain(inputs)
    assert mapped.shape == wanted.shape == (*shape[:-1], 3)
    assert float((mapped - wanted).abs().max() / wanted.std()) < 2e-3


@torch.no_grad()
def test_coarser_hardware_is_coarser():
    plain = trained()
    wanted = plain.eval()(INPUTS)
    errors = []
    for bits in (8, 4, 2):
        mapped = prepare_trained(plain, INPUTS, replace(FINE, weight_bits=bits, dac_bits=8, adc_bits=8))
        errors.append(float((mapped(INPUTS) - wanted).square().mean()))
    assert errors == sorted(errors) and errors[0] > 0


@torch.no_grad()
def test_noise_is_drawn_from_the_given_generator():
    mapped = prepare_trained(trained(), INPUTS, replace(FINE, noise=0.05))
    drawn = []
    for _ in range(2):
        with noisy(mapped, torch.Generator().manual_seed(4)):
            drawn.append(mapped(INPUTS))
    once, again = drawn
    assert torch.equal(once, again) and not torch.equal(once, mapped(INPUTS))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([nn.ReLU()], "no Linear, Conv1d or Conv2d"),
        ([nn.ConvTranspose2d(2, 4, 3)], "no Linear, Conv1d or Conv2d"),
    ],
)
def test_what_does_not_map_is_named(layers, message):
    with pytest.raises(ValueError, match=message):
        prepare_trained(nn.Sequential(*layers), INPUTS, FINE)


def test_weights_that_are_no_numbers_are_refused():
    plain = trained()
    plain[8].weight.data[0, 0] = float("nan")
    with pytest.raises(ValueError, match=r"module 8: \w+\.weight holds NaN"):
        prepare_trained(plain, INPUTS, FINE)


def test_a_kernel_larger_than_an_array_is_refused():
    with pytest.raises(ValueError, match=r"^module 0: Conv2d: a kernel of 9 positions does not fit into arrays of 8"):
        prepare_trained(trained(), INPUTS, replace(FINE, rows=8))


def test_other_choices_are_refused():
    with pytest.raises(ValueError, match="'mixed' is not one of signed, unipolar"):
        prepare_trained(trained(), INPUTS, replace(FINE, polarity="mixed"))
    with pytest.raises(ValueError, match="'tile'"):
        prepare_trained(trained(), INPUTS, FINE, scale="tile")


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([{"LSTM": {}}], "layer 0: LSTM is not one of"),
        ([{}], "layer 0: nothing is not one of"),
        ([{"ReLU": None}, {"Linear": {"inputs": 4}}], "layer 1: Linear: .*inputs"),
        ([{"Linear": {"in_features": -1, "out_features": 2}}], "layer 0: Linear: .*negative dimension"),
        ([{"ReLU": None}, {"Dropout": {"p": 2.0}}], "layer 1: Dropout: dropout probability"),
    ],
)
def test_faulty_descriptions_are_named(layers, message):
    with pytest.raises(ValueError, match=message):
        build_sequential(layers)


@pytest.mark.parametrize(
    ("layers", "shape", "message"),
    [
        ([nn.Linear(60, 3)], (), r"outputs of shape \(3,\) for 60 inputs"),
        (
            [nn.Conv2d(2, 4, 3), nn.Linear(6, 3)],
            (2, 9, 9),
            r"module 1: Linear takes .*, 6\), not \(60, 4, 7, 7\)",
        ),
        ([nn.Conv1d(60, 60, 3)], (9,), r"module 0: Conv1d takes .*\(batch, 60, length\), not \(60, 9\)"),
        ([nn.Conv2d(60, 60, 3)], (9, 9), r"module 0: Conv2d takes .*\(batch, 60, height, width\), not \(60, 9, 9\)"),
        ([nn.Flatten(0, 1), nn.Linear(4, 3)], (3, 4), r"outputs of shape \(180, 3\) for 60 inputs; the batch must"),
        ([nn.Flatten(0), nn.Linear(4, 3)], (4,), r"module 1: Linear takes .*not \(240,\)"),
        ([nn.Linear(5, 3)], (4,), r"module 0: Linear takes .*\(\.\.\., 5\), not \(60, 4\)"),
        ([nn.BatchNorm2d(4), nn.Linear(4, 3)], (4,), r"module 0: BatchNorm2d refuses \(60, 4\): expected 4D"),
    ],
)
def test_inputs_of_other_axes_are_refused(layers, shape, message):
    with pytest.raises(ValueError, match=message) as caught:
        prepare_trained(nn.Sequential(*layers), torch.randn(60, *shape), FINE)
    assert "\n" not in str(caught.value)


def test_inputs_of_other_axes_are_refused_at_evaluation_too():
    mapped = prepare_trained(nn.Sequential(nn.ReLU(), nn.Linear(4, 3)), torch.randn(60, 4), FINE)
    with pytest.raises(ValueError, match=r"module 1: Linear takes .*\(\.\.\., 4\), not \(50, 4, 3\)"):
        mapped(torch.randn(50, 4, 3))


@pytest.mark.parametrize("inputs", [torch.full((9, 4), float("nan")), torch.tensor([[1.0, 2, 3, float("inf")]])])
def test_inputs_to_measure_on_are_some_and_finite(inputs):
    for given, told in ((inputs, f"{len(inputs)} inputs hold NaN or infinity"), (inputs[:0], "no inputs in a tensor")):
        with pytest.raises(ValueError, match=told):
            prepare_trained(nn.Sequential(nn.Linear(4, 3)), given, FINE)


def test_sums_beyond_single_precision_are_refused():
    modules = nn.Sequential(nn.Linear(4, 3))
    modules[0].weight.data.fill_(1e38)
    with pytest.raises(ValueError, match="module 0: Linear gives NaN or infinity"):
        prepare_trained(modules, torch.full((9, 4), 1e5), FINE)


class Branches(nn.Module):
    """A forward of its own: a skip connection, a layer that is called twice, and a choice by the values."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 6, 3, padding=1)
        self.block = nn.Sequential(nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1), nn.BatchNorm2d(6))
        self.rectifier = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.again = nn.Linear(24, 24)
        self.last = nn.Linear(24, 3)

    def forward(self, inputs):
        values = self.first(inputs)
        values = self.rectifier(values + self.block(values))
        values = self.pool(values).flatten(1)
        for _ in range(2):
            values = torch.relu(self.again(values))
        return self.last(values) if inputs.shape[-1] > 5 else -self.last(values)


class Unused(Branches):
    def forward(self, inputs):
        return self.last(self.pool(self.first(inputs)).flatten(1))


@torch.no_grad()
@pytest.mark.parametrize("scale", ["layer", "network"])
def test_a_forward_of_its_own_stays_the_modules_own(scale):
    """What goes into layers is measured: behind ReLU nothing is negative, and the block takes what the first gives."""
    torch.manual_seed(0)
    plain = Branches().eval()
    mapped = prepare_trained(plain, INPUTS, FINE, scale=scale, share=1.0)
    assert type(mapped) is Branches and mapped.forward.__func__ is Branches.forward
    for inputs, least in ((INPUTS, 5e-3), (INPUTS[..., :5], 0.05)):  # full scales were measured on the former
        wanted = plain(inputs)
        assert float((mapped(inputs) - wanted).abs().max() / wanted.std()) < least
    takes = {name: layer.takes for name, layer in crossbar_layers(mapped).items()}
    assert takes == {"first": "halved", "block.1": "positive", "again": "positive", "last": "positive"}
    assert not crossbar_layers(plain)


def test_a_layer_that_takes_no_part_stays_as_it_is_and_is_named(caplog):
    mapped = prepare_trained(Unused().eval(), INPUTS, FINE)
    assert set(crossbar_layers(mapped)) == {"first", "last"}
    assert "module again takes no part in the network's forward; it is not mapped" in caplog.messages
