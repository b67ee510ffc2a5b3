"""Gradient descent through pairs of cells, and what a chip of these cells computes."""

from copy import deepcopy

import pytest
import torch
from support import networks
from support.pulses import LINEAR, PCM, WRITING
from torch.nn import functional

from xbar.chips.chip import on_chip
from xbar.hybrid.cells import Pairs
from xbar.hybrid.rules import Accumulate
from xbar.hybrid.train import Pulsed, batches, chip_of, correct_statistics, measure_statistics, on_pairs, step
from xbar.network.contexts import batch_norms, crossbar_layers
from xbar.training.folds import Examples

LAYERS = [{"linear": 8}, {"linear": 10}]
RATE = 2e-4


def on_cells(network, law, share=0.5):
    """The network with its own weights, scaled to `share` of full scale, on cells."""
    layers = []
    for index, layer in enumerate(crossbar_layers(network).values()):
        weight = share * layer.quantized_weight().detach() / layer.scales.w_max.detach()
        pairs = Pairs(law, WRITING, weight.shape, torch.Generator().manual_seed(index))
        pairs.hold(torch.stack([weight, -weight]).clamp_min(0), pairs.stuck)
        pairs.span.fill_(1.0)
        layers.append(Pulsed(layer, pairs, Accumulate(LINEAR.step / LINEAR.range)))
    return layers


def test_with_steps_to_zero_and_a_linear_device_it_is_gradient_descent(splits):
    """Steps of 1e-7; torch's own SGD on the same layers, whose weights are in floating point."""
    train, _ = splits
    law = LINEAR._replace(step=2e-7)
    network = networks.start(networks.build(layers=LAYERS, scale="layer", weight_bits=16, noise=0.0), train.x)
    network.requires_grad_(False).eval()
    layers = on_cells(network, law)
    for part in layers:
        part.rule = Accumulate(1e-7)
    plain = [part.weights().detach().double() for part in layers]
    started = [weight.clone() for weight in plain]
    for share, batch in batches(train, 64, 5, seed=0):
        with on_pairs(layers) as weights:  # gradients at the weights of gradient descent, not at those of the cells
            for weight, exact in zip(weights, plain, strict=True):
                weight.data.copy_(exact)
            functional.cross_entropy(network(batch.x), batch.y).backward()
        plain = [exact - RATE * share * weight.grad for weight, exact in zip(weights, plain, strict=True)]
        step(network, layers, batch, RATE * share)
    for part, exact, start in zip(layers, plain, started, strict=True):
        assert (part.pairs.weights() - exact).abs().max() < 1e-6 < 2e-5 < (exact - start).abs().max()


def test_a_chip_of_the_cells_computes_what_training_computes(splits):
    train, test = splits
    network = networks.start(networks.build(noise=0.0), train.x).eval()
    layers = on_cells(network, PCM)
    for part in layers:
        part.pairs.pulse(torch.ones(part.layer.weight.shape, dtype=torch.int64))
    with torch.no_grad(), on_pairs(layers):
        scores = network(test.x)
    with torch.no_grad(), on_chip(chip_of(layers)):
        assert torch.allclose(scores, network(test.x), atol=0.05 * float(scores.std()))


def test_statistics_follow_the_cells_and_are_corrected_by_the_difference_alone(splits):
    """Cells that hold the trained weights correct nothing; those of half the weights halve the standard deviation."""
    train, _ = splits
    network = networks.start(networks.build(layers=LAYERS, scale="layer", weight_bits=8, noise=0.0), train.x)
    trained = deepcopy(network)
    correct_statistics(network, on_cells(network, LINEAR, share=1.0), train, seed=0)
    for norm, before in zip(batch_norms(network), batch_norms(trained), strict=True):
        assert torch.allclose(norm.running_mean, before.running_mean, atol=1e-3)
        assert torch.allclose(norm.running_var, before.running_var, rtol=1e-3)
    measure_statistics(network, on_cells(network, LINEAR, share=1.0), train, seed=0)
    whole = batch_norms(network)[0].running_var.clone()
    measure_statistics(network, on_cells(network, LINEAR, share=0.5), train, seed=0)
    assert torch.allclose(batch_norms(network)[0].running_var / whole, torch.tensor(0.25), rtol=0.05)


def test_statistics_do_not_follow_the_order_of_the_file(splits):
    """Examples of a class one after the other, in more than one batch: as over all of them at once."""
    train, _ = splits
    found = []
    for order in (torch.arange(len(train.y)), train.y.argsort()):
        network = networks.start(networks.build(layers=LAYERS, scale="layer", weight_bits=8, noise=0.0), train.x)
        cells = on_cells(network, LINEAR, share=1.0)
        measure_statistics(network, cells, Examples(train.x[order], train.y[order]), seed=0)
        found.append(batch_norms(network)[0].running_var.clone())
    assert torch.allclose(*found, rtol=0.05)


def test_channels_without_signal_keep_their_statistics(splits):
    """A channel of zeros on cells that hold zeros: its variance is zero before and after, and its share is none."""
    train, _ = splits
    network = networks.start(networks.build(layers=LAYERS, scale="layer", weight_bits=8, noise=0.0), train.x).eval()
    next(iter(crossbar_layers(network).values())).weight.data[0] = 0
    before = batch_norms(network)[0].running_var.clone()
    correct_statistics(network, on_cells(network, LINEAR, share=0.5), train, seed=0)
    assert batch_norms(network)[0].running_var[0] == before[0] and (before[1:] > 0).all()
    assert all(norm.running_var.isfinite().all() for norm in batch_norms(network))


def test_a_batch_of_more_examples_than_there_are_is_refused(splits):
    with pytest.raises(ValueError, match=r"^batch: 1000000 is more than the \d+ training examples$"):
        next(batches(splits[0], 10**6, 0, seed=0))
