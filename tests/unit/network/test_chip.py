"""Converters with errors against numpy, value by value."""

import numpy as np
import pytest
import torch

from xbar.network.chip import ChipLayer, Columns, Converters, predict_chips
from xbar.network.layers import CrossbarLinear, Hardware, Scales

X_MAX, W_MAX, I_MAX = 2.0, 0.5, 3.0
ROWS = 6


def layer_of(polarity, generator):
    """10 inputs on arrays of 6 rows: two tiles of which each has its own conversion."""
    layer = CrossbarLinear(10, 4, bias=False)
    layer.set_hardware(Hardware(polarity, 2, 4, 5, ROWS, (0.0,)))
    layer.weight.data.uniform_(-W_MAX if polarity == "signed" else 0.0, W_MAX, generator=generator)
    scales = Scales()
    for parameter, value in zip(scales.parameters(), (X_MAX, W_MAX, I_MAX), strict=True):
        parameter.data.fill_(np.log(value))
    return layer, scales


@pytest.mark.parametrize("polarity", ["signed", "unipolar"])
def test_gain_and_offset_errors_are_those_of_numpy(polarity):
    """code = round(clip((gain * current + offset * full scale) / full scale * codes)), each column and tile its own."""
    draw = torch.Generator().manual_seed(3)
    layer, scales = layer_of(polarity, draw)
    share = torch.rand(4, 10, generator=draw, dtype=torch.float64) * (2 if polarity == "signed" else 1)
    share -= 1 if polarity == "signed" else 0
    gain, offset = (0.1 * torch.randn(1, 2, 4, generator=draw) for _ in range(2))
    chip = ChipLayer(
        layer, [Columns(share, torch.ones(2, 4, dtype=torch.float64), layer.signed)], Converters(5, gain, offset)
    )
    inputs = 3 * torch.rand(50, 10, generator=draw) - 0.5
    found = chip(inputs, scales).detach().numpy()

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
    ideal = ChipLayer(layer, chip.columns, Converters(5))(inputs, scales).detach().numpy()
    assert np.abs(ideal - found).max() > full_scale / 31


def test_chips_leave_inputs_and_layers_as_they_were():
    """Within a prediction DACs write over what the layer before made; nothing outside may change."""
    draw = torch.Generator().manual_seed(5)
    layers, scales = zip(*(layer_of("unipolar", draw) for _ in range(2)), strict=True)
    layers[1].weight = torch.nn.Parameter(torch.rand(4, 4, generator=draw) * W_MAX)
    layers[1].set_hardware(layers[1].hardware)

    class Two(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch.nn.ModuleList(layers)

        def rows(self, inputs):
            return inputs

        def scores(self, rows):
            return self.layers[1](self.layers[0](rows, scales[0]), scales[1])

    chips = [
        [
            ChipLayer(layer, [Columns(layer.weight.detach().double() / W_MAX, torch.ones(layer.tiles, 4), False)],
                      Converters(5))
            for layer in layers
        ]
        for _ in range(2)
    ]  # fmt: skip
    network, inputs = Two(), torch.rand(300, 10, generator=draw)
    before = inputs.clone()
    first = predict_chips(network, chips, inputs)
    assert torch.equal(inputs, before) and list(network.layers) == list(layers)
    assert torch.equal(predict_chips(network, chips, inputs), first)
    inputs[7, 3] = float("nan")
    with pytest.raises(ValueError, match="inputs hold NaN or infinity"):
        predict_chips(network, chips, inputs)
