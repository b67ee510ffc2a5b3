"""What a GPU computes, against the CPU and against itself; skipped where there is none."""

import pytest
import torch
from torch.nn import functional

from xbar.config.variants import VariantSpec
from xbar.training.chips import make_chip, map_network, shares
from xbar.training.evaluate import accuracy
from xbar.training.machine import choose_device
from xbar.training.train import train_network
from xbar.training.variants import Bench, Condition

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.usefixtures("quiet"),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU"),
]
LAYERS = [{"conv": 16, "kernel": 3}, {"conv": 32, "kernel": 3, "pool": 2}, {"average": 2}, {"linear": 10}]


@pytest.fixture(scope="module")
def trained(made_up, dataset, tmp_path_factory):
    spec = made_up.network_spec("mixed", signs={"group": 4, "assignment": "learned"}, common_mode="subtracted")
    recipe = made_up.training_spec({"shift": 1, "noise": 0.1}, epochs=8, average_decay=0.9, optimizer="muon")

    def train(**changes):
        return train_network(
            spec, made_up.architecture_spec(layers=LAYERS), made_up.crossbar, recipe.model_copy(update=changes),
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


def test_chips_classify_as_on_a_cpu(trained, made_up, splits):
    """The same chips, their cells drawn on the CPU; a sum on the edge of an ADC step may fall to the other side."""
    network = trained()[0].eval()
    device, test = made_up.device_spec(), splits[1]
    mapped = map_network(network, device, made_up.crossbar)
    found = {}
    for place in ("cpu", "cuda"):
        network.to(place)
        chips = [make_chip(network, mapped, device, 0.04, seed=0, chip=number) for number in range(3)]
        found[place] = [accuracy(network, test), *shares(network, chips, test)]
    assert found["cuda"] == pytest.approx(found["cpu"], abs=0.015)
    assert found["cpu"][0] > 0.6


def test_mapping_and_errors_are_those_of_the_cpu(trained, made_up):
    network, _, inputs = trained()
    errors = {}
    for place in ("cpu", "cuda"):
        network.to(place)
        trained_layers = list(network.layers)
        variant = VariantSpec(chips=1, calibrate=True, adc_gain=0.01)
        bench = Bench(network, variant, made_up.device_spec(), made_up.crossbar, {}, inputs, seed=0)
        bench.make_chip(Condition(0, 0.0, "none"))
        errors[place] = [row["own_error"] for row in bench.layer_errors()]
        for index, layer in enumerate(trained_layers):
            network.layers[index] = layer
    assert errors["cuda"] == pytest.approx(errors["cpu"], rel=0.02)
