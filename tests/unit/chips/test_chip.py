"""Converters with errors against numpy, value by value."""

import numpy as np
import pytest
import torch
from support import networks
from torch import nn

from xbar.chips.chip import BATCH, ChipLayer, Columns, Converters, on_chip, predict_chips
from xbar.network.hardware import Scales
from xbar.network.kinds import crossbar_layer

X_MAX, W_MAX, I_MAX = 2.0, 0.5, 3.0
ROWS = 6


def layer_of(polarity, generator):
    """10 inputs on arrays of 6 rows: two tiles of which each has its own conversion."""
    scales, plain = Scales(), nn.Linear(10, 4, bias=False)
    plain.weight.data.uniform_(-W_MAX if polarity == "signed" else 0.0, W_MAX, generator=generator)
    for parameter, value in zip(scales.parameters(), (X_MAX, W_MAX, I_MAX), strict=True):
        parameter.data.fill_(np.log(value))
    return crossbar_layer(plain, networks.hardware(polarity, 2, 4, 5, ROWS), scales)


@pytest.mark.parametrize("polarity", ["signed", "unipolar"])
def test_gain_and_offset_errors_are_those_of_numpy(polarity):
    """code = round(clip((gain * current + offset * full scale) / full scale * codes)), each column and tile its own."""
    draw = torch.Generator().manual_seed(3)
    layer = layer_of(polarity, draw)
    share = torch.rand(4, 10, generator=draw, dtype=torch.float64) * (2 if polarity == "signed" else 1)
    share -= 1 if polarity == "signed" else 0
    gain, offset = (0.1 * torch.randn(1, 2, 4, generator=draw) for _ in range(2))
    chip = ChipLayer(
        layer, [Columns(share, torch.ones(2, 4, dtype=torch.float64), layer.signed)], Converters(5, gain, offset)
    )
    inputs = 3 * torch.rand(50, 10, generator=draw) - 0.5
    found = chip(inputs).detach().numpy()

    driven = np.round(np.clip(inputs.double().numpy() / X_MAX, 0, 1) * 15) / 15 * X_MAX
    full_scale, low = X_MAX * W_MAX * I_MAX, -31 if polarity == "signed" else 0
    total, ties = np.zeros((50, 4)), np.zeros((50, 4), dtype=bool)
    for tile, rows in enumerate((slice(0, ROWS), slice(ROWS, 10))):
        current = driven[:, rows] @ (share.numpy()[:, rows] * W_MAX).T
        seen = current * (1 + gain[0, tile].double().numpy()) + offset[0, tile].double().numpy() * full_scale
        exact = np.clip(seen / full_scale * 31, low, 31)
        ties |= np.abs(exact - np.floor(exact) - 0.5) < 1e-4  # where single precision may round the other way
        total += np.round(exact) * full_scale / 31
    assert ties.mean() < 0.05
    np.testing.assert_allclose(found[~ties], total[~ties], atol=1e-5)
    ideal = ChipLayer(layer, chip.columns, Converters(5))(inputs).detach().numpy()
    assert np.abs(ideal - found).max() > full_scale / 31


@pytest.mark.parametrize("polarity", ["signed", "unipolar"])
@pytest.mark.parametrize("signs", [1, -1])
def test_the_digital_sum_of_small_arrays_saturates_where_the_trained_converter_does(polarity, signs):
    """Each of two tiles stays below full scale, their sum does not; a network trained for such tiles has the sum."""
    layer = layer_of(polarity, torch.Generator().manual_seed(3))
    share = torch.full((4, 10), float(signs if polarity == "signed" else 1), dtype=torch.float64)
    columns = [Columns(share, torch.ones(2, 4, dtype=torch.float64), layer.signed)]
    inputs = torch.full((1, 10), X_MAX * 0.4)  # 2.4 and 1.6 units of X_MAX * W_MAX, full scale is I_MAX
    trained_for_tiles = ChipLayer(layer, columns, Converters(16))(inputs)
    layer.hardware = networks.hardware(polarity, 2, 4, 5, 10)  # one array
    full_scale, sign = X_MAX * W_MAX * I_MAX, signs if polarity == "signed" else 1
    torch.testing.assert_close(trained_for_tiles, torch.full((1, 4), sign * 4.0), atol=1e-3, rtol=0)
    small = ChipLayer(layer, columns, Converters(16), ROWS)(inputs)
    torch.testing.assert_close(small, torch.full((1, 4), sign * full_scale))
    assert ChipLayer(layer, columns, Converters(None), ROWS)(inputs).abs().max() > full_scale  # no converter, no limit


def two_layers(draw, between=()):
    """Two layers, the second of 4 inputs, as an nn.Sequential, and two chips of them."""
    first, plain = layer_of("unipolar", draw), nn.Linear(4, 4, bias=False)
    plain.weight.data.uniform_(0, W_MAX, generator=draw)
    second = crossbar_layer(plain, first.hardware, first.scales)
    network = nn.Sequential(first, *between, second)
    chips = []
    for order in (1, -1):
        shares = [layer.quantized_weight().detach().double() / W_MAX for layer in (first, second)]
        shares = shares if order == 1 else [share.flip(0) for share in shares]
        chips.append(
            [
                ChipLayer(layer, [Columns(share, torch.ones(layer.tiles(), 4), False)], Converters(5))
                for layer, share in zip((first, second), shares, strict=True)
            ]
        )
    return network, chips


def test_chips_leave_inputs_and_layers_as_they_were():
    """Within a prediction DACs write over what the layer before made; nothing outside may change."""
    draw = torch.Generator().manual_seed(5)
    network, chips = two_layers(draw)
    inputs = torch.rand(300, 10, generator=draw)
    before, trained = inputs.clone(), network(inputs)
    first = predict_chips(network, chips, inputs)
    assert torch.equal(inputs, before) and torch.equal(network(inputs), trained)
    assert torch.equal(predict_chips(network, chips, inputs), first)
    inputs[7, 3] = float("nan")
    with pytest.raises(ValueError, match="inputs hold NaN or infinity"):
        predict_chips(network, chips, inputs)


class Keeps(nn.Module):
    """Needs what a layer takes once more behind it."""

    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first, second

    def forward(self, inputs):
        values = self.first(inputs)
        return self.second(values) + values


@torch.no_grad()
def test_inputs_that_others_need_are_not_written_over():
    draw = torch.Generator().manual_seed(6)
    sequence, chips = two_layers(draw)
    network, inputs = Keeps(*sequence), torch.rand(2 * BATCH + 30, 10, generator=draw)
    found = predict_chips(network, chips, inputs)
    for chip, classes in zip(chips, found, strict=True):
        with on_chip(chip):
            assert torch.equal(network(inputs).argmax(1), classes)
    assert not torch.equal(*found)


@torch.no_grad()
def test_a_chip_leaves_with_its_context_whatever_happens():
    draw = torch.Generator().manual_seed(7)
    network, chips = two_layers(draw)
    inputs = torch.rand(20, 10, generator=draw)
    trained = network(inputs)
    with pytest.raises(MemoryError), on_chip(chips[1]):
        on_it = network(inputs)
        raise MemoryError
    assert not torch.equal(on_it, trained) and torch.equal(network(inputs), trained)
    with on_chip(chips[0]):
        with on_chip(chips[1]):
            assert torch.equal(network(inputs), on_it)
        assert torch.equal(network(inputs), trained)  # the weights of chip 0 are the trained ones


@torch.no_grad()
def test_a_prediction_that_fails_leaves_no_chip_behind():
    draw = torch.Generator().manual_seed(8)
    network, chips = two_layers(draw, between=[Breaks()])
    with pytest.raises(MemoryError):
        predict_chips(network, chips, torch.rand(20, 10, generator=draw))
    assert all(part.layer.stand_in is None for part in chips[0])


class Breaks(nn.Module):
    def forward(self, values):
        raise MemoryError
