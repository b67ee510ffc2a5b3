"""Stored correctness: bit for bit what chips found, and the accuracies that follow from it."""

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from support import networks

from xbar.chips.correctness import Correctness, read_correctness, write_correctness
from xbar.chips.deployment import Condition, Deployment
from xbar.chips.evaluate import Result, accuracy_rows, chip_results, stored
from xbar.chips.mapped import map_network
from xbar.chips.predict import predict_chips
from xbar.config.crossbars import EvaluationSpec
from xbar.files import read_about

ABOUT = {"name": "tiny-2b", "seed": 4, "network": networks.network_spec("unipolar").model_dump()}


@pytest.fixture(scope="module")
def deployment():
    train, _ = networks.splits()
    network = networks.start(networks.build("unipolar"), train.x[:200], seed=3)
    return Deployment(
        network, map_network(network, networks.device_spec(), networks.CROSSBAR), networks.device_spec(), seed=5
    )


@pytest.mark.parametrize("examples", [40, 43])  # whole bytes, and not
def test_accuracies_follow_from_what_is_stored(deployment, splits, tmp_path, examples):
    evaluation = EvaluationSpec(chips=3, sweep_chips=1, noise_sweep=[0.1])
    test = splits[1].x[:examples], splits[1].y[:examples]
    results = list(chip_results(deployment, evaluation, {"validation": splits[1], "test": test}))
    write_correctness(tmp_path / "c", stored(results), None, ABOUT)
    found = read_correctness(tmp_path / "c")
    assert found[:2] == ("tiny-2b", 4) and found.group is None
    assert {name: right.shape for name, right in found.right.items()} == {
        "ideal": (1, examples), "noisy": (3, examples),
    }  # fmt: skip
    about = ABOUT | {"network": ABOUT["network"] | {"weight_bits": 2}}
    rows = accuracy_rows("tiny-2b", about, (result.row() for result in results), mapping="unipolar")
    told = {
        (row["condition"], row["chip"]): row["accuracy"]
        for row in rows if row["split"] == "test" and row["condition"] in found.right
    }  # fmt: skip
    assert told == {
        (name, chip): share for name, right in found.right.items() for chip, share in enumerate(right.mean(axis=1))
    }
    assert 0 < told["noisy", 0] < 1
    chip = predict_chips(deployment.network, [deployment.make_chip(Condition(1))], test[0])[0]
    assert (found.right["noisy"][1] == (chip == test[1]).numpy()).all()


def test_groups_and_the_header_of_the_weights_are_in_the_file(tmp_path):
    right = torch.rand(2, 19, generator=torch.Generator().manual_seed(0)) < 0.5
    group = torch.arange(19) % 3 + 20
    write_correctness(tmp_path / "c", {"noisy": right}, group, ABOUT)
    found = read_correctness(tmp_path / "c")
    assert (found.right["noisy"] == right.numpy()).all() and found.group.tolist() == group.tolist()
    assert read_about(tmp_path / "c") == ABOUT | {"examples": 19}
    assert (tmp_path / "c").stat().st_size < 1000


def test_only_test_examples_without_the_sweep_are_kept(tmp_path):
    right = torch.tensor([True, False])
    results = [Result(*about, right) for about in (("float", "", "validation"), ("noise-0.1", 0, "test"))]
    assert stored(results) == {}
    write_correctness(tmp_path / "c", {}, torch.arange(0), ABOUT)
    assert read_correctness(tmp_path / "c") == Correctness("tiny-2b", 4, {}, None)


@pytest.mark.parametrize(
    ("numbers", "about", "message"),
    [
        ({"noisy": np.zeros((1, 2), np.uint8)}, {"examples": 17}, "do not hold the 17 examples"),
        ({"noisy": np.zeros((1, 1), np.uint8), "group": np.zeros(7, np.int16)}, {"examples": 8}, "do not hold the 8"),
        ({"noisy": np.zeros((1, 1), np.float32)}, {"examples": 8}, "do not hold the 8"),
        ({"noisy": np.zeros(1, np.uint8)}, {"examples": 8}, "do not hold the 8"),
        ({"noisy": np.zeros((1, 1), np.uint8)}, {"examples": "8"}, "do not hold the 8"),
        ({"noisy": np.zeros((1, 1), np.uint8)}, {}, "holds no correctness: examples missing from its header"),
    ],
)
def test_a_file_that_does_not_hold_what_it_says_is_named(tmp_path, numbers, about, message):
    import json

    save_file(numbers, tmp_path / "c", {"about": json.dumps({"name": "n", "seed": 0} | about)})
    with pytest.raises(ValueError, match=message):
        read_correctness(tmp_path / "c")


def test_conditions_of_other_numbers_of_examples_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="conditions of 13 and 14 examples"):
        write_correctness(tmp_path / "c", {"a": torch.ones(1, 13) > 0, "b": torch.ones(1, 14) > 0}, None, ABOUT)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("number", [-1, 2**15])
def test_groups_that_the_file_would_confuse_are_refused(tmp_path, number):
    right = {"float": torch.ones(1, 2, dtype=torch.bool)}
    with pytest.raises(ValueError, match=r"groups of test examples are numbers from 0 to 32767$"):
        write_correctness(tmp_path / "c", right, torch.tensor([0, number]), {"name": "a", "seed": 0})
    assert not (tmp_path / "c").exists()
