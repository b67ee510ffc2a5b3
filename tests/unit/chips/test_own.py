from pathlib import Path

import pytest
import torch
from support.arrays import weights_on

from xbar.chips import own as own_module
from xbar.chips.own import evaluate_own
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.own import OwnNetworkSpec
from xbar.files import write_tensors
from xbar.hardware.laws import read_laws
from xbar.network.modules import build_sequential

LAWS = read_laws(Path(__file__).parents[3] / "workflow" / "reference" / "devices.csv")
DEVICE = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0)
CROSSBAR = CrossbarSpec(rows=12, columns=8)
LAYERS = [
    {"Conv2d": {"in_channels": 1, "out_channels": 3, "kernel_size": 3}},
    {"ReLU": {}},
    {"Flatten": {}},
    {"Linear": {"in_features": 12, "out_features": 2}},
]


def prepared(tmp_path, layers=LAYERS):
    """A network on disk and a dataset of which it is always right."""
    torch.manual_seed(1)
    modules = build_sequential(LAYERS)
    write_tensors(tmp_path / "w.safetensors", modules.state_dict(), {})
    x = torch.randn(80, 1, 4, 4, generator=torch.Generator().manual_seed(2))
    y = modules(x).argmax(1)
    own = OwnNetworkSpec(weights="w.safetensors", layers=layers, dataset="d", weight_bits=6, chips=2)
    return own, modules, {"train_x": x[:40], "train_y": y[:40], "test_x": x[40:], "test_y": y[40:]}


def test_a_state_dict_becomes_arrays_that_classify_as_it_does(tmp_path):
    own, modules, data = prepared(tmp_path)
    mapped, rows, errors = evaluate_own("mine", own, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS)
    assert [row["accuracy"] for row in rows] == [rows[0]["accuracy"]] * 2 and rows[0]["accuracy"] >= 0.9
    assert len(errors) == 4 and {error["own_error"] for error in errors} == {0.0}
    weight = modules[3].weight.detach()
    share = weights_on(mapped.arrays[1], weight.shape, "paired-columns-mirrored", DEVICE)
    torch.testing.assert_close(share.float() * weight.abs().max(), weight, atol=float(weight.abs().max()) / 126, rtol=0)


def test_other_layers_than_the_state_dict_has_are_named(tmp_path):
    layers = [*LAYERS[:3], {"Linear": {"in_features": 12, "out_features": 5}}]
    own, _, data = prepared(tmp_path, layers)
    with pytest.raises(ValueError, match=r"w.safetensors: 3.bias is \(2,\); the layers need \(5,\)"):
        evaluate_own("mine", own, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS)


def test_inputs_that_do_not_fit_are_one_line(tmp_path):
    own, _, data = prepared(tmp_path)
    data["train_x"] = torch.zeros(40, 1, 9, 9)
    with pytest.raises(ValueError, match=r"mine: inputs of shape \(1, 9, 9\) do not fit") as error:
        evaluate_own("mine", own, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS)
    assert "\n" not in str(error.value)


FLAT = LAYERS[:2]


@pytest.mark.parametrize(
    ("layers", "labels", "message"),
    [
        (LAYERS, 4, "mine: the network has 2 outputs; dataset d has 5 classes"),
        ([*FLAT, {"Flatten": {}}, {"Linear": {"in_features": 12, "out_features": 7}}], 4, "has 7 outputs.* has 5 cl"),
        ([*FLAT, {"Flatten": {}}, {"Linear": {"in_features": 12, "out_features": 1}}], 4, r"of shape \(1,\); allowed"),
        ([FLAT[0], {"AdaptiveAvgPool2d": {"output_size": 1}}], 2, r"outputs are of shape \(3, 1, 1\)"),
        (FLAT, 2, r"mine: the network's outputs are of shape \(3, 2, 2\); allowed is \(classes,\)"),
    ],
)  # fmt: skip
def test_outputs_that_are_no_scores_of_the_classes_are_refused_before_any_chip(
    tmp_path, monkeypatch, layers, labels, message
):
    own, _, data = prepared(tmp_path, layers)
    write_tensors(tmp_path / "w.safetensors", build_sequential(layers).state_dict(), {})
    data["test_y"][0] = labels
    monkeypatch.setattr(own_module, "Deployment", None)
    with pytest.raises(ValueError, match=message):
        evaluate_own("mine", own, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS)


def test_classes_without_examples_count(tmp_path):
    own, _, data = prepared(tmp_path)
    with pytest.raises(ValueError, match="has 2 outputs; dataset d has 3 classes"):
        evaluate_own("mine", own, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS, 3)


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("train_x", lambda x: x * float("nan"), "d: train_x holds NaN or infinity"),
        ("test_x", lambda x: x / 0, "d: test_x holds NaN or infinity"),
        ("test_y", lambda y: y.float(), "d: test_y is of type torch.float32"),
        ("train_y", lambda y: y - 1, "d: train_y holds labels -1 to 0; 2 classes allow 0 to 1"),
    ],
)
def test_examples_that_are_none_are_refused(tmp_path, part, change, message):
    own, _, data = prepared(tmp_path)
    data[part] = change(data[part])
    with pytest.raises(ValueError, match=message):
        evaluate_own("mine", own, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS)


def test_a_broken_state_dict_names_its_tensor(tmp_path):
    own, modules, data = prepared(tmp_path)
    modules[3].bias.data[1] = float("nan")
    write_tensors(tmp_path / "w.safetensors", modules.state_dict(), {})
    with pytest.raises(ValueError, match=r"w.safetensors: tensor '3.bias' holds NaN or infinity"):
        evaluate_own("mine", own, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS)


def test_a_dead_layer_leaves_numbers(tmp_path):
    """Its outputs are its bias: 0 / 0 were its error."""
    own, modules, data = prepared(tmp_path)
    modules[0].bias.data.fill_(-100.0)
    write_tensors(tmp_path / "w.safetensors", modules.state_dict(), {})
    _, rows, errors = evaluate_own("mine", own, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS)
    found = float((modules(data["test_x"]).argmax(1) == data["test_y"]).double().mean())
    assert [row["accuracy"] for row in rows] == [found] * 2
    assert all(error["own_error"] == error["accumulated_error"] == 0.0 for error in errors)


def test_a_network_far_below_its_owners_accuracy_stops(tmp_path):
    """As one that was trained on other inputs; the units of these are changed by a sign."""
    own, _, data = prepared(tmp_path)
    stated = own.model_copy(update={"expected_accuracy": 1.0})
    evaluate_own("mine", stated, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS)
    data["test_x"] = -data["test_x"]
    with pytest.raises(ValueError, match=r"mine: its accuracy is 0.* expected_accuracy is 1. Were its inputs of other"):
        evaluate_own("mine", stated, tmp_path / "w.safetensors", data, DEVICE, CROSSBAR, LAWS)
