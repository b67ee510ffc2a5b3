"""Files of trained networks: the weights and all that is needed to build the network again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.files import read_tensors, write_tensors
from xbar.network.architecture import build_network
from xbar.network.inputs import normalisation_of


def write_network(path: str | Path, network: nn.Module, about: Mapping[str, Any]) -> None:
    """Write the state dict as safetensors, with shared full scales stored once.

    `about` holds at least the config blocks `network`, `architecture` and `crossbar`.
    """
    write_tensors(path, state_of(network), {**about, "input_shape": list(normalisation_of(network).shape)})


def read_network(path: str | Path) -> tuple[nn.Module, dict[str, Any]]:
    """The network in `path` in evaluation mode, and its `about`. ValueError for a file without one, or a broken one."""
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
    load_state(path, network, state)
    return network.eval(), about


def load_state(path: str | Path, network: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load what `state_of` gave, from the file `path`. ValueError, one line, for tensors of other names or shapes."""
    wanted = state_of(network)
    if differing := sorted(wanted.keys() ^ state.keys()):
        raise ValueError(f"{path}: {differing[0]} is in the file or in the network, and not in both")
    for name, tensor in state.items():
        if (found := tuple(tensor.shape)) != (needed := tuple(wanted[name].shape)):
            raise ValueError(f"{path}: {name} is of shape {found}; the network needs {needed}")
    network.load_state_dict(state, strict=False)  # the further names of what layers share are left out


def state_of(network: nn.Module) -> dict[str, Tensor]:
    """The state dict, in which a parameter that layers share has its first name only."""
    names = {name for name, _ in [*network.named_parameters(), *network.named_buffers()]}
    return {name: tensor for name, tensor in network.state_dict().items() if name in names}
