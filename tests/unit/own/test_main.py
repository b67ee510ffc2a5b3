"""The command that prices networks of one's own: what it prints, and faults in one line."""

import re

import pytest
import torch
import yaml
from safetensors.torch import save_file
from support import networks

from xbar.network.classes import network_of
from xbar.own import cost, entry
from xbar.own.__main__ import main

LAYERS = [{"Flatten": {}}, {"Linear": {"in_features": 64, "out_features": 10}}]


@pytest.fixture
def given(tmp_path, monkeypatch):
    """An entry in a folder of its own, with weights and examples; `write` takes changes of it."""
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    save_file({"1.weight": torch.randn(10, 64), "1.bias": torch.zeros(10)}, "w.safetensors")
    found = networks.digits()
    save_file({key: found[key].contiguous() for key in ("train_x", "train_y", "test_x", "test_y")}, "e.safetensors")

    def write(**changes):
        own = {"weights": "w.safetensors", "layers": LAYERS, "examples": "e.safetensors", "weight_bits": 4} | changes
        entries = {"mine": {key: value for key, value in own.items() if value is not None}}
        (tmp_path / "my.yaml").write_text(yaml.safe_dump({"own_networks": entries}))

    write()
    return write


def test_it_prints_what_cost_gives(given, capsys):
    assert main(["my.yaml", "mine"]) == 0
    said = capsys.readouterr().out
    spec = entry.OwnNetworkSpec(weights="w.safetensors", layers=LAYERS, examples="e.safetensors", weight_bits=4)
    inputs = entry.measured_on(entry.examples_of("mine", spec)[0])
    wanted = cost(entry.prepared(spec, network_of(spec), inputs, 1152), inputs)
    for name, column in (("area", "area_mm2"), ("energy", "energy_nJ"), ("latency", "latency_us")):
        found = float(re.search(rf"^{name} +\S+ +([\d.]+)$", said, re.MULTILINE)[1])
        assert found == pytest.approx(float(wanted.total[column]), rel=1e-3)
    assert "mine: 1 layer, 640 MACs" in said and "0 1" in said and "of its own file" in said


@pytest.mark.parametrize(
    ("changes", "words", "told"),
    [
        ({}, ["my.yaml", "yours"], "own_networks: 'yours' is not one of mine"),
        ({}, ["none.yaml"], "none.yaml"),
        ({"weights": "none.pt"}, ["my.yaml"], "own_networks.mine.weights: no file none.pt"),
        ({"weight_bits": None}, ["my.yaml"], "config.yaml: own_networks.mine.weight_bits: missing key"),
        (
            {"dataset": "cifar10", "examples": None},
            ["my.yaml"],
            "'snakemake --cores 1 results/datasets/cifar10.safetensors'",
        ),
        ({"device": "none"}, ["my.yaml"], "own_networks.mine.device: 'none' is not one of"),
        ({"times_s": [25.0]}, ["my.yaml"], "own_networks.mine: times_s and compensations need a device with ageing"),
        ({"layers": [LAYERS[1]]}, ["my.yaml"], "w.safetensors: 0.bias is absent; the layers need (10,)"),
        ({"weights": "e.safetensors"}, ["my.yaml"], "e.safetensors: 1.bias is absent"),
    ],
)
def test_a_fault_is_one_line(given, capsys, changes, words, told):
    given(**changes)
    assert main(words) == 1
    answer = capsys.readouterr().err
    assert told in answer and answer.count("\n") == 1
