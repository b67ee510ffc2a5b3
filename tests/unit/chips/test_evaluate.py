"""Rows of the tables of accuracies and confusions, against counting and against each other."""

import numpy as np
import pytest
from support import networks
from support.chips import chip_rows

from xbar.chips.deployment import Deployment
from xbar.chips.evaluate import accuracy_rows, confusion_rows
from xbar.chips.mapped import map_network
from xbar.config.crossbars import EvaluationSpec
from xbar.tables import ACCURACY, CONFUSION

ABOUT = {
    "dataset": "digits", "architecture": "tiny", "weight_bits": 2, "polarity": "unipolar", "scale": "network",
    "device": "nvm",
}  # fmt: skip


@pytest.mark.parametrize(("mapping", "device"), [("unipolar", "nvm"), ("", "")])
def test_rows_hold_every_column(mapping, device):
    results = [{"condition": "noisy", "chip": chip, "split": "test", "accuracy": 0.5} for chip in range(3)]
    rows = list(accuracy_rows("tiny-2b", {"network": ABOUT, "seed": 4}, results, mapping=mapping))
    assert [row["chip"] for row in rows] == [0, 1, 2]
    for row in rows:
        assert set(row) == set(ACCURACY.names)
        assert (row["network"], row["seed"], row["mapping"], row["device"]) == ("tiny-2b", 4, mapping, device)
        assert row["weight_bits"] == 2 and row["accuracy"] == 0.5


def test_confusions_are_those_of_the_same_chips(splits):
    """All examples once per chip, the diagonal the accuracy that the evaluation finds for the same chip."""
    network, device = networks.start(networks.build("unipolar"), splits[0].x[:200], seed=3), networks.device_spec()
    deployment = Deployment(network, map_network(network, device, networks.CROSSBAR), device, seed=5)
    rows = list(confusion_rows(deployment, splits[1], 2))
    assert tuple(rows[0]) == CONFUSION.names[2:]
    counts = np.array([row["count"] for row in rows]).reshape(2, 10, 10)
    assert (counts.sum(2) == np.bincount(splits[1].y, minlength=10)).all()
    evaluation = EvaluationSpec(chips=2, sweep_chips=1, noise_sweep=[])
    found = chip_rows(deployment, evaluation, {"test": splits[1]})
    expected = [row["accuracy"] for row in found if row["condition"] == "noisy"]
    np.testing.assert_allclose([np.trace(of_chip) / len(splits[1].y) for of_chip in counts], expected)
