"""Trainings: repeatable byte for byte, resumable at any epoch, and able to learn."""

import copy
from itertools import product

import numpy as np
import pytest
import torch
from support import networks
from torch import nn

from xbar.network.contexts import batch_norms, crossbar_layers, scales_of
from xbar.network.predict import accuracy
from xbar.tables import TRAINING
from xbar.training.batches import Batch
from xbar.training.folds import Examples
from xbar.training.optimizer import one_cycle

NONE = Examples(torch.empty(0, 1, 8, 8), torch.empty(0, dtype=torch.int64))
FULL = {
    "augmentation": {"shift": 1, "noise": 0.1},
    "epochs": 5,
    "freeze_statistics": 0.4,
    "label_smoothing": 0.1,
    "weight_decay": 0.01,
}
LEARNED = {"polarity": "mixed", "signs": {"group": 2, "assignment": "learned", "anneal": 0.7}, "gain": "positive"}


class Killed(Exception):
    """A training that ends as a killed process does, between two steps."""


def started(train, spec, *, seed=0, polarity="signed", **network):
    return networks.start(networks.build(polarity, **network), train.x, seed=seed)


def trained(train, spec, folder, *, checkpoint=None, seed=0, validation=NONE, **network):
    """A training from its start, or from `checkpoint`."""
    built = started(train, spec, seed=seed, **network)
    own = folder / f"{len(list(folder.iterdir()))}.pt"
    history = networks.training_of(built, train, validation, spec, seed=seed).run(checkpoint or own)
    return built, history


def fingerprint(network, history):
    """Bytes of the weights, and the history."""
    return networks.bytes_of(network), history


def kill_after(training, steps):
    """Let `training` make so many steps and then none."""
    step, made = training._step, []

    def until_killed(*arguments):
        if len(made) == steps:
            raise Killed
        made.append(None)
        return step(*arguments)

    training._step = until_killed


@pytest.fixture(scope="module")
def few(splits) -> tuple[Examples, Examples]:
    train, _ = splits
    return Examples(train.x[:200], train.y[:200]), Examples(train.x[200:260], train.y[200:260])


@pytest.mark.parametrize("polarity", ["float", "unipolar"])
def test_same_seed_gives_same_bytes_and_another_seed_others(few, tmp_path, polarity):
    spec = networks.training_spec(epochs=2, augmentation={"shift": 1, "noise": 0.1})
    found = [
        fingerprint(*trained(few[0], spec, tmp_path, seed=seed, validation=few[1], polarity=polarity))
        for seed in (3, 3, 4)
    ]
    assert found[0] == found[1]
    assert found[0][0] != found[2][0]
    assert found[0][1] != found[2][1]


SIGNED, MUON = {"polarity": "signed"}, {"optimizer": "muon"}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("signs", "recipe"),
    [({"polarity": "signed"}, {}), ({"polarity": "unipolar"}, {}), (LEARNED, {}), (SIGNED, MUON)],
    ids=str,
)
def test_killed_training_ends_as_the_uninterrupted_one(few, tmp_path, signs, recipe):
    """Killed in the first epoch, after a whole one, before and after the statistics freeze, and twice."""
    train, validation = few
    spec = networks.training_spec(**FULL, **recipe)
    whole = fingerprint(*trained(train, spec, tmp_path, validation=validation, **signs, noise=0.05))
    steps = len(train.y) // spec.batch
    for number, kills in enumerate([[1], [steps], [2 * steps + 1], [3 * steps, steps], [4 * steps + 2]]):
        checkpoint = tmp_path / f"killed{number}.pt"
        for made in kills:
            network = started(train, spec, **signs, noise=0.05)
            training = networks.training_of(network, train, validation, spec, seed=0)
            kill_after(training, made)
            with pytest.raises(Killed):
                training.run(checkpoint)
        assert checkpoint.exists() == (sum(kills) >= steps)
        network = started(train, spec, **signs, noise=0.05)
        training = networks.training_of(network, train, validation, spec, seed=0)
        assert fingerprint(network, training.run(checkpoint)) == whole
        assert training.history[0]["epoch"] == 1 and len(training.history) == spec.epochs


@pytest.fixture(scope="module")
def undisturbed(few, tmp_path_factory):
    """The fingerprint of a training of two epochs without a checkpoint."""
    return fingerprint(*trained(few[0], networks.training_spec(epochs=2), tmp_path_factory.mktemp("undisturbed")))


def test_checkpoint_of_another_kind_of_device_is_left_aside(few, tmp_path, undisturbed):
    """Random draws on a GPU are others, so that a training which goes on elsewhere would be of no machine."""
    spec, checkpoint = networks.training_spec(epochs=2), tmp_path / "killed.pt"
    trained(few[0], spec, tmp_path, checkpoint=checkpoint)
    state = torch.load(checkpoint, weights_only=True)
    assert state["recipe"]["machine"] == "cpu"
    for value in state["network"].values():
        value.zero_()
    torch.save(state | {"recipe": state["recipe"] | {"machine": "cuda"}}, checkpoint)
    assert fingerprint(*trained(few[0], spec, tmp_path, checkpoint=checkpoint)) == undisturbed


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("signs", "recipe"),
    [({"polarity": "signed"}, {}), (LEARNED, {}), (SIGNED, MUON)],
    ids=str,
)
def test_training_killed_behind_its_last_epoch_ends_as_it_did(few, tmp_path, signs, recipe):
    """Its results may not have been written; nothing is trained again."""
    train, validation = few
    spec = networks.training_spec(**FULL | recipe)
    found = []
    for steps in (1000, 0):
        training = networks.training_of(started(train, spec, **signs, noise=0.05), train, validation, spec, seed=0)
        kill_after(training, steps)
        history = training.run(tmp_path / "whole.pt")
        scores = training.network(train.x[:9]).detach()
        found.append((fingerprint(training.network, history), scores.tolist(), training.network.training))
    assert found[0] == found[1]


def test_resumed_training_does_not_repeat_what_was_done(few, tmp_path):
    train, spec = few[0], networks.training_spec(epochs=4)
    training = networks.training_of(started(train, spec), train, NONE, spec, seed=0)
    kill_after(training, 7)  # two epochs of three steps, and one step
    with pytest.raises(Killed):
        training.run(tmp_path / "killed.pt")
    training = networks.training_of(started(train, spec), train, NONE, spec, seed=0)
    kill_after(training, 6)  # the two that are left
    assert len(training.run(tmp_path / "killed.pt")) == 4


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    "other",
    [
        {"spec": {"learning_rate": 0.02}},
        {"seed": 1},
        {"validation": True},
        {"network": {"noise": 0.1}},
        {"network": {"weight_bits": 3}},
        {"network": {"scale": "layer"}},
        {"network": {"polarity": "unipolar"}},
        {"network": {"layers": [{"conv": 4, "kernel": 3, "pool": 2}, {"linear": 10}]}},
    ],
)
def test_checkpoint_of_another_recipe_is_left_aside(few, tmp_path, other, undisturbed):
    train, checkpoint = few[0], tmp_path / "killed.pt"
    validation = few[1] if "validation" in other else NONE
    spec = networks.training_spec(epochs=2)
    strange = networks.training_spec(epochs=2, **other.get("spec", {}))
    network, seed = other.get("network", {}), other.get("seed", 0)
    trained(train, strange, tmp_path, checkpoint=checkpoint, seed=seed, validation=validation, **network)
    assert checkpoint.exists()
    assert fingerprint(*trained(train, spec, tmp_path, checkpoint=checkpoint)) == undisturbed


def test_one_step_is_that_of_torch_adamw(few, tmp_path):
    """A floating-point network, one epoch of one batch: the same step with plain modules and the same schedule."""
    train, _ = few
    spec = networks.training_spec(epochs=1, batch=200, weight_decay=0.1, learning_rate=0.25, label_smoothing=0.1)
    network = started(train, spec, polarity="float")
    plain = copy.deepcopy(network).train()
    networks.training_of(network, train, NONE, spec, seed=0).run(tmp_path / "none.pt")

    loss = nn.CrossEntropyLoss(label_smoothing=0.1)(plain(train.x), train.y)
    loss.backward()
    for parameter in plain.parameters():
        decay = 0.1 if parameter.dim() > 1 else 0.0
        torch.optim.AdamW([parameter], lr=0.01, weight_decay=decay).step()
    for mine, theirs in zip(network.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


def test_distillation_is_the_divergence_from_the_softened_teacher(few):
    """(1 - a) CE + a T^2 KL(teacher || network), Hinton et al. (2015), written out with numpy."""
    train, _ = few
    spec = networks.training_spec(distillation=0.3, temperature=4.0)
    network, teacher = (started(train, spec, polarity="float", seed=seed) for seed in (0, 1))
    training = networks.training_of(network, train, NONE, spec, seed=0, teacher=teacher.eval())
    scores, batch = network(train.x[:50]), Batch(0, torch.arange(50), train.x[:50])
    found = training._loss(scores, training._taught(batch, 0), train.y[:50]).detach()

    def shares(values, heat):
        powers = np.exp(values.detach().double().numpy() / heat)
        return powers / powers.sum(1, keepdims=True)

    hard = -np.log(shares(scores, 1)[np.arange(50), train.y[:50].numpy()]).mean()
    target, guess = shares(teacher(train.x[:50]), 4), shares(scores, 4)
    soft = (target * np.log(target / guess)).sum(1).mean()
    assert float(found) == pytest.approx(0.7 * hard + 0.3 * 16 * soft, rel=1e-4)


def test_the_teacher_teaches_and_stays_as_it_is(few, tmp_path):
    """Trained on the teacher's scores alone, a network ends nearer to them than one trained without."""
    train, _ = few
    teacher, _ = trained(train, networks.training_spec(epochs=8), tmp_path, polarity="float", seed=5)
    before = networks.bytes_of(teacher)
    distances = []
    for share in (0.0, 1.0):
        spec = networks.training_spec(epochs=6, distillation=share)
        network = started(train, spec, polarity="float")
        networks.training_of(network, train, NONE, spec, seed=0, teacher=teacher).run(tmp_path / f"{share}.pt")
        distances.append(float((network(train.x).softmax(1) - teacher(train.x).softmax(1)).detach().abs().mean()))
    assert distances[1] < distances[0]
    assert networks.bytes_of(teacher) == before


def test_bfloat16_trains_about_as_float32_does(few, tmp_path):
    """Scores after an epoch agree to about its three digits; converters, weights and results stay float32."""
    train, scores = few[0], []
    for precision in ("float32", "bfloat16"):
        spec = networks.training_spec(epochs=1, precision=precision, learning_rate=0.001)
        network, _ = trained(train, spec, tmp_path, adc_bits=16, dac_bits=16, noise=0.0, weight_bits=8)
        assert all(value.dtype == torch.float32 for value in network.parameters())
        scores.append(network(train.x).detach())
    assert not torch.equal(*scores)
    assert float((scores[0] - scores[1]).std() / scores[0].std()) < 0.1


def test_history_describes_every_epoch(few, tmp_path):
    train, validation = few
    spec = networks.training_spec(epochs=3)
    network, history = trained(train, spec, tmp_path, polarity="float", validation=validation)
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert all(tuple(row) == TRAINING.names[2:] for row in history)
    assert history[-1]["validation_accuracy"] == pytest.approx(accuracy(network, validation), abs=1e-6)
    last_step = one_cycle(8 / 9, spec.warm_up) * spec.learning_rate  # three steps an epoch
    assert history[-1]["learning_rate"] == pytest.approx(last_step, rel=1e-3)
    without = trained(train, spec, tmp_path, polarity="float")[1]
    assert {row["validation_accuracy"] for row in without} == {""}


def test_statistics_freeze_when_told(few, tmp_path):
    train = few[0]
    halves = []
    for epochs in (1, 2):  # of four: the first half of the epochs
        spec = networks.training_spec(epochs=4, freeze_statistics=0.25)
        training = networks.training_of(started(train, spec), train, NONE, spec, seed=0)
        kill_after(training, 3 * epochs)
        with pytest.raises(Killed):
            training.run(tmp_path / "none" / str(epochs))
        halves.append(training.network)
    assert torch.equal(batch_norms(halves[0])[0].running_mean, batch_norms(halves[1])[0].running_mean)
    assert not torch.equal(batch_norms(halves[0])[0].weight, batch_norms(halves[1])[0].weight)


def test_weights_stay_within_the_devices(few, tmp_path):
    spec = networks.training_spec(epochs=2, learning_rate=0.3)
    for polarity in ("signed", "unipolar", "mixed"):
        network, _ = trained(few[0], spec, tmp_path, polarity=polarity)
        w_max = float(scales_of(network)[0].w_max.detach())
        for layer in networks.layers_of(network):
            assert layer.weight.max() <= w_max
            assert layer.weight.min() >= (-w_max if polarity == "signed" else 0)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("polarity", "activation", "rate", "least"),
    [("float", "relu", 0.01, 0.95), ("signed", "relu", 0.02, 0.9), ("unipolar", "crelu", 0.03, 0.85)],
)
def test_tiny_networks_learn_the_digits(splits, tmp_path, polarity, activation, rate, least):
    """Chance is 0.1; noise on the devices and all converters in place."""
    train, test = splits
    spec = networks.training_spec(epochs=8, learning_rate=rate)
    network, _ = trained(train, spec, tmp_path, polarity=polarity, activation=activation)
    assert accuracy(network, test, torch.Generator().manual_seed(0)) > least


@pytest.mark.usefixtures("unchecked")
def test_the_range_of_the_other_sign_narrows_by_the_same_share_at_every_step(splits, tmp_path):
    train, _ = splits
    spec = networks.training_spec(epochs=4)
    network = started(train, spec, **LEARNED)
    training = networks.training_of(network, train, NONE, spec)
    first, floors, begin = next(iter(crossbar_layers(network).values())), [], training._begin_step

    def watched(step):
        rate = begin(step)
        floors.append(first.floor)
        return rate

    training._begin_step = watched
    training.run(tmp_path / "checkpoint.pt")
    steps = 4 * training.steps_per_epoch
    np.testing.assert_allclose(floors, [max(0, 1 - step / steps / 0.7) for step in range(steps)])
    assert training.steps_per_epoch > 1
    assert not any(layer.signed for layer in crossbar_layers(network).values())


def test_learned_signs_without_crelu_and_without_negative_gains(splits, tmp_path):
    """Nothing but the signs of the sub-matrices can subtract behind the first layer."""
    train, test = splits
    spec, signs = networks.training_spec(epochs=8, learning_rate=0.03), {"group": 1, "assignment": "learned"}
    network, _ = trained(train, spec, tmp_path, polarity="mixed", signs=signs, gain="positive")
    assert accuracy(network, test, torch.Generator().manual_seed(0)) > 0.85
    assert min(float(layer.weight.detach().min()) for layer in networks.layers_of(network)) >= 0
    assert min(float(norm.weight.detach().min()) for norm in batch_norms(network)) >= 0
    assert set(crossbar_layers(network)["layer0"].sign.tolist()) == {1.0, -1.0}


DIVERGED = r"^training diverged in epoch \d of 4: .* try a learning_rate below 1e\+30$"


@pytest.mark.parametrize(
    ("signs", "recipe"),
    [
        ({"polarity": "float"}, {}),
        ({"polarity": "float"}, {"optimizer": "muon"}),
        ({"polarity": "float"}, {"distillation": 0.5}),
        ({"polarity": "signed", "noise": 0.05}, {}),
        ({"polarity": "unipolar"}, {"precision": "bfloat16"}),
        (LEARNED, {}),
        (SIGNED, MUON),
    ],
    ids=str,
)
def test_training_that_diverges_stops_and_leaves_nothing(few, tmp_path, signs, recipe):
    spec = networks.training_spec(epochs=4, learning_rate=1e30, **recipe)
    network = started(few[0], spec, **signs)
    teacher = started(few[0], spec, polarity="float").eval()
    training = networks.training_of(network, *few, spec, seed=0, teacher=teacher)
    with pytest.raises(FloatingPointError, match=DIVERGED) as caught:
        training.run(tmp_path / "diverged.pt")
    assert "\n" not in str(caught.value) and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("where", "number"),
    [
        *product(["weight", "statistic", "scale", "optimiser"], [float("nan"), float("inf")]),
        ("scale", -1e9),  # a full scale of zero
    ],
)
def test_it_stops_in_the_epoch_that_leaves_a_number_that_is_not_finite(few, tmp_path, where, number):
    """The loss of the epoch is finite; a checkpoint of the epochs before would lead there again."""
    spec = networks.training_spec(epochs=4)
    training = networks.training_of(started(few[0], spec), *few, spec, seed=0)
    step, steps = training._step, []

    def broken(*arguments):
        answer = step(*arguments)
        steps.append(answer)
        if len(steps) == 6:  # the last of the second epoch
            network, state = training.network, next(iter(training.optimizers[0].state.values()))
            held = {"weight": networks.layers_of(network)[1].weight, "statistic": batch_norms(network)[0].running_var}
            held |= {"scale": scales_of(network)[0].log_x_max, "optimiser": state["exp_avg"]}
            held[where].data[(0,) * held[where].dim()] = number
        return answer

    training._step = broken
    with pytest.raises(FloatingPointError, match="diverged in epoch 2 of 4") as caught:
        training.run(tmp_path / "diverged.pt")
    assert "loss" not in str(caught.value)
    assert len(steps) == 6 and list(tmp_path.iterdir()) == []
