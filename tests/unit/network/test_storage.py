"""Networks written and read again: the same weights, the same outputs, the same bytes."""

import pytest
import torch

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.files import read_tensors, write_tensors
from xbar.network.architecture import build_network
from xbar.network.storage import read_network, write_network

SPECS = {
    "float": {"polarity": "float"},
    "signed": {"polarity": "signed", "weight_bits": 4, "scale": "layer"},
    "unipolar": {"polarity": "unipolar", "weight_bits": 2, "scale": "network"},
    "mixed": {
        "polarity": "mixed",
        "weight_bits": 2,
        "scale": "network",
        "signs": {"group": 1, "assignment": "alternate"},
    },
}


def made(name):
    """A network with random state, and the config blocks that describe it."""
    named = {"dataset": "d", "architecture": "a", "training": "t"}
    about = {
        "network": named | SPECS[name],
        "architecture": {"activation": "crelu", "layers": [{"conv": 4, "kernel": 3, "pool": 2}, {"linear": 3}]},
        "crossbar": {"rows": 32, "columns": 8},
        "seed": 5,
    }
    network = build_network(
        NetworkSpec(**about["network"]),
        ArchitectureSpec(**about["architecture"]),
        CrossbarSpec(**about["crossbar"]),
        (2, 6, 5),
    )
    generator = torch.Generator().manual_seed(1)
    for key, value in network.state_dict().items():
        if value.is_floating_point() and "sign" not in key:
            value.uniform_(0.1, 0.9, generator=generator)
    return network, about


@pytest.mark.parametrize("name", SPECS)
def test_network_comes_back_as_it_was(name, tmp_path):
    network, about = made(name)
    write_network(tmp_path / "weights.safetensors", network, about)
    again, about_again = read_network(tmp_path / "weights.safetensors")
    assert about_again == about | {"input_shape": [2, 6, 5]}
    assert again.hardware == network.hardware and not again.training
    assert again.state_dict().keys() == network.state_dict().keys()
    assert all(torch.equal(value, again.state_dict()[key]) for key, value in network.state_dict().items())
    inputs = torch.randn(3, 2, 6, 5, generator=torch.Generator().manual_seed(2))
    assert torch.equal(again(inputs), network.eval()(inputs))


def test_writing_what_was_read_gives_the_same_bytes(tmp_path):
    network, about = made("mixed")
    write_network(tmp_path / "first", network, about)
    write_network(tmp_path / "second", *read_network(tmp_path / "first"))
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_the_state_is_plain_layers_and_norms(tmp_path):
    """Other programs read the file: torch's own modules take its tensors."""
    write_network(tmp_path / "weights", *made("float"))
    tensors, _ = read_tensors(tmp_path / "weights")
    plain = torch.nn.Conv2d(2, 4, 3, padding=1, bias=False)
    plain.load_state_dict({"weight": tensors["layers.0.weight"]})
    assert {name for name in tensors if name.startswith("norms.0")} == {
        f"norms.0.{name}" for name in torch.nn.BatchNorm2d(4).state_dict()
    }


def test_file_without_a_network_is_refused(tmp_path):
    write_tensors(tmp_path / "data", {"train_x": torch.zeros(3)}, {"dataset": "har", "crossbar": {}})
    with pytest.raises(ValueError, match=r"data holds no network: architecture, input_shape, network missing"):
        read_network(tmp_path / "data")


def test_variance_below_zero_and_nan_are_refused(tmp_path):
    for value, message in ((-0.5, "reaches -0.5; a variance is zero or more"), (float("nan"), "holds NaN or infinity")):
        network, about = made("float")
        network.norms[0].running_var[1] = value
        write_network(tmp_path / "weights", network, about)
        with pytest.raises(ValueError, match=f"weights: tensor 'norms.0.running_var' {message}"):
            read_network(tmp_path / "weights")
