"""Networks written and read again: the same weights, the same outputs, the same bytes."""

import pytest
import torch

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.files import read_tensors, write_tensors
from xbar.network.architecture import build_network
from xbar.network.contexts import batch_norms, crossbar_layers
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
    assert not again.training
    pairs = zip(crossbar_layers(again).values(), crossbar_layers(network).values(), strict=True)
    assert all(one.hardware == other.hardware for one, other in pairs)
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
    plain.load_state_dict({"weight": tensors["layer0.weight"]})
    assert {name for name in tensors if name.startswith("norm0")} == {
        f"norm0.{name}" for name in torch.nn.BatchNorm2d(4).state_dict()
    }


def test_file_without_a_network_is_refused(tmp_path):
    write_tensors(tmp_path / "data", {"train_x": torch.zeros(3)}, {"dataset": "har", "crossbar": {}})
    with pytest.raises(ValueError, match=r"data holds no network: architecture, input_shape, network missing"):
        read_network(tmp_path / "data")


def test_variance_below_zero_and_nan_are_refused(tmp_path):
    for value, message in ((-0.5, "reaches -0.5; a variance is zero or more"), (float("nan"), "holds NaN or infinity")):
        network, about = made("float")
        batch_norms(network)[0].running_var[1] = value
        write_network(tmp_path / "weights", network, about)
        with pytest.raises(ValueError, match=f"weights: tensor 'norm0.running_var' {message}"):
            read_network(tmp_path / "weights")


def test_shared_scales_stand_in_the_file_once_and_serve_all_layers(tmp_path):
    network, about = made("unipolar")
    write_network(tmp_path / "weights", network, about)
    names = [name for name in read_tensors(tmp_path / "weights")[0] if "log_x_max" in name]
    again, _ = read_network(tmp_path / "weights")
    first, second = crossbar_layers(again).values()
    assert names == ["layer0.scales.log_x_max"] and first.scales is second.scales
    assert torch.equal(first.scales.log_x_max, network.layer1.scales.log_x_max)


def test_a_file_without_one_of_the_tensors_is_refused(tmp_path):
    network, about = made("signed")
    write_network(tmp_path / "whole", network, about)
    tensors, header = read_tensors(tmp_path / "whole")
    del tensors["layer1.scales.log_i_max"]
    write_tensors(tmp_path / "part", tensors, header)
    with pytest.raises(ValueError, match=r"log_i_max is in the file or in the network, and not in both"):
        read_network(tmp_path / "part")


def test_a_tensor_of_another_shape_is_one_line(tmp_path):
    network, about = made("signed")
    write_network(tmp_path / "whole", network, about)
    tensors, header = read_tensors(tmp_path / "whole")
    write_tensors(tmp_path / "part", tensors | {"norm1.bias": torch.zeros(4)}, header)
    with pytest.raises(ValueError, match=r"part: norm1.bias is of shape \(4,\); the network needs \(3,\)$"):
        read_network(tmp_path / "part")
