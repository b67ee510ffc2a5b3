"""Examples for a network trained elsewhere, from a data set or a file of the user, as the network takes them."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from xbar.config.own import OwnInputsSpec
from xbar.datasets.splits import check_examples
from xbar.network.checkpoints import read_state
from xbar.network.own import as_inputs

PARTS = ("train_x", "train_y", "test_x", "test_y")


def read_examples(path: str | Path) -> dict[str, Tensor]:
    """Tensors train_x, train_y, test_x and test_y of a file of safetensors, torch.save or numpy.savez.

    ValueError, one line, for a file of another kind, and for one that lacks a tensor.
    """
    try:
        found = _numpy(path) if _is_numpy(path) else read_state(path)
    except ValueError as error:
        raise ValueError(f"{error}; examples are a file of safetensors, torch.save or numpy.savez") from None
    if missing := [part for part in PARTS if part not in found]:
        raise ValueError(f"{path} has no {', '.join(missing)}; it has {', '.join(sorted(found)) or 'nothing'}")
    return {part: found[part] for part in PARTS}


def _is_numpy(path: str | Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return all(name.endswith(".npy") for name in archive.namelist())


def _numpy(path: str | Path) -> dict[str, Tensor]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: torch.from_numpy(arrays[name]) for name in arrays.files}
    except (ValueError, TypeError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: {(str(error).splitlines() or [''])[0]}") from None


def as_taken(data: Mapping[str, Tensor], spec: OwnInputsSpec, where: str, classes: int = 0) -> dict[str, Tensor]:
    """The examples as the network takes them: inputs in single precision or as integers, labels as int64.

    `classes`: number of classes; 0 takes it from the labels. ValueError, one line, for labels out of range and other
    unusable examples, and for steps of `spec` that the inputs do not allow.
    """
    largest = (int(data[name].long().max()) for name in ("train_y", "test_y") if data[name].numel())
    count = classes or 1 + max(largest, default=0)
    found: dict[str, Tensor] = {}
    for part in ("train", "test"):
        inputs, labels = data[f"{part}_x"], data[f"{part}_y"]
        check_examples(f"{where}: {part}", inputs, labels, count)
        found |= {f"{part}_x": as_inputs(form(inputs, spec, where)), f"{part}_y": labels.long()}
    return found


def form(inputs: Tensor, spec: OwnInputsSpec, where: str) -> Tensor:
    """Inputs (N, channels, ...) with the channels, units, layout and shape of `spec`.

    ValueError, one line, where they have other channels than `spec` names, or other numbers of values.
    """
    if spec == OwnInputsSpec():
        return inputs
    found = inputs if spec.channels is None else _channels(inputs, spec.channels, where)
    changed = (spec.divide, spec.mean, spec.std) != (1.0, 0.0, 1.0)
    if changed:
        mean, std = (_each(value, found, f"{where}: inputs.{key}") for key, value in _norms(spec))
        found = (found.float() / spec.divide - mean) / std
    found = found.movedim(1, -1) if spec.layout == "channels-last" else found
    if spec.shape is not None:
        if found[0].numel() != torch.Size(spec.shape).numel():
            told = f"{where}: inputs.shape {tuple(spec.shape)} is not that of {found[0].numel()} values"
            raise ValueError(f"{told}, {tuple(found.shape[1:])}")
        found = found.reshape(len(found), *spec.shape)
    return found


def _norms(spec: OwnInputsSpec) -> tuple[tuple[str, float | list[float]], ...]:
    return ("mean", spec.mean), ("std", spec.std)


def _channels(inputs: Tensor, channels: list[int], where: str) -> Tensor:
    if inputs.dim() < 2 or max(channels) >= inputs.shape[1]:
        count = inputs.shape[1] if inputs.dim() > 1 else 0
        raise ValueError(f"{where}: inputs.channels name {max(channels)}; there are {count}, counted from 0")
    return inputs[:, channels]


def _each(value: float | list[float], inputs: Tensor, where: str) -> Tensor:
    """One number for all channels, or one for each, shaped to broadcast over `inputs`."""
    if not isinstance(value, list):
        return torch.tensor(float(value))
    if inputs.dim() < 2 or len(value) != inputs.shape[1]:
        count = inputs.shape[1] if inputs.dim() > 1 else 0
        raise ValueError(f"{where} has {len(value)} numbers; the inputs have {count} channels")
    return torch.tensor(value).view(1, -1, *[1] * (inputs.dim() - 2))
