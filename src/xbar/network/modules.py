"""Networks trained elsewhere: a checked copy of any module, and modules from descriptions in config.yaml.

A module of which a copy would compute something else, such as one with a replaced method, is refused in one line.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from xbar.files import is_finite
from xbar.network.kinds import CROSSBAR_KINDS
from xbar.network.prepare import KEEP_SIGN, STATE, untied, where

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
ACTIVATIONS = (
    nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish, nn.Sigmoid,
    nn.LogSigmoid, nn.Tanh, nn.Softplus, nn.Softsign, nn.Softmax, nn.LogSoftmax, nn.Hardtanh, nn.Hardswish,
    nn.Hardsigmoid, nn.GLU,
)  # fmt: skip
OTHERS = (
    nn.LayerNorm, nn.GroupNorm, nn.ZeroPad1d, nn.ZeroPad2d, nn.ReflectionPad1d, nn.ReflectionPad2d, nn.ReplicationPad1d,
    nn.ReplicationPad2d, nn.CircularPad1d, nn.CircularPad2d, nn.ConstantPad1d, nn.ConstantPad2d, nn.Unflatten,
    nn.Upsample, nn.PixelShuffle, nn.ConvTranspose1d, nn.ConvTranspose2d,
)  # fmt: skip
MODULES = {kind.__name__: kind for kind in (*CROSSBAR_KINDS, *ACTIVATIONS, *NORMS, *KEEP_SIGN, *OTHERS)}
KINDS = [kind.__name__ for kind in CROSSBAR_KINDS]
PARALLEL = (nn.DataParallel, nn.parallel.DistributedDataParallel)


def copy_of(module: Any) -> nn.Module:
    """A copy of a network on the CPU, in single precision and in evaluation mode; the caller's module stays as it is.

    Computed weights of linear and convolution layers (torch.nn.utils.parametrizations) become parameters. A module that
    is compiled or wrapped for several GPUs is unwrapped. A single layer is put into an nn.Sequential. ValueError, one
    line, for no module, a script, a module that cannot be copied, and a replaced forward. ValueError also for lazy,
    complex or otherwise computed weights, batch-norm without running statistics or of negative variance, and values not
    finite.
    """
    module = _unwrapped(module)
    for name, part in module.named_modules():
        _check_options(where(name, part) if name else "the network", part)
    try:
        copied = untied(module).to("cpu", torch.float32).eval()
    except (RuntimeError, NotImplementedError, TypeError) as error:
        line = str(error).splitlines()[0]
        raise ValueError(f"the network cannot be copied: {line}") from None
    if isinstance(copied, (nn.Linear, nn.Conv1d, nn.Conv2d)):
        copied = nn.Sequential(copied)
    _bake(copied)
    for name, part in copied.named_modules():
        _check_state(name, part)
    for part in copied.children() if type(copied) is nn.Sequential else []:
        if hasattr(part, "inplace"):
            setattr(part, "inplace", False)  # noqa: B010 # it would overwrite the caller's inputs; no other module sees a difference
    return copied


def _unwrapped(module: Any) -> nn.Module:
    """The module inside the wrappers of torch.compile and of parallel training. ValueError for anything else."""
    while isinstance(module, nn.Module) and (type(module) in PARALLEL or "_orig_mod" in module._modules):
        module = module.module if type(module) in PARALLEL else module._modules["_orig_mod"]
    if isinstance(module, torch.jit.ScriptModule):
        raise ValueError("the network is a script of torch.jit; needed is the nn.Module that it was made of")
    if not isinstance(module, nn.Module):
        told = f"the class {module.__name__}" if isinstance(module, type) else f"of type {type(module).__name__}"
        raise ValueError(f"the network is {told}; needed is an nn.Module")
    return module


def _bake(module: nn.Module) -> None:
    """Replace linear and convolution layers with parametrized weights by plain layers that hold the same values."""
    for name, part in list(module.named_modules()):
        plain = type(part).__mro__[1]
        if not parametrize.is_parametrized(part) or plain not in CROSSBAR_KINDS:
            continue
        options: dict[str, Any] = {"bias": part.bias is not None}
        if isinstance(part, nn.Linear):
            sizes: tuple[Any, ...] = (part.in_features, part.out_features)
        else:
            sizes = (part.in_channels, part.out_channels, part.kernel_size, part.stride, part.padding)
            options |= {"dilation": part.dilation, "groups": part.groups, "padding_mode": part.padding_mode}
        made = plain(*sizes, **options)
        with torch.no_grad():
            for key in dict(made.named_parameters()):
                getattr(made, key).copy_(getattr(part, key))
        for hooks in ("_forward_hooks", "_forward_pre_hooks"):
            setattr(made, hooks, getattr(part, hooks))
        module.set_submodule(name, made.eval())


def _check_options(name: str, module: nn.Module) -> None:
    """ValueError, one line, for a module whose copy would compute something else or depend on the batch."""
    if any(map(nn.parameter.is_lazy, [*module.parameters(recurse=False), *module.buffers(recurse=False)])):
        raise ValueError(f"{name} has no weights yet; run the network once before it is mapped")
    if any(value.is_complex() for value in module.parameters(recurse=False)):
        raise ValueError(f"{name} has complex weights; real ones map")
    replaced = vars(module).get("forward")
    if replaced is not None:
        raise ValueError(f"{name}.forward is replaced on this module; a copy would run it on the module itself")
    for attribute, value in vars(module).items():
        if attribute in STATE and isinstance(value, Tensor) and not value.is_leaf:
            raise ValueError(f"{name}.{attribute} is computed; only a parameter maps")
    if isinstance(module, NORMS) and (module.running_mean is None or module.running_var is None):
        raise ValueError(f"{name} has no running statistics and mixes a batch; allowed is track_running_stats True")


def _check_state(name: str, module: nn.Module) -> None:
    tensors: dict[str, Tensor] = dict(module.named_parameters(recurse=False))
    tensors |= {key: value for key in STATE if isinstance(value := getattr(module, key, None), Tensor)}
    for key, tensor in tensors.items():
        if not is_finite(tensor):
            raise ValueError(f"{where(name, module)}.{key} holds NaN or infinity; allowed are finite weights")
    variance = module.running_var if isinstance(module, NORMS) else None
    if variance is not None and (least := float(variance.min())) < 0:
        raise ValueError(f"{where(name, module)}.running_var reaches {least:g}; a variance is zero or more")


def build_sequential(layers: Sequence[Mapping[str, Mapping[str, Any] | None]]) -> nn.Sequential:
    """An untrained nn.Sequential from a list such as [{Linear: {in_features: 4, out_features: 2}}, {ReLU: {}}].

    Names and arguments are those of torch.nn. ValueError names an entry that is unknown or that torch refuses.
    """
    modules = []
    for position, entry in enumerate(layers):
        if len(entry) != 1 or next(iter(entry)) not in MODULES:
            told = f"layer {position}: {', '.join(entry) or 'nothing'} is not one of {', '.join(KINDS)}"
            raise ValueError(f"{told}, activations, norms, pools and paddings of torch.nn")
        ((name, arguments),) = entry.items()
        try:
            modules.append(MODULES[name](**(arguments or {})))
        except (TypeError, ValueError, RuntimeError) as error:  # torch has all three for arguments
            raise ValueError(f"layer {position}: {name}: {str(error).splitlines()[0]}") from None
    return nn.Sequential(*modules)
