"""The modules of torch.nn that map, as torch.nn has them: everything else is refused in one line.

A subclass, a hook or a replaced method computes what a crossbar would not.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn

from xbar.files import is_finite

ANALOG = (nn.Linear, nn.Conv1d, nn.Conv2d)
POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
KEEP_SIGN = (*POOLS, nn.Flatten, nn.Dropout, nn.Identity)
MODULES = {kind.__name__: kind for kind in (*ANALOG, nn.ReLU, *NORMS, *KEEP_SIGN)}
STATE = ("weight", "bias", "running_mean", "running_var")


def copy_of(modules: nn.Module) -> nn.Sequential:
    """The same network on the CPU, in single precision and in evaluation; the caller's own stays as it is.

    ValueError, one line, for whatever torch would compute in another way than this copy on crossbars.
    """
    if type(modules) is not nn.Sequential:
        raise ValueError(f"the network is {_kind(modules)}; only torch.nn.Sequential itself maps")
    _check_untouched("the network", modules)
    for position, module in enumerate(modules):
        if type(module) not in MODULES.values():
            allowed = ", ".join(MODULES)
            raise ValueError(f"module {position}: {_kind(module)} is not one of {allowed} of torch.nn itself")
        _check_untouched(where(position, module), module)
        _check_options(position, module)
    copied = deepcopy(modules).to("cpu", torch.float32).eval()
    for position, module in enumerate(copied):
        _check_state(position, module)
        if hasattr(module, "inplace"):
            module.inplace = False  # it would overwrite the caller's inputs
    return copied


def where(position: int, module: nn.Module) -> str:
    """How messages name a module."""
    return f"module {position}: {type(module).__name__}"


def _kind(module: object) -> str:
    """The name of its class; with the package that it is from, unless that is torch.nn's own."""
    kind = module if isinstance(module, type) else type(module)
    return kind.__name__ if kind.__module__.startswith("torch.nn.modules.") else f"{kind.__module__}.{kind.__name__}"


def _check_untouched(name: str, module: nn.Module) -> None:
    if module._forward_hooks or module._forward_pre_hooks:
        raise ValueError(f"{name} has forward hooks; crossbars do not run them, remove them")
    for attribute, value in vars(module).items():
        if callable(value) and callable(getattr(type(module), attribute, None)):
            raise ValueError(f"{name}.{attribute} is replaced on this module; only torch.nn's own maps")
        if attribute in STATE and isinstance(value, Tensor):
            raise ValueError(f"{name}.{attribute} is computed; only a parameter maps")


def _check_options(position: int, module: nn.Module) -> None:
    if any(parameter.is_complex() for parameter in module.parameters()):
        raise ValueError(f"{where(position, module)} has complex weights; real ones map")
    if isinstance(module, (nn.Conv1d, nn.Conv2d)) and (
        module.groups != 1 or set(module.dilation) != {1} or module.padding_mode != "zeros"
    ):
        raise ValueError(f"module {position}: only convolutions with groups 1, dilation 1 and zero padding map")
    if getattr(module, "return_indices", False):
        raise ValueError(f"{where(position, module)}: return_indices gives two outputs; allowed is False")
    if isinstance(module, NORMS) and (module.running_mean is None or module.running_var is None):
        name = where(position, module)
        raise ValueError(f"{name} has no running statistics and mixes a batch; allowed is track_running_stats True")


def _check_state(position: int, module: nn.Module) -> None:
    for name in STATE:
        if isinstance(tensor := getattr(module, name, None), Tensor) and not is_finite(tensor):
            raise ValueError(f"module {position}: weights hold NaN or infinity in {type(module).__name__}.{name}")
    if isinstance(module, NORMS) and (least := float(module.running_var.min())) < 0:
        raise ValueError(f"{where(position, module)}.running_var reaches {least:g}; a variance is zero or more")
