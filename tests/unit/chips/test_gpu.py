"""What a GPU computes, against the CPU and against itself; skipped where there is none."""

import pytest
import torch
from support import networks
from torch.nn import functional

from xbar.chips.deployment import Condition, Deployment
from xbar.chips.evaluate import accuracies
from xbar.chips.mapped import map_network
from xbar.config.variants import VariantSpec
from xbar.network.predict import accuracy
from xbar.training.machine import choose_device
from xbar.training.train import train_network

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.usefixtures("quiet"),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU"),
]
LAYERS = [{"conv": 16, "kernel": 3}, {"conv": 32, "kernel": 3, "pool": 2}, {"average": 2}, {"linear": 10}]


@pytest.fixture(scope="module")
def trained(dataset, tmp_path_factory):
    spec = networks.network_spec("mixed", signs={"group": 4, "assignment": "learned"}, common_mode="subtracted")
    recipe = networks.training_spec({"shift": 1, "noise": 0.1}, epochs=8, optimizer="muon")

    def train(**changes):
        return train_network(
            spec, networks.architecture_spec(layers=LAYERS), networks.CROSSBAR, recipe.model_copy(update=changes),
            dataset, seed=1, warm_start=None, checkpoint=tmp_path_factory.mktemp("gpu") / "checkpoint.pt",
        )  # fmt: skip

    return train


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_equal_trainings_give_equal_bytes(trained, precision):
    first, second = (trained(precision=precision)[0].state_dict() for _ in range(2))
    assert all(torch.equal(value, second[name]) for name, value in first.items())


def test_float32_is_not_rounded_to_tf32():
    """Against float64: TF32 keeps 11 bits of every factor, which shows in the fourth digit."""
    device = choose_device()
    stream = torch.Generator(device).manual_seed(0)
    values, weight = (torch.randn(size, generator=stream, device=device) for size in ((8, 64, 16, 16), (64, 64, 3, 3)))
    for found, exact in (
        (functional.conv2d(values, weight), functional.conv2d(values.double(), weight.double())),
        (values.flatten(1) @ values.flatten(1).T, values.flatten(1).double() @ values.flatten(1).double().T),
    ):
        assert (found - exact).norm() / exact.norm() < 1e-6


def test_chips_classify_as_on_a_cpu(trained, splits):
    """The same chips, their cells drawn on the CPU; a sum on the edge of an ADC step may fall to the other side."""
    network = trained()[0].eval()
    device, test = networks.device_spec(), splits[1]
    mapped = map_network(network, device, networks.CROSSBAR)
    found = {}
    for place in ("cpu", "cuda"):
        network.to(place)
        deployment = Deployment(network, mapped, device, seed=0)
        chips = [deployment.make_chip(Condition(number, noise=0.04)) for number in range(3)]
        found[place] = [accuracy(network, test), *accuracies(network, chips, test)]
    assert found["cuda"] == pytest.approx(found["cpu"], abs=0.015)
    assert found["cpu"][0] > 0.6


def test_mapping_and_errors_are_those_of_the_cpu(trained):
    network, _, inputs = trained()
    device, errors = networks.device_spec(), {}
    variant = VariantSpec(chips=1, calibrate=True, adc_gain=0.01)
    for place in ("cpu", "cuda"):
        mapped = map_network(network.to(place), device, networks.CROSSBAR)
        deployment = Deployment(network, mapped, device, seed=0, variant=variant, inputs=inputs)
        chip = deployment.make_chip(Condition())
        errors[place] = [row["own_error"] for row in deployment.layer_errors(chip)]
    assert errors["cuda"] == pytest.approx(errors["cpu"], rel=0.02)
