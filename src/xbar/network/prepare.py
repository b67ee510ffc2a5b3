"""Any module for crossbars: its linear and convolution layers exchanged, everything else as it is."""

from copy import deepcopy
from typing import Literal

import torch
from torch import Tensor, nn

from xbar.network.contexts import hooked, matrix_layers
from xbar.network.hardware import Hardware, Scales
from xbar.network.layers import CROSSBAR_KINDS, CrossbarLayer, Inputs, crossbar_layer

POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
SCALES, SIGNED_INPUTS, COMMON_MODES = ("network", "layer"), ("halved", "shifted"), ("kept", "subtracted")
KEEP_SIGN = (*POOLS, nn.Flatten, nn.Dropout, nn.Identity)
STATE = ("weight", "bias", "running_mean", "running_var")


def prepare(
    module: nn.Module, hardware: Hardware, *, scale: Literal["network", "layer"] = "layer",
    signed_inputs: Literal["halved", "shifted"] = "halved", common_mode: Literal["kept", "subtracted"] = "kept",
    inputs: Tensor | None = None,
) -> nn.Module:  # fmt: skip
    """A copy of `module` whose Linear, Conv1d and Conv2d layers compute as crossbars do; its forward stays its own.

    The state dict of `module` loads into the copy. `scale`: one triple of full scales for the network or for each
    layer; all are 1 until they are measured or learned. `signed_inputs`: how rows take inputs that may be negative
    (see CrossbarLayer). Which inputs those are follows from the modules of an nn.Sequential. Elsewhere it is measured
    on `inputs` of the module, and all count as signed where there are none. `common_mode`: whether the mean over a
    layer's columns stays in its outputs. ValueError: another word than these, no layer to exchange, one that
    `check_layer` refuses, or a kernel larger than an array.
    """
    for told, allowed in ((scale, SCALES), (signed_inputs, SIGNED_INPUTS), (common_mode, COMMON_MODES)):
        if told not in allowed:
            raise ValueError(f"'{told}' is not one of {', '.join(allowed)}")
    copied = untied(module)
    positive = _positive_layers(copied, inputs)
    shared = Scales() if scale == "network" else None
    plain = matrix_layers(copied)
    if not plain or "" in plain:
        raise ValueError("the network has no Linear, Conv1d or Conv2d layer to map")
    for name, layer in plain.items():
        check_layer(name, layer)
        takes: Inputs = "positive" if name in positive else signed_inputs
        centred = common_mode == "subtracted"
        made = crossbar_layer(layer, hardware, shared, takes=takes, centred=centred, name=where(name, layer))
        copied.set_submodule(name, made)
    _fuse_rectifiers(copied)
    return copied


def untied(module: nn.Module) -> nn.Module:
    """A copy in which a linear or convolution layer that stands at several places is a layer of its own at each."""
    copied, seen = deepcopy(module), set()
    for name, part in list(copied.named_modules(remove_duplicate=False)):
        if type(part) in CROSSBAR_KINDS and part in seen:
            copied.set_submodule(name, deepcopy(part))
        seen.add(part)
    return copied


def where(name: str, module: nn.Module) -> str:
    """How messages call a module."""
    return f"module {name}: {type(module).__name__}"


def check_layer(name: str, layer: nn.Module) -> None:
    """ValueError, one line, for a linear or convolution layer that computes what its crossbar layer would not."""
    if type(layer) not in CROSSBAR_KINDS:
        raise ValueError(f"{where(name, layer)} is no layer of torch.nn itself, so that it does not map")
    check_untouched(where(name, layer), layer)
    if any(parameter.is_complex() for parameter in layer.parameters()):
        raise ValueError(f"{where(name, layer)} has complex weights; real ones map")
    if isinstance(layer, (nn.Conv1d, nn.Conv2d)) and (
        layer.groups != 1 or set(layer.dilation) != {1} or layer.padding_mode != "zeros"
    ):
        raise ValueError(f"module {name}: only convolutions with groups 1, dilation 1 and zero padding map")


def check_untouched(name: str, module: nn.Module) -> None:
    """ValueError, one line, for a hook, a replaced method or a computed weight: an exchange would lose it."""
    if module._forward_hooks or module._forward_pre_hooks:
        raise ValueError(f"{name} has forward hooks; crossbars do not run them, remove them")
    for attribute, value in vars(module).items():
        if callable(value) and callable(getattr(type(module), attribute, None)):
            raise ValueError(f"{name}.{attribute} is replaced on this module; only torch.nn's own maps")
        if attribute in STATE and isinstance(value, Tensor):
            raise ValueError(f"{name}.{attribute} is computed; only a parameter maps")


def _positive_layers(module: nn.Module, inputs: Tensor | None) -> set[str]:
    """Names of the layers whose inputs are zero or more."""
    known: dict[str, bool] = {}
    if type(module) is nn.Sequential:
        positive = False
        for name, part in _places(module):
            if type(part) in CROSSBAR_KINDS:
                known[name] = positive
            positive = type(part) is nn.ReLU or (positive and type(part) in KEEP_SIGN)
    unknown = {name: layer for name, layer in matrix_layers(module).items() if name not in known}
    if unknown and inputs is not None:
        known |= _measured(module, unknown, inputs)
    return {name for name, positive in known.items() if positive}


def _places(module: nn.Sequential) -> list[tuple[str, nn.Module]]:
    """Every place of an nn.Sequential with its module. A module may stand at several; named_children has it once."""
    return list(zip(module._modules, module, strict=True))


@torch.no_grad()
def _measured(module: nn.Module, layers: dict[str, nn.Linear | nn.Conv1d | nn.Conv2d], inputs: Tensor) -> dict:
    """Whether the inputs of each layer are zero or more when the module computes `inputs`."""
    lowest: dict[str, float] = {}

    def watch(name: str, taken: Tensor, _: Tensor) -> None:
        lowest[name] = min(lowest.get(name, 0.0), float(taken.min()))

    measured = deepcopy(module).eval()  # the modes of the module's parts stay as they are
    with hooked({name: measured.get_submodule(name) for name in layers}, watch):
        measured(inputs)
    return {name: least >= 0 for name, least in lowest.items()}


def _fuse_rectifiers(module: nn.Module) -> None:
    """Leave out each ReLU of an nn.Sequential that feeds nothing but the DACs of a crossbar layer.

    The range of a DAC starts at zero, so that it is the rectifier. One pass over memory less, and gradients that stop
    in one place: where the DAC clips.
    """
    if type(module) is not nn.Sequential:
        return
    feeds = False
    for name, part in reversed(_places(module)):
        if type(part) is nn.ReLU and feeds:
            module.set_submodule(name, nn.Identity())
        cuts = isinstance(part, CrossbarLayer) and part.takes == "positive"
        feeds = cuts or (feeds and type(part) is nn.Flatten)
