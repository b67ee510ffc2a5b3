"""Predictions and accuracies against plain counting."""

import copy

import pytest
import torch
from support import networks

from xbar.network.contexts import noisy
from xbar.network.predict import BATCH, accuracy, predict


@pytest.fixture(scope="module")
def network():
    return networks.start(networks.build("signed", noise=0.2), networks.splits()[0].x)


def test_accuracy_is_a_count_of_hits(network):
    """One example at a time, in plain Python."""
    train, _ = networks.splits()
    examples = (train.x[:100], train.y[:100])
    with torch.no_grad():
        scores = [network.eval()(one.unsqueeze(0))[0].tolist() for one in examples[0]]
    hits = sum(row.index(max(row)) == int(label) for row, label in zip(scores, examples[1], strict=True))
    assert accuracy(network, examples) == hits / 100


def test_batches_of_prediction_join_in_order(network):
    inputs = networks.splits()[0].x[: 2 * BATCH + 7]
    found = predict(network, inputs)
    assert found.shape == (2 * BATCH + 7,)
    parts = [predict(network, inputs[start : start + 100]) for start in range(0, len(inputs), 100)]
    assert (torch.cat(parts) == found).double().mean() > 0.999  # sums of other batch sizes may round otherwise


def test_noise_is_drawn_anew_for_each_batch(network):
    network, same = copy.deepcopy(network), networks.splits()[0].x[:1].expand(2 * BATCH, -1, -1, -1)
    network.norm1.weight.data.fill_(100.0)
    with noisy(network, torch.Generator().manual_seed(3)):
        scores = [network(part) for part in same.split(BATCH)]
    assert not torch.equal(scores[0][0], scores[1][0])
    assert torch.allclose(scores[0], scores[0][:1], atol=1e-2)
    first, second = (predict(network, networks.splits()[0].x, torch.Generator().manual_seed(seed)) for seed in (3, 3))
    assert torch.equal(first, second)


def test_prediction_leaves_the_network_as_it_is(network):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    predict(network.train(), networks.splits()[0].x[:20])
    assert not network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_scores_that_are_not_finite_have_no_accuracy(number):
    network = networks.build("float")
    network.layer1.weight.data[3] = number
    with pytest.raises(FloatingPointError, match="the network's scores hold NaN or infinity for 20 of 20 inputs"):
        accuracy(network, (networks.splits()[1].x[:20], networks.splits()[1].y[:20]))
