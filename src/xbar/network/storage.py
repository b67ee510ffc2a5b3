"""Trained networks as files: weights with all that is needed to build the network again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.files import read_tensors, write_tensors
from xbar.network.architecture import Network, build_network


def write_network(path: str | Path, network: Network, about: Mapping[str, Any]) -> None:
    """State dict as safetensors. `about` holds at least the config blocks `network`, `architecture` and `crossbar`."""
    shape = [network.mean.shape[0], *network.input_size]
    write_tensors(path, network.state_dict(), {**about, "input_shape": shape})


def read_network(path: str | Path) -> tuple[Network, dict[str, Any]]:
    """The network in `path`, ready to evaluate, and its `about`. ValueError for one that is none, or broken."""
    state, about = read_tensors(path)
    missing = {"network", "architecture", "crossbar", "input_shape"} - about.keys()
    if missing:
        raise ValueError(f"{path} holds no network: {', '.join(sorted(missing))} missing from its header")
    spec = NetworkSpec(**about["network"])
    architecture, crossbar = ArchitectureSpec(**about["architecture"]), CrossbarSpec(**about["crossbar"])
    network = build_network(spec, architecture, crossbar, tuple(about["input_shape"]))
    for name, tensor in state.items():
        if name.endswith("running_var") and (least := float(tensor.min())) < 0:
            raise ValueError(f"{path}: tensor '{name}' reaches {least:g}; a variance is zero or more")
    network.load_state_dict(state)
    return network.eval(), about
