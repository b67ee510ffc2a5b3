"""State dicts in files of safetensors or torch.save, also with the prefixes that wrappers add to names."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from xbar.files import is_finite, read_tensors

PREFIXES = ("module.", "_orig_mod.", "model.")  # of DataParallel, of torch.compile, of the usual Lightning module
NESTED = ("state_dict", "model_state_dict", "model")  # where training scripts put a state dict beside their optimiser
DEPTH = 3  # of mappings in mappings that are looked into
NAMED = 4  # of the names in a file, where one is absent
COUNTER = "num_batches_tracked"  # of batch-norm; no evaluation reads it


def load_checkpoint(module: nn.Module, path: str | Path) -> nn.Module:
    """`module` with the state dict in `path`, a file of safetensors or of torch.save. No code in the file is run.

    Prefixes of wrappers are left out. Counters of batch-norm may be absent, or of shape (1,). ValueError, one line, for
    a file that holds no state dict, for tensors of other names or shapes, and for values that are not finite. Integers
    in the place of weights are refused too.
    """
    wanted = module.state_dict()
    state = _without_prefixes(read_state(path), wanted)
    if lazy := [name for name, value in wanted.items() if is_lazy(value)]:
        raise ValueError(f"{lazy[0]} is of a lazy module; write its sizes, as in nn.Linear(64, 10)")
    state |= {name: value for name, value in wanted.items() if name.endswith(COUNTER) and name not in state}
    for name, value in state.items():
        if name.endswith(COUNTER) and value.numel() == 1:
            state[name] = value.reshape(())
    for name in sorted(wanted.keys() | state.keys()):
        found, needed = (_shape(tensors.get(name)) for tensors in (state, wanted))
        if found != needed:
            names = [*state][:NAMED] + ["..."] * (len(state) > NAMED)
            has = "" if found else f"; the file has {', '.join(names)}"
            raise ValueError(f"{path}: {name} is {found or 'absent'}; the layers need {needed or 'none'}{has}")
        if wanted[name].is_floating_point() and not state[name].is_floating_point():
            kind = state[name].dtype
            raise ValueError(f"{path}: {name} is of type {kind}; needed are weights, not codes without their scale")
    module.load_state_dict(state)
    return module


def read_state(path: str | Path) -> dict[str, Tensor]:
    """The tensors of a file by their names. ValueError, one line, where it holds no state dict or values not finite."""
    with Path(path).open("rb") as file:
        start = file.read(64)
    if start.startswith(b"version https://git-lfs"):
        raise ValueError(f"{path} is a pointer of Git LFS, not the file; 'git lfs pull' brings it")
    if start[8:9] == b"{":  # the first eight bytes are a length
        return read_tensors(path)[0]
    if not start.startswith((b"PK", b"\x80")):
        raise ValueError(f"{path} is neither a file of safetensors nor one of torch.save; save model.state_dict()")
    try:
        with Path(path).open("rb") as file:  # by its name torch would take it for another format
            found = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # of many types, by where a file is broken
        told = (str(error).splitlines() or [type(error).__name__])[0].partition(" This file can still be loaded")[0]
        raise ValueError(f"{path} holds more than tensors, or is broken; save model.state_dict(): {told}") from None
    return _checked(path, found)


def _checked(path: str | Path, found: Any) -> dict[str, Tensor]:
    for _ in range(DEPTH):
        found = _inner(found) if isinstance(found, Mapping) else found
    if not isinstance(found, Mapping) or not found:
        raise ValueError(f"{path} holds a {type(found).__name__}; needed is a state dict")
    for name, value in found.items():
        if not isinstance(name, str):
            raise ValueError(f"{path}: a tensor is named {name!r}; names in a state dict are text")
        if not isinstance(value, Tensor):
            raise ValueError(f"{path}: '{name}' is a {type(value).__name__}; a state dict has tensors alone")
        if value.layout != torch.strided or value.is_meta:
            raise ValueError(f"{path}: '{name}' is sparse or without values; needed are plain tensors")
        if not is_finite(value):
            raise ValueError(f"{path}: tensor '{name}' holds NaN or infinity")
    return dict(found)


def _inner(found: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """What a training script put beside its optimiser: under a usual name, else the only state dict within.

    The mapping itself where it holds none. State dicts come before other mappings, such as settings.
    """
    named = [found[key] for key in NESTED if isinstance(found.get(key), Mapping)]
    states = [value for value in found.values() if isinstance(value, Mapping) and value and _all_tensors(value)]
    usual = [value for value in named if value and _all_tensors(value)]
    if usual or len(states) == 1:
        return (usual or states)[0]
    return named[0] if named else found


def _all_tensors(found: Mapping[Any, Any]) -> bool:
    return all(isinstance(value, Tensor) for value in found.values())


def _without_prefixes(state: Mapping[str, Tensor], wanted: Collection[str]) -> dict[str, Tensor]:
    """The same tensors without those prefixes of all names that leave most of the names in `wanted`."""
    tried = [dict(state)]
    while state and (prefix := next((one for one in PREFIXES if all(name.startswith(one) for name in tried[-1])), "")):
        tried.append({name.removeprefix(prefix): value for name, value in tried[-1].items()})
    return max(tried, key=lambda named: len(named.keys() & set(wanted)))


def _shape(tensor: Tensor | None) -> str:
    return "" if tensor is None else str(tuple(tensor.shape))
