"""Examples of a user's: files that are read, and inputs in the channels, units and shapes of a network."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from xbar.config.own import OwnInputsSpec
from xbar.training.given import PARTS, as_taken, form, read_examples

X = torch.rand(6, 3, 2, 4, generator=torch.Generator().manual_seed(0)) * 255
DATA = {"train_x": X, "train_y": torch.arange(6) % 2, "test_x": X[:4] + 1, "test_y": torch.arange(4) % 2}


@pytest.mark.parametrize("kind", ["safetensors", "pt", "npz"])
def test_files_of_three_kinds_hold_the_same_examples(tmp_path, kind):
    path = tmp_path / "examples"
    more = DATA | {"unread": torch.ones(2)}
    if kind == "npz":
        with path.open("wb") as file:
            np.savez(file, **{name: tensor.numpy() for name, tensor in more.items()})
    elif kind == "pt":
        torch.save(more, path)
    else:
        save_file({name: tensor.contiguous() for name, tensor in more.items()}, path)
    found = read_examples(path)
    assert tuple(found) == PARTS and all(torch.equal(found[name], DATA[name]) for name in PARTS)


def test_a_file_without_them_says_what_it_has(tmp_path):
    torch.save({"x": X, "train_y": X}, tmp_path / "e")
    with pytest.raises(ValueError, match="e has no train_x, test_x, test_y; it has train_y, x"):
        read_examples(tmp_path / "e")


def test_a_file_of_another_kind_is_told_what_is_needed(tmp_path):
    (tmp_path / "e.csv").write_text("x,y\n1,2\n")
    with pytest.raises(ValueError, match=r"e\.csv .*; examples are a file of safetensors, torch.save or numpy.savez$"):
        read_examples(tmp_path / "e.csv")


def test_objects_of_numpy_are_not_run(tmp_path):
    with (tmp_path / "e").open("wb") as file:
        np.savez(file, train_x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="e: Object arrays cannot be loaded"):
        read_examples(tmp_path / "e")


def test_every_step_is_that_of_torchvision():
    """Channels, then bytes to shares, then mean and deviation of each, then the layout."""
    spec = OwnInputsSpec(channels=[2, 0], divide=255.0, mean=[0.4, 0.5], std=[0.2, 0.25], layout="channels-last")
    found = form(X, spec, "d")
    assert found.shape == (6, 2, 4, 2)
    by_hand = (X[3, 0, 1, 2] / 255 - 0.5) / 0.25
    torch.testing.assert_close(found[3, 1, 2, 1], by_hand)
    assert torch.equal(form(X, OwnInputsSpec(shape=[3, 8]), "d"), X.flatten(2))
    torch.testing.assert_close(form(X, OwnInputsSpec(mean=0.5, std=2.0), "d"), (X - 0.5) / 2)


def test_what_is_left_out_changes_nothing():
    tokens = torch.arange(12).view(6, 2)
    assert form(tokens, OwnInputsSpec(), "d") is tokens
    taken = as_taken(DATA | {"train_x": tokens, "test_x": tokens[:4]}, OwnInputsSpec(), "d")
    assert taken["train_x"].dtype == torch.int64
    half = as_taken(DATA | {"train_y": DATA["train_y"].to(torch.uint8)}, OwnInputsSpec(), "d")
    assert half["train_y"].dtype == torch.int64 and half["train_x"].dtype == torch.float32


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({name: DATA[name][:0] for name in PARTS}, "d: train_x has no examples; at least one is needed"),
        ({"test_x": X[:0], "test_y": DATA["test_y"][:0]}, "d: test_x has no examples; at least one is needed"),
        ({"train_x": X[0, 0, 0, 0]}, "d: train_x has no examples; at least one is needed"),
        (
            {"train_y": DATA["train_y"][:0], "test_y": DATA["test_y"][:0]},
            r"d: train_y is of shape \(0,\); each of 6 inputs needs one label",
        ),
    ],
)
def test_no_examples_and_no_labels_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        as_taken(DATA | changes, OwnInputsSpec(shape=[24]), "d")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"channels": [0, 3]}, "d: inputs.channels name 3; there are 3, counted from 0"),
        ({"mean": [0.1, 0.2]}, "d: inputs.mean has 2 numbers; the inputs have 3 channels"),
        ({"std": [0.1] * 4}, "d: inputs.std has 4 numbers; the inputs have 3 channels"),
        ({"shape": [5, 5]}, r"d: inputs.shape \(5, 5\) is not that of 24 values, \(3, 2, 4\)"),
    ],
)
def test_what_inputs_cannot_give_is_one_line(spec, message):
    with pytest.raises(ValueError, match=message):
        form(X, OwnInputsSpec.model_validate(spec), "d")


@pytest.mark.parametrize("spec", [{"channels": [0, 0]}, {"std": 0.0}, {"divide": 0.0}, {"layout": "nhwc"}])
def test_what_is_no_form_of_inputs_is_refused(spec):
    with pytest.raises(ValueError):
        OwnInputsSpec.model_validate(spec)
