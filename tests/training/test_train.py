"""The stage as a whole: from a dataset file to a trained network, repeatable and resumable."""

import logging

import pytest
import torch
from safetensors.torch import save

from xbar.files import read_tensors, write_tensors
from xbar.network.storage import write_network
from xbar.seeds import generator
from xbar.training.loop import Training
from xbar.training.train import train_network

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture(scope="module")
def small(digits, tmp_path_factory):
    """300 digits in five folds."""
    path = tmp_path_factory.mktemp("small") / "digits.safetensors"
    write_tensors(path, {name: value[:300].clone() for name, value in digits.items()}, {"dataset": "digits"})
    return path


def train(made_up, dataset, folder, *, polarity="bipolar", seed=0, warm_start=None, training=None, **changes):
    return train_network(
        made_up.network_spec(polarity, **changes), made_up.architecture_spec(), made_up.crossbar,
        training or made_up.training_spec(epochs=2), dataset,
        seed=seed, warm_start=warm_start, checkpoint=folder / "checkpoint.pt",
    )  # fmt: skip


def weights_of(network):
    return save({name: value.contiguous() for name, value in network.state_dict().items()})


@pytest.mark.parametrize("polarity", ["float", "mixed"])
def test_same_seed_gives_same_bytes(made_up, small, tmp_path, polarity):
    found = [train(made_up, small, tmp_path, polarity=polarity, seed=seed) for seed in (1, 1, 2)]
    assert weights_of(found[0][0]) == weights_of(found[1][0]) != weights_of(found[2][0])
    assert torch.equal(found[0][2], found[1][2])
    assert not torch.equal(found[0][2], found[2][2])


def test_the_global_generator_has_no_say(made_up, small, tmp_path):
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        found.append(weights_of(train(made_up, small, tmp_path)[0]))
    assert found[0] == found[1]


def test_killed_stage_goes_on_from_its_checkpoint(made_up, small, tmp_path, monkeypatch):
    whole = train(made_up, small, tmp_path, training=made_up.training_spec(epochs=3))
    epoch = Training._epoch

    def killed(self, number):
        if number == 2:
            raise KeyboardInterrupt
        epoch(self, number)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Training, "_epoch", killed)
        train(made_up, small, tmp_path, training=made_up.training_spec(epochs=3))
    assert (tmp_path / "checkpoint.pt").exists()
    resumed = train(made_up, small, tmp_path, training=made_up.training_spec(epochs=3))
    assert weights_of(resumed[0]) == weights_of(whole[0])
    assert not (tmp_path / "checkpoint.pt").exists()


def test_measurement_inputs_and_validation_do_not_meet(made_up, small, digits, tmp_path):
    """Fold 2 of seed 2 is validated on: 60 of 300; what is measured on comes from the other 240."""
    spec = made_up.training_spec(epochs=1, calibration=1000)
    network, history, inputs = train(made_up, small, tmp_path, seed=2, training=spec)
    held_out = {tuple(x.flatten().tolist()) for x in digits["train_x"][:300][digits["train_fold"][:300] == 2]}
    measured = {tuple(x.flatten().tolist()) for x in inputs}
    assert len(inputs) == 240 and not measured & held_out
    hits = history[0]["validation_accuracy"] * 60
    assert hits == pytest.approx(round(hits), abs=1e-4)  # the history rounds to six digits
    assert not network.training


def test_without_holdout_all_examples_train(made_up, small, tmp_path):
    spec = made_up.training_spec(epochs=1, calibration=1000)
    _, history, inputs = train(made_up, small, tmp_path, holdout=False, training=spec)
    assert len(inputs) == 300 and history[0]["validation_accuracy"] == ""


def test_measurement_inputs_are_drawn_by_the_seed(made_up, small, tmp_path):
    _, _, inputs = train(made_up, small, tmp_path, holdout=False, training=made_up.training_spec(epochs=1))
    chosen = torch.randperm(300, generator=generator(0, "measure"))[:128]
    assert torch.equal(inputs, read_tensors(small)[0]["train_x"][chosen])


def test_warm_start_reaches_farther_in_one_epoch(made_up, small, tmp_path):
    float_network, _, _ = train(made_up, small, tmp_path, polarity="float", training=made_up.training_spec(epochs=8))
    write_network(tmp_path / "float", float_network, {})
    spec = made_up.training_spec(epochs=1, learning_rate=0.001)
    cold = train(made_up, small, tmp_path, training=spec)[1]
    warm = train(made_up, small, tmp_path, warm_start=tmp_path / "float", training=spec)[1]
    assert warm[0]["loss"] < 0.7 * cold[0]["loss"]


def test_progress_is_logged_by_epoch(made_up, small, tmp_path, caplog):
    caplog.set_level(logging.INFO, logger="xbar")
    train(made_up, small, tmp_path)
    assert [message.split("  ")[0] for message in caplog.messages] == ["epoch 1/2", "epoch 2/2"]
