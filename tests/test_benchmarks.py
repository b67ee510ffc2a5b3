"""The benchmark of training steps compares equals: its plain network is this project's float network."""

import copy
import importlib
from pathlib import Path

import pytest
import torch
import yaml

from xbar.config.config import read_config
from xbar.network.architecture import Network

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def benchmarks():
    """Loads a benchmark by name; they find each other as they do when run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module


@pytest.fixture(scope="module")
def steps(benchmarks):
    return benchmarks("steps")


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


@pytest.mark.filterwarnings("ignore:There is a performance drop")  # of vmap; the benchmark measures it
def test_a_population_learns_what_its_candidates_learn_alone(benchmarks, config):
    population = benchmarks("population")
    networks = [population.candidate(config, "har") for _ in range(3)]
    alone, data = copy.deepcopy(networks), benchmarks("steps").examples("har", 8)
    step, weights = population.stacked(networks)
    population.one_by_one(alone)(*data)
    step(*data)
    for number, one in enumerate(alone):
        for name, weight in one.named_parameters():
            assert not torch.equal(weight, networks[number].get_parameter(name))  # which keep what they started with
            torch.testing.assert_close(weights[name][number], weight, rtol=1e-4, atol=1e-5)
