"""Accuracies against plain counting, and the rows of the tidy table."""

import pytest
import torch

from xbar.files import write_tensors
from xbar.training.evaluate import ACCURACY_COLUMNS, BATCH, accuracy, accuracy_rows, evaluation_splits, predict
from xbar.training.start import start_network

ABOUT = {
    "dataset": "digits", "architecture": "tiny", "weight_bits": 2, "polarity": "unipolar", "scale": "network",
    "device": "nvm",
}  # fmt: skip


@pytest.fixture(scope="module")
def network(made_up, splits):
    network = made_up.build("signed", noise=0.2)
    start_network(network, splits[0].x, seed=0, warm_start=None)
    return network


def test_accuracy_is_a_count_of_hits(network, splits):
    """One example at a time, in plain Python."""
    train, _ = splits
    examples = (train.x[:100], train.y[:100])
    with torch.no_grad():
        scores = [network.eval()(one.unsqueeze(0))[0].tolist() for one in examples[0]]
    hits = sum(row.index(max(row)) == int(label) for row, label in zip(scores, examples[1], strict=True))
    assert accuracy(network, examples) == hits / 100


def test_batches_of_prediction_join_in_order(network, splits):
    inputs = splits[0].x[: 2 * BATCH + 7]
    found = predict(network, inputs)
    assert found.shape == (2 * BATCH + 7,)
    parts = [predict(network, inputs[start : start + 100]) for start in range(0, len(inputs), 100)]
    assert (torch.cat(parts) == found).double().mean() > 0.999  # sums of other batch sizes may round otherwise


def test_noise_is_drawn_anew_for_each_batch(network, splits):
    same = splits[0].x[:1].expand(2 * BATCH, -1, -1, -1)
    network.norms[-1].weight.data.fill_(100.0)
    scores = [
        network(part, generator) for generator in [torch.Generator().manual_seed(3)] for part in same.split(BATCH)
    ]
    assert not torch.equal(scores[0][0], scores[1][0])
    assert torch.allclose(scores[0], scores[0][:1], atol=1e-2)
    first, second = (predict(network, splits[0].x, torch.Generator().manual_seed(seed)) for seed in (3, 3))
    assert torch.equal(first, second)


def test_prediction_leaves_the_network_as_it_is(network, splits):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    predict(network.train(), splits[0].x[:20])
    assert not network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_validation_examples_are_those_the_seed_held_out(dataset, digits):
    splits = evaluation_splits(dataset, {"network": ABOUT, "seed": 7})  # fold 7 modulo 5
    assert torch.equal(splits["validation"].x, digits["train_x"][digits["train_fold"] == 2])
    assert torch.equal(splits["test"].y, digits["test_y"])


def test_empty_splits_are_left_out(digits, tmp_path):
    none = {name: value[:0] if name.startswith("test") else value for name, value in digits.items()}
    write_tensors(tmp_path / "d", none, {})
    assert list(evaluation_splits(tmp_path / "d", {"network": ABOUT, "seed": 0})) == ["validation"]


@pytest.mark.parametrize(("mapping", "device"), [("unipolar", "nvm"), ("", "")])
def test_rows_hold_every_column(mapping, device):
    results = [{"condition": "noisy", "chip": chip, "split": "test", "accuracy": 0.5} for chip in range(3)]
    rows = list(accuracy_rows("tiny-2b", {"network": ABOUT, "seed": 4}, results, mapping=mapping))
    assert [row["chip"] for row in rows] == [0, 1, 2]
    for row in rows:
        assert set(row) == set(ACCURACY_COLUMNS)
        assert (row["network"], row["seed"], row["mapping"], row["device"]) == ("tiny-2b", 4, mapping, device)
        assert row["weight_bits"] == 2 and row["accuracy"] == 0.5


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_scores_that_are_not_finite_have_no_accuracy(made_up, splits, number):
    network = made_up.build("float")
    network.layers[-1].weight.data[3] = number
    with pytest.raises(FloatingPointError, match="the network's scores hold NaN or infinity"):
        accuracy(network, (splits[1].x[:20], splits[1].y[:20]))
