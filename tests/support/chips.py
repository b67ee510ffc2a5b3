"""Layers and chips of a few devices for tests of chips."""

import numpy as np
import torch
from torch import nn

from support import networks
from xbar.chips.chip import ChipLayer, Columns, Converters
from xbar.chips.evaluate import chip_results
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


def chip_rows(deployment, evaluation, examples):
    """Rows of the results of all chips."""
    return (result.row() for result in chip_results(deployment, evaluation, examples))
