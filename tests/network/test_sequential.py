import pytest
import torch
from torch import nn

from xbar.network.layers import Hardware
from xbar.network.sequential import build_sequential, map_sequential

FINE = Hardware("bipolar", 14, 14, 14, 1152, (0.0,), 0.0)
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


@torch.no_grad()
@pytest.mark.parametrize("scale", ["layer", "network"])
def test_a_mapped_network_computes_what_torch_does(scale):
    plain = trained()
    mapped = map_sequential(plain, INPUTS, FINE, scale=scale, share=1.0)
    wanted = plain.eval()(INPUTS)
    assert float((mapped(INPUTS) - wanted).abs().max() / wanted.std()) < 5e-3
    assert mapped.halved == [True, False, True, False]  # signed where no ReLU stands before the layer
    assert len(mapped.scales) == {"layer": 4, "network": 1}[scale]


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
    mapped = map_sequential(plain, INPUTS, FINE._replace(rows=12), share=1.0)
    wanted = plain.eval()(INPUTS)
    assert float((mapped(INPUTS) - wanted).abs().max() / wanted.std()) < 5e-3
    assert [layer.tiles for layer in mapped.layers] == [1, 2, 1]


@torch.no_grad()
def test_coarser_hardware_is_coarser():
    plain = trained()
    wanted = plain.eval()(INPUTS)
    errors = []
    for bits in (8, 4, 2):
        mapped = map_sequential(plain, INPUTS, FINE._replace(weight_bits=bits, dac_bits=8, adc_bits=8))
        errors.append(float((mapped(INPUTS) - wanted).square().mean()))
    assert errors == sorted(errors) and errors[0] > 0


@torch.no_grad()
def test_noise_is_drawn_from_the_given_generator():
    mapped = map_sequential(trained(), INPUTS, FINE._replace(noise=(0.05,)))
    once, again = (mapped(INPUTS, torch.Generator().manual_seed(4)) for _ in range(2))
    assert torch.equal(once, again) and not torch.equal(once, mapped(INPUTS))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([nn.Linear(162, 3), nn.Sigmoid()], "module 1: Sigmoid is not one of Linear, Conv1d, Conv2d"),
        ([nn.ReLU()], "no Linear, Conv1d or Conv2d"),
        ([nn.Conv2d(2, 4, 3, groups=2)], "module 0: only convolutions with groups 1"),
        ([nn.Conv2d(2, 4, 3, dilation=2)], "dilation 1"),
        ([nn.Conv2d(2, 4, 3, padding_mode="reflect", padding=1)], "zero padding"),
    ],
)
def test_what_does_not_map_is_named(layers, message):
    with pytest.raises(ValueError, match=message):
        map_sequential(nn.Sequential(*layers), INPUTS, FINE)


def test_weights_that_are_no_numbers_are_refused():
    plain = trained()
    plain[8].weight.data[0, 0] = float("nan")
    with pytest.raises(ValueError, match="module 8: weights hold NaN"):
        map_sequential(plain, INPUTS, FINE)


def test_a_kernel_larger_than_an_array_is_refused():
    with pytest.raises(ValueError, match="kernel of 9 positions does not fit into arrays of 8 rows"):
        map_sequential(trained(), INPUTS, FINE._replace(rows=8))


@pytest.mark.parametrize(("change", "message"), [({"polarity": "positive"}, "both signs"), ({}, "scale 'tile'")])
def test_other_choices_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        map_sequential(trained(), INPUTS, FINE._replace(**change), scale="tile")


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([{"LSTM": {}}], "layer 0: LSTM is not one of"),
        ([{}], "layer 0: nothing is not one of"),
        ([{"ReLU": None}, {"Linear": {"inputs": 4}}], "layer 1: Linear: .*inputs"),
    ],
)
def test_faulty_descriptions_are_named(layers, message):
    with pytest.raises(ValueError, match=message):
        build_sequential(layers)
