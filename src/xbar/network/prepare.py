"""Any module prepared for crossbars: its linear and convolution layers exchanged, everything else as it is."""

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from xbar.config.base import check_name
from xbar.network.averages import AvgPool2d
from xbar.network.contexts import matrix_layers
from xbar.network.hardware import Hardware, Scales
from xbar.network.kinds import CROSSBAR_KINDS, Plain, crossbar_layer
from xbar.network.layers import CrossbarLayer, Inputs

Grouped = Literal["arrays", "digital"]
Scale = Literal["network", "layer", "gain"]
POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
SIGNED_INPUTS, COMMON_MODES = ("halved", "shifted"), ("kept", "subtracted")
KEEP_SIGN = (*POOLS, nn.Flatten, nn.Dropout, nn.Identity)
STATE = ("weight", "bias", "running_mean", "running_var")


def prepare(
    module: nn.Module, hardware: Hardware, *, scale: Scale = "layer",
    signed_inputs: Literal["halved", "shifted"] = "halved", common_mode: Literal["kept", "subtracted"] = "kept",
) -> nn.Module:  # fmt: skip
    """A copy of `module` whose Linear, Conv1d and Conv2d layers compute as crossbars do; its forward stays its own.

    The state dict of `module` loads into the copy. `scale`: one triple of full scales for the `network` or for each
    `layer`. With `gain`, each layer has its own full scales of inputs and weights, and all ADCs have one in units of
    both (the fixed gain of AnalogNets, arXiv:2111.06503). All full scales are 1 until they are measured or learned.
    `signed_inputs`: how rows take inputs that may be negative (see CrossbarLayer). The modules of an nn.Sequential tell
    which inputs these are; in other modules all count as signed. `common_mode`: whether the mean over a layer's columns
    stays in its outputs. ValueError for other words than these, for no layer to exchange, for a layer that
    `check_layer` refuses, and for a kernel larger than an array.
    """
    check_name(scale, get_args(Scale), "scale")
    check_name(signed_inputs, SIGNED_INPUTS, "signed_inputs")
    check_name(common_mode, COMMON_MODES, "common_mode")
    copied = untied(module)
    positive = _known_positive(copied)
    takes: dict[str, Inputs] = {name: "positive" if name in positive else signed_inputs for name in mappable(copied)}
    exchange(copied, takes, hardware, scale=scale, centred=common_mode == "subtracted")
    return copied


def exchange(
    module: nn.Module, takes: Mapping[str, Inputs], hardware: Hardware, *, scale: Scale,
    centred: bool = False,
) -> None:  # fmt: skip
    """Put crossbar layers into `module` for the layers that `takes` names; ValueError where it names none."""
    shared, gain = Scales() if scale == "network" else None, nn.Parameter(torch.zeros(()))
    layers = matrix_layers(module)
    if not takes or "" in takes:
        raise ValueError("the network has no Linear, Conv1d or Conv2d layer to map")
    for name, how in takes.items():
        layer = layers[name]
        made = crossbar_layer(layer, hardware, shared, takes=how, centred=centred, name=where(name, layer))
        if scale == "gain":
            made.scales.log_i_max = gain
        module.set_submodule(name, made)
    _keep_to_modules(module)
    _fuse_rectifiers(module)


def mappable(module: nn.Module, digital: Collection[str] = (), grouped: Grouped = "arrays") -> dict[str, Plain]:
    """The linear and convolution layers that crossbars can hold, by their names.

    Left out are modules named in `digital` with all that they hold, and grouped convolutions where `grouped` is
    digital. The projections of torch's attention are left out too, because it computes them in one piece with its
    products. ValueError for a name that no module has, for another word of `grouped`, and for a layer that
    `check_layer` refuses.
    """
    check_name(grouped, get_args(Grouped), "grouped")
    names = {name for name, _ in module.named_modules(remove_duplicate=False)}
    if unknown := [name for name in digital if name not in names]:
        raise ValueError(f"digital: no module is called '{unknown[0]}'; layers are {', '.join(matrix_layers(module))}")
    fused = [name for name, part in module.named_modules() if isinstance(part, nn.MultiheadAttention)]
    found: dict[str, Plain] = {}
    for name, layer in matrix_layers(module).items():
        if _within(name, [*digital, *fused]) or (grouped == "digital" and getattr(layer, "groups", 1) > 1):
            continue
        check_layer(name, layer)
        found[name] = layer
    return found


def _within(name: str, parents: Iterable[str]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def untied(module: nn.Module) -> nn.Module:
    """A copy in which a linear or convolution layer that is used at several places is a separate layer at each."""
    copied, seen = deepcopy(module), set()
    for name, part in list(copied.named_modules(remove_duplicate=False)):
        if type(part) in CROSSBAR_KINDS and part in seen:
            copied.set_submodule(name, deepcopy(part))
        seen.add(part)
    return copied


def where(name: str, module: nn.Module) -> str:
    """The name of a module in messages."""
    return f"module {name}: {type(module).__name__}"


def check_layer(name: str, layer: nn.Module) -> None:
    """ValueError, one line, for a linear or convolution layer that its crossbar layer would not reproduce."""
    if type(layer) not in CROSSBAR_KINDS:
        told = f"{where(name, layer)} is no layer of torch.nn itself, so that it does not map"
        raise ValueError(f"{told}; named in digital, it stays as it is")
    check_untouched(where(name, layer), layer)
    if any(parameter.is_complex() for parameter in layer.parameters()):
        raise ValueError(f"{where(name, layer)} has complex weights; real ones map")


def check_untouched(name: str, module: nn.Module) -> None:
    """ValueError, one line, for a hook, a replaced method or a computed weight, which an exchange would lose."""
    if module._forward_hooks or module._forward_pre_hooks:
        raise ValueError(f"{name} has forward hooks; crossbars do not run them, remove them or name it in digital")
    for attribute, value in vars(module).items():
        if callable(value) and callable(getattr(type(module), attribute, None)):
            raise ValueError(f"{name}.{attribute} is replaced on this module; only torch.nn's own maps")
        if attribute in STATE and isinstance(value, Tensor):
            raise ValueError(f"{name}.{attribute} is computed; only a parameter maps")


def _known_positive(module: nn.Module) -> set[str]:
    """Names of the layers of an nn.Sequential whose inputs come from a ReLU and are zero or more."""
    known, positive = set(), False
    for name, part in _places(module) if type(module) is nn.Sequential else []:
        if type(part) in CROSSBAR_KINDS and positive:
            known.add(name)
        positive = _is_rectifier(part) or (positive and type(part) in (*KEEP_SIGN, AvgPool2d))
    return known


def _is_rectifier(module: nn.Module) -> bool:
    """Whether it is torch's ReLU and nothing else; hooks may change what it gives."""
    return type(module) is nn.ReLU and not module._forward_hooks and not module._forward_pre_hooks


def _places(module: nn.Sequential) -> list[tuple[str, nn.Module]]:
    """Every place of an nn.Sequential with its module. named_children lists a module at several places once."""
    return list(zip(module._modules, module, strict=True))


def _keep_to_modules(module: nn.Module) -> None:
    """Make torch's encoder layers call their modules. Their fast path in evaluation would use the weights alone."""
    for part in module.modules():
        if isinstance(part, nn.TransformerEncoderLayer):
            part.activation_relu_or_gelu = 0
        if isinstance(part, nn.TransformerEncoder):
            part.use_nested_tensor = False


def _fuse_rectifiers(module: nn.Module) -> None:
    """Leave out each ReLU of an nn.Sequential that feeds nothing but the DACs of a crossbar layer.

    The range of a DAC starts at zero, so that the DAC is the rectifier. This saves one pass over memory, and gradients
    stop in one place, where the DAC clips.
    """
    if type(module) is not nn.Sequential:
        return
    feeds = False
    for name, part in reversed(_places(module)):
        if _is_rectifier(part) and feeds:
            module.set_submodule(name, nn.Identity())
        cuts = isinstance(part, CrossbarLayer) and part.takes == "positive"
        feeds = cuts or (feeds and type(part) is nn.Flatten)
