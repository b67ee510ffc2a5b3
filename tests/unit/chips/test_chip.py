"""Converters with errors against numpy, value by value."""

import numpy as np
import pytest
import torch
from support import networks
from support.chips import I_MAX, ROWS, W_MAX, X_MAX, layer_of, two_layers

from xbar.chips.chip import ChipLayer, Columns, Converters, on_chip


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
