"""Confusions: all examples once per chip, the diagonal the accuracy that the evaluation finds for the same chip."""

import numpy as np

from xbar.config.crossbars import EvaluationSpec
from xbar.training.chips import chip_accuracies, map_network
from xbar.training.confusion import CONFUSION_COLUMNS, confusion_rows
from xbar.training.start import start_network


def test_counts_are_those_of_the_same_chips(made_up, splits):
    network, device = made_up.build("unipolar"), made_up.device_spec()
    start_network(network, splits[0].x[:200], seed=3, warm_start=None)
    mapped, examples = map_network(network, device, made_up.crossbar), splits[1]
    rows = list(confusion_rows(network, mapped, device, examples, 2, seed=5, laws={}))
    assert tuple(rows[0]) == CONFUSION_COLUMNS
    counts = np.array([row["count"] for row in rows]).reshape(2, 10, 10)
    assert (counts.sum(2) == np.bincount(examples.y, minlength=10)).all()
    evaluation = EvaluationSpec(chips=2, sweep_chips=1, noise_sweep=[])
    found = chip_accuracies(network, mapped, device, evaluation, {"test": examples}, seed=5)
    expected = [row["accuracy"] for row in found if row["condition"] == "noisy"]
    np.testing.assert_allclose([np.trace(of_chip) / len(examples.y) for of_chip in counts], expected)
