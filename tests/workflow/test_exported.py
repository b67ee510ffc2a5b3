"""Programs of torch.export as users save them: they map as their modules do, or are refused in one line."""

import numpy as np
import pytest
import torch
from support import networks
from torch import nn
from torch.export import Dim, export, save

from xbar.config.own import OwnNetworkSpec
from xbar.network.classes import network_of
from xbar.network.contexts import crossbar_layers
from xbar.network.exported import read_program
from xbar.network.own import prepare_trained
from xbar.own import entry
from xbar.own.__main__ import main

FINE = networks.hardware("signed", 14, 14, 14, 128)
X = torch.rand(40, 1, 8, 8, generator=torch.Generator().manual_seed(0))


class Residual(nn.Module):
    """A sum, a layer that is called twice, one whose padding is a word, groups, and a batch-norm."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first, self.norm = nn.Conv2d(1, 6, 3, padding="same", bias=False), nn.BatchNorm2d(6)
        self.block = nn.ModuleList([nn.Conv2d(6, 6, 3, padding=1, groups=3), nn.Conv2d(6, 6, 3, 1, 2, dilation=2)])
        self.drop, self.head = nn.Dropout(0.2), nn.Linear(6, 3)

    def forward(self, values):
        values = self.norm(self.first(values)).relu()
        values = (values + self.block[1](self.block[0](values).relu())).relu()
        values = self.block[0](values)
        return self.head(self.drop(values.mean((2, 3))))


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    model = Residual()
    model(X)
    path = tmp_path_factory.mktemp("program") / "net.pt2"
    with torch.no_grad():
        save(export(model.eval(), (X[:2],), dynamic_shapes=({0: Dim.DYNAMIC},)), path)
    return path, model


@torch.no_grad()
def test_a_program_maps_as_its_module_does(program):
    path, model = program
    found = read_program(path)
    torch.testing.assert_close(found(X), model(X))
    mapped, wanted = (prepare_trained(each, X, FINE, share=1.0) for each in (found, model))
    assert [*crossbar_layers(mapped)] == ["first", "block.0", "block.1", "head"]
    assert {*crossbar_layers(wanted)} == {*crossbar_layers(mapped)}
    torch.testing.assert_close(mapped(X), wanted(X), atol=1e-4, rtol=0)
    kept = prepare_trained(found, X, FINE, digital=["block"])
    assert [*crossbar_layers(kept)] == ["first", "head"]


def test_a_program_is_fine_tuned_and_tested_with_a_users_own_tensors(program, tmp_path):
    """And the command prices it. The chips are right of what the program says."""
    path, model = program
    y = model(X).argmax(1)
    y[:3] = torch.arange(3)
    np.savez(tmp_path / "mine.npz", train_x=X.numpy(), train_y=y.numpy(), test_x=X.numpy(), test_y=y.numpy())
    named = {"program": str(path), "examples": str(tmp_path / "mine.npz"), "weight_bits": 6, "chips": 1}
    spec = OwnNetworkSpec.model_validate(named | {"fine_tuning": {"epochs": 1, "noise": 0.01}, "grouped": "digital"})
    entry.try_network("mine", spec, 128)
    data, classes = entry.examples_of("mine", spec)
    network, _ = entry.tuned("mine", spec, data, 128, networks.device_spec(), {})
    _, rows, errors = entry.evaluated("mine", spec, network_of(spec), network, data, classes, *hardware(), {})
    assert rows[0]["accuracy"] >= 0.9 and rows[-1]["condition"] == "noisy"
    assert {error["module"] for error in errors} == {"first", "block.1", "head"}
    entries = "".join(f"    {key}: {value}\n" for key, value in named.items())
    (tmp_path / "my.yaml").write_text(f"own_networks:\n  mine:\n{entries}")
    assert main([str(tmp_path / "my.yaml")]) == 0


def hardware():
    return networks.device_spec(), networks.CrossbarSpec(rows=128, columns=64)


def refused(path, model, *inputs, **options):
    with torch.no_grad():
        save(export(model, inputs or (X[:2],), **options), path)
    with pytest.raises(ValueError) as caught:
        prepare_trained(read_program(path), X, FINE)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class Two(nn.Module):
    def forward(self, one, other):
        return one + other


def test_other_programs_are_refused_in_one_line(tmp_path):
    path, dynamic = tmp_path / "a.pt2", ({0: Dim.DYNAMIC},)
    assert "the program is for batches of 2 alone; export it with dynamic_shapes" in refused(path, Residual().eval())
    assert "the program takes 2 inputs" in refused(path, Two(), X, X)
    told = refused(path, Residual().train(), dynamic_shapes=dynamic)
    assert "the network gives other outputs in a smaller batch" in told
