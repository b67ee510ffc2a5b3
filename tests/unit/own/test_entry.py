"""An entry of own_networks step by step: from files of a user's to accuracies, errors and arrays."""

import pytest
import torch
from safetensors.torch import save_file
from support import networks
from support.arrays import weights_on

from xbar.checks.own import packed
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.own import FineTuningSpec, OwnNetworkSpec
from xbar.files import write_tensors
from xbar.network.classes import network_of
from xbar.network.modules import build_sequential
from xbar.network.storage import state_of
from xbar.own import entry

DEVICE = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0)
CROSSBAR = CrossbarSpec(rows=12, columns=8)
LAYERS = [
    {"Conv2d": {"in_channels": 1, "out_channels": 3, "kernel_size": 3}},
    {"ReLU": {}},
    {"Flatten": {}},
    {"Linear": {"in_features": 12, "out_features": 2}},
]
FLAT = LAYERS[:2]


def inputs(shape=(80, 1, 4, 4)):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(2))


@pytest.fixture
def given(tmp_path):
    """A network in files, and examples of which it is always right."""
    torch.manual_seed(1)
    modules = build_sequential(LAYERS)
    save(tmp_path, modules)
    return own(tmp_path), modules, examples(modules)


def save(folder, modules):
    write_tensors(folder / "w.safetensors", modules.state_dict(), {})


def own(folder, **changes):
    named = {"weights": str(folder / "w.safetensors"), "layers": LAYERS, "dataset": "d", "weight_bits": 6, "chips": 2}
    return OwnNetworkSpec(**named | changes)


def examples(modules, x=None):
    x = inputs() if x is None else x
    y = modules(x).argmax(1)
    return {"train_x": x[:40], "train_y": y[:40], "test_x": x[40:], "test_y": y[40:]}


def evaluated(spec, data, classes=0):
    taken = entry.data_of("mine", spec, data, classes)
    plain = network_of(spec)
    classes = classes or 1 + int(torch.cat([taken["train_y"], taken["test_y"]]).max())
    network = entry.prepared(spec, plain, entry.measured_on(taken), CROSSBAR.rows)
    return entry.evaluated("mine", spec, plain, network, taken, classes, DEVICE, CROSSBAR, {})


def test_a_state_dict_becomes_arrays_that_classify_as_it_does(given):
    spec, modules, data = given
    mapped, rows, errors = evaluated(spec, data)
    assert [row["condition"] for row in rows] == ["float", "quantised", "ideal", "noisy", "noisy"]
    assert rows[0]["accuracy"] == 1 and len({row["accuracy"] for row in rows[1:]}) == 1 and rows[1]["accuracy"] >= 0.9
    assert [error["module"] for error in errors] == ["0", "3"] * 4
    weight = modules[3].weight.detach()
    share = weights_on(mapped.arrays[1], weight.shape, "paired-columns-mirrored", DEVICE)
    torch.testing.assert_close(share.float() * weight.abs().max(), weight, atol=float(weight.abs().max()) / 126, rtol=0)


def test_errors_are_against_the_network_itself(given):
    """Of the first layer by hand: its weights rounded to two bits and a sign, its converters being fine."""
    spec, modules, data = given
    spec = spec.model_copy(update={"weight_bits": 2, "dac_bits": 14, "adc_bits": 14})
    _, _, errors = evaluated(spec, data)
    x, layer = entry.measured_on(data), modules[0]
    full_scale = layer.weight.detach().abs().max()
    rounded = (layer.weight.detach() / full_scale * 3).round() / 3 * full_scale
    wanted = layer(x).detach()
    found = torch.nn.functional.conv2d(x, rounded, layer.bias.detach())
    by_hand = float((found - wanted).square().mean().sqrt() / wanted.std())
    assert by_hand > 0.05 and errors[0]["own_error"] == pytest.approx(by_hand, rel=0.02)
    assert errors[0]["accumulated_error"] == errors[0]["own_error"] and errors[0]["condition"] == "quantised"


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
    tmp_path, monkeypatch, given, layers, labels, message
):
    spec, _, data = given
    save(tmp_path, build_sequential(layers))
    data["test_y"][0] = labels
    monkeypatch.setattr(entry, "Deployment", None)
    with pytest.raises(ValueError, match=message):
        evaluated(spec.model_copy(update={"layers": layers}), data)


def test_classes_without_examples_count(given):
    spec, _, data = given
    with pytest.raises(ValueError, match="has 2 outputs; dataset d has 3 classes"):
        evaluated(spec, data, 3)


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("train_x", lambda x: x * float("nan"), "d: train_x holds NaN or infinity"),
        ("test_x", lambda x: x / 0, "d: test_x holds NaN or infinity"),
        ("test_y", lambda y: y.float(), "d: test_y is of type torch.float32"),
        ("train_y", lambda y: y - 1, "d: train_y holds labels -1 to 0; 2 classes allow 0 to 1"),
    ],
)
def test_examples_that_are_none_are_refused(given, part, change, message):
    spec, _, data = given
    data[part] = change(data[part])
    with pytest.raises(ValueError, match=message):
        evaluated(spec, data)


def test_a_dead_layer_leaves_numbers(tmp_path, given):
    """Its outputs are its bias: 0 / 0 were its error."""
    spec, modules, data = given
    modules[0].bias.data.fill_(-100.0)
    save(tmp_path, modules)
    _, rows, errors = evaluated(spec, data)
    found = float((modules(data["test_x"]).argmax(1) == data["test_y"]).double().mean())
    assert [row["accuracy"] for row in rows] == [found] * 5
    assert all(max(error["own_error"], error["accumulated_error"]) < 0.02 for error in errors)


def test_a_network_far_below_its_owners_accuracy_stops(monkeypatch, given):
    """As one that was trained on other inputs; the units of these are changed by a sign."""
    spec, _, data = given
    stated = spec.model_copy(update={"expected_accuracy": 1.0})
    evaluated(stated, data)
    data["test_x"] = -data["test_x"]
    told = r"mine: its accuracy is 0.* expected_accuracy is 1. Were its inputs of other"
    with pytest.raises(ValueError, match=told):
        evaluated(stated, data)
    monkeypatch.setattr(entry, "fine_tune", None)
    with pytest.raises(ValueError, match=told):  # nor is it trained first
        entry.tuned("mine", stated.model_copy(update={"fine_tuning": FineTuningSpec(epochs=1)}), data, 12, DEVICE, {})


def test_inputs_that_an_entry_describes_are_those_of_its_training(tmp_path):
    """Case 3: three channels in another order and standardised; as the workflow has them the accuracy is lost."""
    torch.manual_seed(4)
    layers = [{"Flatten": {}}, {"Linear": {"in_features": 48, "out_features": 4}}]
    modules, raw = build_sequential(layers), torch.rand(400, 3, 4, 4) * 255
    save(tmp_path, modules)
    mean, std = [0.3, 0.5, 0.6], [0.1, 0.2, 0.4]
    taken = (raw[:, [2, 0, 1]] / 255 - torch.tensor(mean).view(1, 3, 1, 1)) / torch.tensor(std).view(1, 3, 1, 1)
    data = {key: value[:200] for key, value in examples(modules, taken).items()}
    data |= {"train_x": raw[:40], "test_x": raw[40:240]}
    form = {"channels": [2, 0, 1], "divide": 255.0, "mean": mean, "std": std}
    for given_form, least, most in ((form, 1.0, 1.0), ({}, 0.0, 0.7)):
        spec = OwnNetworkSpec.model_validate(
            {"weights": str(tmp_path / "w.safetensors"), "layers": layers, "dataset": "d", "weight_bits": 6, "chips": 1}
            | {"inputs": given_form, "crossbar": "c"}
        )
        _, rows, _ = evaluated(spec, data)
        assert rows[0]["condition"] == "float" and least <= rows[0]["accuracy"] <= most


def test_files_travel_in_an_archive_that_is_the_same_for_the_same_files(tmp_path, given):
    spec, modules, _ = given
    named, files = packed(spec)
    assert named.weights == "weights.safetensors" and files == {"weights.safetensors": spec.weights}
    for place in ("one.zip", "two.zip"):
        entry.pack(tmp_path / place, files)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with entry.unpacked(tmp_path / "one.zip", named) as found:
        assert found.weights != spec.weights
        assert torch.equal(network_of(found)[3].weight, modules[3].weight)


def test_a_cut_archive_is_one_line(tmp_path, given):
    spec, _, _ = given
    named, files = packed(spec)
    entry.pack(tmp_path / "one.zip", files)
    (tmp_path / "one.zip").write_bytes((tmp_path / "one.zip").read_bytes()[:200])
    told = r"one\.zip is not a whole archive: File is not a zip file; replace it, or remove it"
    with pytest.raises(ValueError, match=told), entry.unpacked(tmp_path / "one.zip", named):
        pass


def test_messages_name_the_files_of_the_user(tmp_path, given):
    """And not the folder in which they are gathered."""
    spec, _, _ = given
    other = spec.model_copy(update={"layers": [*LAYERS[:3], {"Linear": {"in_features": 12, "out_features": 5}}]})
    with pytest.raises(ValueError) as caught, entry.gathered(other) as found:
        network_of(found)
    assert str(caught.value) == f"{spec.weights}: 3.bias is (2,); the layers need (5,)"


TRIED = {
    "other outputs": ({}, 6, "mine: the network: 6 outputs; dataset digits has 10 classes"),
    "other inputs": ({"inputs": {"shape": [4, 16]}}, 10, r"mine: inputs of shape \(4, 16\) do not fit: module 1"),
    "a shape of other size": ({"inputs": {"shape": [9]}}, 10, r"mine: digits: inputs.shape \(9,\) is not that of 64"),
    "a name": ({"digital": ["head"]}, 10, "mine: digital: no module is called 'head'"),
}


@pytest.mark.parametrize("name", TRIED)
def test_a_network_is_tried_before_its_data_are_there(tmp_path, name):
    """Case 10: without any file of the data set."""
    changes, outputs, message = TRIED[name]
    first = {"ReLU": {}} if name == "other inputs" else {"Flatten": {}}
    layers = [first, {"Linear": {"in_features": 64, "out_features": outputs}}]
    save(tmp_path, build_sequential(layers))
    spec = own(tmp_path, layers=layers, dataset="digits", **changes)
    with pytest.raises(ValueError, match=message):
        entry.try_network("mine", spec, 64)


def test_a_file_of_examples_stands_for_a_data_set(tmp_path, given, caplog):
    """Case 6 with it: the network is tried with its own examples, and their labels are its classes."""
    spec, _, data = given
    save_file({key: value.contiguous() for key, value in data.items()}, tmp_path / "examples.safetensors")
    spec = OwnNetworkSpec(**spec.model_dump() | {"dataset": None, "examples": str(tmp_path / "examples.safetensors")})
    entry.try_network("mine", spec, 64)
    found, classes = entry.examples_of("mine", spec)
    assert classes == 2 and torch.equal(found["test_x"], data["test_x"]) and found["test_y"].dtype == torch.int64
    fewer = data | {name: torch.zeros_like(data[name]) for name in ("train_y", "test_y")}
    save_file({key: value.contiguous() for key, value in fewer.items()}, tmp_path / "examples.safetensors")
    entry.try_network("mine", spec, 64)  # as where a class has no example
    assert caplog.messages[-1] == "the network has 2 outputs; no example has a label above 0"
    data["train_y"][0] = 5
    save_file({key: value.contiguous() for key, value in data.items()}, tmp_path / "examples.safetensors")
    with pytest.raises(ValueError, match="mine: the network has 2 outputs; the labels of its examples have 6 classes"):
        entry.try_network("mine", spec, 64)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda x: x * 255, "test_x is from 0 to 255, train_x from 0 to 1; needed are the same units"),
        (lambda x: x - 1, "test_x is from -1 to 0, train_x from 0 to 1; needed are the same units"),
        (
            lambda x: (x * 255).to(torch.uint8),
            "test_x is from 0 to 255, train_x from 0 to 1; needed are the same units",
        ),
        (lambda x: x / 255, "test_x is from 0 to 0.00392157, train_x from 0 to 1; needed are the same units"),
        (lambda x: x * 0, "test_x is from 0 to 0, train_x from 0 to 1; needed are the same units"),
        (lambda x: x * 5, None),
    ],
)
def test_test_examples_of_other_units_are_refused(tmp_path, given, change, told):
    spec, _, _ = given
    x, y, path = torch.linspace(0, 1, 160).reshape(10, 1, 4, 4), torch.arange(10) % 2, tmp_path / "examples.pt"
    torch.save({"train_x": x, "train_y": y, "test_x": change(x), "test_y": y}, path)
    spec = OwnNetworkSpec(**spec.model_dump() | {"dataset": None, "examples": str(path)})
    if told is None:
        return entry.try_network("mine", spec, 64)
    with pytest.raises(ValueError) as refused:
        entry.try_network("mine", spec, 64)
    assert str(refused.value) == f"mine: examples of mine: {told}"


def test_a_tuned_network_is_restored_and_another_refused(tmp_path, given):
    spec, _, data = given
    recipe = spec.model_copy(update={"fine_tuning": {"epochs": 1}, "scale": "network"})
    recipe = OwnNetworkSpec(**recipe.model_dump(warnings=False))
    network, losses = entry.tuned("mine", recipe, data, 12, networks.device_spec(), {})
    again = entry.prepared(recipe, network_of(spec), data["train_x"], 12)
    assert len(losses) == 1
    state = state_of(network)
    write_tensors(tmp_path / "tuned", state, {})
    entry.restore(again, tmp_path / "tuned")
    assert all(torch.equal(value, state_of(again)[key]) for key, value in state.items())
    assert not torch.equal(again[3].weight, network_of(spec)[3].weight)
    write_tensors(tmp_path / "other", {key: state[key] for key in list(state)[1:]}, {})
    with pytest.raises(ValueError, match="is in the file or in the network, and not in both"):
        entry.restore(again, tmp_path / "other")
    write_tensors(tmp_path / "other", state | {"3.weight": torch.zeros(2)}, {})
    with pytest.raises(ValueError, match=r"other: 3.weight is of shape \(2,\); the network needs"):
        entry.restore(again, tmp_path / "other")
