"""Networks trained elsewhere: the modules of torch.nn that map as torch.nn has them, and their descriptions.

Everything else is refused in one line: a subclass, a hook or a replaced method computes what a crossbar would not.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from xbar.files import is_finite, read_tensors
from xbar.network.layers import CROSSBAR_KINDS
from xbar.network.prepare import KEEP_SIGN, STATE, check_layer, check_untouched, untied, where

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
MODULES = {kind.__name__: kind for kind in (*CROSSBAR_KINDS, nn.ReLU, *NORMS, *KEEP_SIGN)}
CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)


def copy_of(module: nn.Module) -> nn.Module:
    """The same network on the CPU, in single precision and in evaluation; the caller's own stays as it is.

    ValueError, one line, for whatever torch would compute in another way than this copy on crossbars. Containers of
    one's own may have a forward of their own.
    """
    if not _is_container(module):
        raise ValueError(f"the network is {_kind(module)}; allowed are torch.nn.Sequential and containers of one's own")
    check_untouched("the network", module)
    for name, part in list(module.named_modules())[1:]:
        if type(part) not in MODULES.values() and not _is_container(part):
            allowed = ", ".join(MODULES)
            raise ValueError(f"module {name}: {_kind(part)} is not one of {allowed} of torch.nn itself")
        check_untouched(where(name, part), part)
        if type(part) in CROSSBAR_KINDS:
            check_layer(name, part)
        _check_options(name, part)
    copied = untied(module).to("cpu", torch.float32).eval()
    for name, part in copied.named_modules():
        _check_state(name, part)
        if hasattr(part, "inplace"):
            part.inplace = False  # it would overwrite the caller's inputs
    return copied


def _is_container(module: nn.Module) -> bool:
    """Whether it holds other modules and computes nothing that a kind of torch.nn stands for."""
    if type(module) in CONTAINERS:
        return True
    of_torch = type(module).__module__.startswith("torch.") or isinstance(module, tuple(MODULES.values()))
    return not of_torch and next(module.children(), None) is not None


def _kind(module: object) -> str:
    """The name of its class; with the package that it is from, unless that is torch.nn's own."""
    kind = module if isinstance(module, type) else type(module)
    return kind.__name__ if kind.__module__.startswith("torch.nn.modules.") else f"{kind.__module__}.{kind.__name__}"


def _check_options(name: str, module: nn.Module) -> None:
    if getattr(module, "return_indices", False):
        raise ValueError(f"{where(name, module)}: return_indices gives two outputs; allowed is False")
    if isinstance(module, NORMS) and (module.running_mean is None or module.running_var is None):
        told = where(name, module)
        raise ValueError(f"{told} has no running statistics and mixes a batch; allowed is track_running_stats True")


def _check_state(name: str, module: nn.Module) -> None:
    for key in STATE:
        if isinstance(tensor := getattr(module, key, None), Tensor) and not is_finite(tensor):
            raise ValueError(f"module {name}: weights hold NaN or infinity in {type(module).__name__}.{key}")
    variance = module.running_var if isinstance(module, NORMS) else None
    if variance is not None and (least := float(variance.min())) < 0:
        raise ValueError(f"{where(name, module)}.running_var reaches {least:g}; a variance is zero or more")


def build_sequential(layers: Sequence[Mapping[str, Mapping[str, Any] | None]]) -> nn.Sequential:
    """An untrained nn.Sequential from a list such as [{Linear: {in_features: 4, out_features: 2}}, {ReLU: {}}].

    Names and arguments are those of torch.nn. ValueError names the entry that torch refuses or that is not known.
    """
    modules = []
    for position, entry in enumerate(layers):
        if len(entry) != 1 or next(iter(entry)) not in MODULES:
            raise ValueError(f"layer {position}: {', '.join(entry) or 'nothing'} is not one of {', '.join(MODULES)}")
        ((name, arguments),) = entry.items()
        try:
            modules.append(MODULES[name](**(arguments or {})))
        except (TypeError, ValueError, RuntimeError) as error:  # torch has all three for arguments
            raise ValueError(f"layer {position}: {name}: {str(error).splitlines()[0]}") from None
    return nn.Sequential(*modules)


def read_sequential(layers: Sequence[Mapping[str, Mapping[str, Any] | None]], path: str | Path) -> nn.Sequential:
    """The nn.Sequential of a description with the state dict in a safetensors file; ValueError where they differ."""
    modules = build_sequential(layers)
    state, _ = read_tensors(path)
    wanted = {name: tuple(tensor.shape) for name, tensor in modules.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in state.items()}
    differing = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if differing:
        name = differing[0]
        raise ValueError(f"{path}: {name} is {found.get(name, 'absent')}; the layers need {wanted.get(name, 'none')}")
    modules.load_state_dict(state)
    return modules
