"""The benchmark of training steps compares equals: its plain network is this project's float network."""

import importlib.util
from pathlib import Path

import pytest
import torch
import yaml

from xbar.config.config import read_config
from xbar.network.architecture import Network

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def steps():
    place = importlib.util.spec_from_file_location("steps", ROOT / "benchmarks/steps.py")
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def config():
    return read_config(yaml.safe_load((ROOT / "config.yaml").read_text()))


@pytest.mark.parametrize("case", ["har", "cifar10"])
def test_plain_torch_computes_what_the_float_network_does(steps, config, case):
    name, shape = steps.CASES[case]
    network = Network(config.architectures[config.networks[name].architecture], shape)
    plain = steps.plain(config, case)
    mine = [p for pair in zip(network.layers, network.norms, strict=True) for part in pair for p in part.parameters()]
    with torch.no_grad():
        for own, other in zip(mine, plain.parameters(), strict=True):
            other.copy_(own)
        inputs, _ = steps.examples(case, 4)
        torch.testing.assert_close(network.train()(inputs), plain(inputs), rtol=1e-4, atol=1e-5)


def test_a_step_of_each_subject_here_trains(steps, config):
    """Two steps change the weights; the ratio is one of processor times, in pairs."""
    data = steps.examples("har", 8)
    for name in ("float torch", "xbar"):
        assert steps.seconds(steps.SUBJECTS[name](config, "har"), data, 1) > 0
    found = steps.ratios(config, "har", 8, ["xbar"], 1)
    assert len(found["xbar"]) == 1 and all(value > 0 for value in found["xbar"][0])
