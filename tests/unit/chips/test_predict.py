"""Predictions of several chips: what they leave unchanged, against each chip by itself."""

import pytest
import torch
from support.chips import two_layers
from torch import nn

from xbar.chips.chip import on_chip
from xbar.chips.predict import BATCH, predict_chips


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


class Scaled(nn.Sequential):
    """A chain whose own forward changes its inputs."""

    def forward(self, inputs):
        return super().forward(inputs.flip(1))


def hooked(sequence):
    """A chain with hooks of its own on what goes in and out."""
    sequence.register_forward_pre_hook(lambda _, taken: (taken[0].flip(1),))
    sequence.register_forward_hook(lambda _, __, scores: -scores)
    return sequence


@torch.no_grad()
@pytest.mark.parametrize("kind", [lambda sequence: Scaled(*sequence), hooked])
def test_what_a_chain_does_to_its_inputs_and_scores_is_done_on_chips(kind):
    draw = torch.Generator().manual_seed(7)
    sequence, chips = two_layers(draw)
    network, inputs = kind(sequence), torch.rand(300, 10, generator=draw)
    for chip, classes in zip(chips, predict_chips(network, chips, inputs), strict=True):
        with on_chip(chip):
            assert torch.equal(network(inputs).argmax(1), classes)


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
