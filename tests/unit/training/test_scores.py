"""A teacher's scores from a file teach to the last bit as the teacher itself does; those of others are refused."""

import re

import pytest
import torch
from support import networks

from xbar.files import read_tensors, write_tensors
from xbar.network.storage import write_network
from xbar.seeds import generator
from xbar.training.folds import Examples, split_fold
from xbar.training.scores import read_scores, score_inputs, teacher_scores
from xbar.training.train import train_network

pytestmark = pytest.mark.usefixtures("quiet")
RECIPE = {"epochs": 3, "distillation": 0.7, "augmentation": {"shift": 1, "noise": 0.1}}


@pytest.fixture(scope="module")
def files(digits, tmp_path_factory):
    """200 digits in five folds, two teachers of all but fold 3, and one whose inputs are others."""
    folder, few = tmp_path_factory.mktemp("scores"), {name: value[:200].clone() for name, value in digits.items()}
    write_tensors(folder / "data", few, {})
    inputs = split_fold(few, 3)[0].x
    about = {
        "network": networks.network_spec("float"), "architecture": networks.architecture_spec(),
        "crossbar": networks.CROSSBAR,
    }  # fmt: skip
    for seed, (name, seen) in enumerate({"teacher": inputs, "another": inputs, "strange": 1.01 * inputs}.items()):
        made = networks.start(networks.build("float"), seen, seed=seed)
        write_network(folder / name, made, {key: spec.model_dump(mode="json") for key, spec in about.items()})
    return folder


def student(files, folder, scores=None, *, spec=None, teacher="teacher", data="data", seed=3, polarity="signed"):
    spec = spec or networks.training_spec(**RECIPE)
    found = train_network(
        networks.network_spec(polarity), networks.architecture_spec(), networks.CROSSBAR, spec, files / data,
        seed=seed, warm_start=None, teacher=files / teacher, scores=scores, checkpoint=folder / "checkpoint.pt",
    )  # fmt: skip
    (folder / "checkpoint.pt").unlink()
    return networks.bytes_of(found[0]), found[1]


def written(files, path, *, teacher="teacher", seed=3, **changes):
    spec = networks.training_spec(**RECIPE | changes)
    write_tensors(path, *teacher_scores(files / teacher, files / "data", spec, seed=seed))
    return path


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_students_end_with_the_same_bytes(files, tmp_path, precision):
    """With the teacher's scores from a file, with the teacher; and other ones with another teacher."""
    spec, path = networks.training_spec(**RECIPE, precision=precision), tmp_path / "scores"
    written(files, path, precision=precision)
    for polarity in ("signed", "unipolar"):
        cached = student(files, tmp_path, path, spec=spec, polarity=polarity)
        assert cached == student(files, tmp_path, spec=spec, polarity=polarity)
    assert student(files, tmp_path, teacher="another", spec=spec, polarity="unipolar") != cached


def test_scores_are_those_of_the_teacher_on_the_inputs_in_their_order(digits):
    train = Examples(digits["train_x"][:70], digits["train_y"][:70])
    teacher = networks.start(networks.build("float"), train.x).eval()
    scores = score_inputs(teacher, train, networks.training_spec(epochs=2, batch=16), seed=5)
    assert scores.shape == (2, 64, 10)
    for epoch in range(2):
        order = torch.randperm(70, generator=generator(5, "order", epoch))[:64]
        expected = torch.cat([teacher(train.x[part]) for part in order.split(16)])
        assert torch.equal(scores[epoch], expected.detach())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seed": 8}, "seed 8"),
        ({"teacher": "another"}, "teacher [0-9a-f]{64}"),
        ({"batch": 32}, "batch 32"),
        ({"epochs": 4}, "epochs 4"),
        ({"augmentation": {"shift": 2, "noise": 0.1}}, "augmentation .*'shift': 2"),
        ({"precision": "bfloat16"}, "precision bfloat16"),
    ],
)
def test_scores_for_another_training_are_refused_in_one_line(files, tmp_path, changes, told):
    path = written(files, tmp_path / "scores", **changes)
    with pytest.raises(ValueError, match=rf"scores are those for {told}.*; remove the file") as refused:
        student(files, tmp_path, path)
    assert "\n" not in str(refused.value) and list(tmp_path.iterdir()) == [path]


def test_a_file_of_another_kind_is_named(files):
    """Its header is not compared: that of another program may say the same, or nothing."""
    for wanted in ({}, {"seed": 3}):
        with pytest.raises(ValueError, match="data holds no scores of a teacher; replace it"):
            read_scores(files / "data", wanted)


def test_noise_on_inputs_of_another_deviation_is_refused(files, tmp_path):
    path = written(files, tmp_path / "scores", teacher="strange")
    with pytest.raises(ValueError, match="scores are those for deviation of the inputs"):
        student(files, tmp_path, path, teacher="strange")


@pytest.mark.parametrize("name", ["dataset", "fold", "device", "deviation of the inputs"])
def test_all_that_decides_scores_is_compared(files, tmp_path, name):
    """Those that cannot be made otherwise here: the file says another one, or none."""
    tensors, about = read_tensors(written(files, tmp_path / "scores"))
    for changed in (about | {name: "another"}, {key: value for key, value in about.items() if key != name}):
        write_tensors(tmp_path / "changed", tensors, changed)
        with pytest.raises(ValueError, match=re.escape(f"scores are those for {name} {changed.get(name)}; this")):
            student(files, tmp_path, tmp_path / "changed")
    assert torch.equal(read_scores(tmp_path / "scores", about), tensors["scores"])
