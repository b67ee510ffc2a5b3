"""What contexts put in place is gone behind them, whatever happens within."""

import pytest
import torch
from support import networks

from xbar.network.contexts import crossbar_layers, hooked, noisy, recording, standing_in

INPUTS = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("fails", [False, True])
def test_noise_ends_with_its_context(fails):
    network = networks.build(noise=0.3).eval()
    quiet = network(INPUTS)
    try:
        with noisy(network, torch.Generator().manual_seed(1)):
            drawn = network(INPUTS)
            if fails:
                raise MemoryError
    except MemoryError:
        assert fails
    assert not torch.equal(drawn, quiet) and torch.equal(network(INPUTS), quiet)
    assert all(layer.generator is None for layer in crossbar_layers(network).values())


def test_contexts_nest():
    network, outer = networks.build(noise=0.3).eval(), torch.Generator().manual_seed(1)
    with noisy(network, outer):
        with noisy(network, None):
            quiet = network(INPUTS)
        assert all(layer.generator is outer for layer in crossbar_layers(network).values())
    assert torch.equal(network(INPUTS), quiet)


@pytest.mark.parametrize("fails", [False, True])
def test_a_stand_in_leaves_with_its_context(fails):
    network = networks.build().eval()
    before, layer = network(INPUTS), crossbar_layers(network)["layer1"]
    try:
        with standing_in([(layer, lambda inputs: torch.ones(len(inputs), 10))]):
            assert len(network(INPUTS).unique(dim=0)) == 1
            if fails:
                raise MemoryError
    except MemoryError:
        assert fails
    assert layer.stand_in is None and torch.equal(network(INPUTS), before)


def test_recordings_and_hooks_see_every_call_and_end():
    network, seen = networks.build().eval(), []
    with recording(network) as recorded, hooked({"layer0": network.layer0}, lambda *call: seen.append(call)):
        network(INPUTS)
        network(INPUTS)
    network(INPUTS)
    assert [len(calls) for calls in recorded.values()] == [2, 2] and len(seen) == 2
    assert torch.equal(recorded["layer0"][0][1], seen[0][2])  # signed: nothing digital behind the sums
    assert not network.layer0._forward_hooks
