"""The stage as a whole: from a dataset file to a trained network, repeatable and resumable."""

import logging
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from support import networks

from xbar.files import read_tensors, write_tensors
from xbar.network.storage import write_network
from xbar.training.loop import Training
from xbar.training.train import train_network

SCRIPT = Path(__file__).parents[3] / "scripts/train_network.py"
pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture(scope="module")
def small(digits, tmp_path_factory):
    """300 digits in five folds."""
    path = tmp_path_factory.mktemp("small") / "digits.safetensors"
    write_tensors(path, {name: value[:300].clone() for name, value in digits.items()}, {"dataset": "digits"})
    return path


def train(dataset, folder, *, polarity="signed", seed=0, warm_start=None, teacher=None, training=None, **changes):
    """As a job does: the checkpoint goes when the results are there."""
    found = train_network(
        networks.network_spec(polarity, **changes), networks.architecture_spec(), networks.CROSSBAR,
        training or networks.training_spec(epochs=2), dataset,
        seed=seed, warm_start=warm_start, teacher=teacher, checkpoint=folder / "checkpoint.pt",
    )  # fmt: skip
    (folder / "checkpoint.pt").unlink()
    return found


def weights_of(network):
    return networks.bytes_of(network)


@pytest.mark.parametrize("polarity", ["float", "mixed"])
def test_same_seed_gives_same_bytes(small, tmp_path, polarity):
    found = [train(small, tmp_path, polarity=polarity, seed=seed) for seed in (1, 1, 2)]
    assert weights_of(found[0][0]) == weights_of(found[1][0]) != weights_of(found[2][0])
    assert torch.equal(found[0][2], found[1][2])
    assert not torch.equal(found[0][2], found[2][2])


def test_the_global_generator_has_no_say(small, tmp_path):
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        found.append(weights_of(train(small, tmp_path)[0]))
    assert found[0] == found[1]


@pytest.fixture
def killed(monkeypatch):
    """Trains as `train` does, to the end of so many epochs."""

    def until(epochs, *arguments, **named):
        epoch = Training._epoch

        def some(self, number):
            if number == epochs:
                raise KeyboardInterrupt
            epoch(self, number)

        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(Training, "_epoch", some)
            train(*arguments, **named)

    return until


def epochs_of(monkeypatch):
    """A list to which every epoch that is trained adds its number."""
    numbers, epoch = [], Training._epoch
    monkeypatch.setattr(Training, "_epoch", lambda self, number: numbers.append(number) or epoch(self, number))
    return numbers


def test_killed_stage_goes_on_from_its_checkpoint(small, tmp_path, killed, monkeypatch):
    spec = networks.training_spec(epochs=3)
    whole = train(small, tmp_path, training=spec)
    killed(2, small, tmp_path, training=spec)
    numbers = epochs_of(monkeypatch)
    resumed = train(small, tmp_path, training=spec)
    assert weights_of(resumed[0]) == weights_of(whole[0]) and numbers == [2]


@pytest.mark.parametrize("role", ["dataset", "warm_start", "teacher"])
def test_checkpoint_is_of_the_files_it_was_trained_from(small, digits, tmp_path, killed, role):
    """One of them made anew while a killed training waits: it ends as if it had begun with that."""
    paths = {name: tmp_path / name for name in ("dataset", "warm_start", "teacher")}
    spec = networks.training_spec(epochs=3, distillation=0.5)

    def write(name, seed):
        if name == "dataset":
            chosen = slice(300 * seed, 300 * seed + 300)
            write_tensors(paths[name], {key: value[chosen].clone() for key, value in digits.items()}, {})
        else:
            network, _, _ = train(small, tmp_path, polarity="float", seed=seed)
            write_network(paths[name], network, about("float"))

    for name in paths:
        write(name, 0)
    at = (paths["dataset"], tmp_path)
    named = {"training": spec, "warm_start": paths["warm_start"], "teacher": paths["teacher"]}
    killed(2, *at, **named)
    (tmp_path / "checkpoint.pt").rename(tmp_path / "kept.pt")
    write(role, 1)
    fresh = train(*at, **named)
    (tmp_path / "kept.pt").rename(tmp_path / "checkpoint.pt")
    after = train(*at, **named)
    assert weights_of(after[0]) == weights_of(fresh[0]) and after[1] == fresh[1]


def about(polarity="signed"):
    """The blocks of the configuration that a network and its file need."""
    blocks = {
        "network": networks.network_spec(polarity), "architecture": networks.architecture_spec(),
        "crossbar": networks.CROSSBAR,
    }  # fmt: skip
    return {name: spec.model_dump(mode="json") for name, spec in blocks.items()}


class Named(dict):
    """What Snakemake hands to a script under one heading: names as attributes and as keys."""

    __getattr__ = dict.__getitem__


def test_full_disk_behind_a_training_costs_no_training(small, tmp_path, monkeypatch):
    """The job as a whole, its disk full at its first output and at its second; made once again, it trains nothing."""
    training = networks.training_spec(epochs=2).model_dump(mode="json")
    params = about() | {"training": training, "checkpoint": tmp_path / "checkpoint.pt", "code": "0123456789ab"}

    def run(folder):
        output = {name: tmp_path / folder / name for name in ("weights", "layers", "history")}
        job = {
            "params": params,
            "input": {"dataset": small},
            "output": output,
            "wildcards": {"network": "net", "seed": "1"},
        }
        snakemake = SimpleNamespace(**{name: Named(part) for name, part in job.items()})
        monkeypatch.setattr("xbar.job.begin", lambda: snakemake)
        runpy.run_path(str(SCRIPT))
        return [path.read_bytes() for path in output.values()]

    def full(path, *_, **__):
        raise OSError(f"cannot write {path}")

    whole = run("whole")
    assert not list(tmp_path.glob("checkpoint*"))
    for writer, name in (("network.storage.write_network", "weights"), ("tables.write_table", "layers")):
        with monkeypatch.context() as patched, pytest.raises(OSError, match=f"cannot write .*{name}"):
            patched.setattr(f"xbar.{writer}", full)
            run("again")
    numbers = epochs_of(monkeypatch)
    assert run("again") == whole and not numbers
    assert not list(tmp_path.glob("checkpoint*"))


def test_measurement_inputs_and_validation_do_not_meet(small, digits, tmp_path):
    """Fold 2 of seed 2 is validated on: 60 of 300; what is measured on comes from the other 240."""
    spec = networks.training_spec(epochs=1)
    network, history, inputs = train(small, tmp_path, seed=2, training=spec)
    held_out = {tuple(x.flatten().tolist()) for x in digits["train_x"][:300][digits["train_fold"][:300] == 2]}
    measured = {tuple(x.flatten().tolist()) for x in inputs}
    assert len(inputs) == 240 and not measured & held_out
    hits = history[0]["validation_accuracy"] * 60
    assert hits == pytest.approx(round(hits), abs=1e-4)  # the history rounds to six digits
    assert not network.training


def test_measurement_inputs_are_different_examples_drawn_by_the_seed(small, tmp_path, monkeypatch):
    """So many, from anywhere among the training examples, whatever the network."""
    monkeypatch.setattr("xbar.training.train.CALIBRATION_INPUTS", 128)
    examples = [x.numpy().tobytes() for x in read_tensors(small)[0]["train_x"]]
    spec = networks.training_spec(epochs=1)
    drawn = []
    for polarity, seed in (("signed", 0), ("float", 0), ("float", 1)):
        inputs = train(small, tmp_path, polarity=polarity, seed=seed, training=spec)[2]
        drawn.append([examples.index(x.numpy().tobytes()) for x in inputs])
    assert len(set(examples)) == 300
    assert len(drawn[0]) == len(set(drawn[0])) == 128
    assert drawn[0] == drawn[1] != drawn[2]
    assert abs(sum(drawn[0]) / 128 - 149.5) < 5 * 300 / (12 * 128) ** 0.5


def test_warm_start_reaches_farther_in_one_epoch(small, tmp_path):
    float_network, _, _ = train(small, tmp_path, polarity="float", training=networks.training_spec(epochs=8))
    write_network(tmp_path / "float", float_network, {})
    spec = networks.training_spec(epochs=1, learning_rate=0.001)
    cold = train(small, tmp_path, training=spec)[1]
    warm = train(small, tmp_path, warm_start=tmp_path / "float", training=spec)[1]
    assert warm[0]["loss"] < 0.7 * cold[0]["loss"]


def test_progress_is_logged_by_epoch(small, tmp_path, caplog):
    caplog.set_level(logging.INFO, logger="xbar")
    train(small, tmp_path)
    assert [message.split("  ")[0] for message in caplog.messages] == ["epoch 1/2", "epoch 2/2"]
