"""MLPerf Tiny's reference ResNet-8: its file found or downloaded, and read once into tensors of torch's layout.

The file is Keras' HDF5. Its checksum fixes every byte, so that a table says where each tensor lies; it was made with
h5py 3.16.0 (`dataset.id.get_offset()`), which nothing else here would need.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from xbar.datasets.archives import opened
from xbar.datasets.download import download
from xbar.datasets.raw import locate
from xbar.tiny.networks import resnet_8

NAME = "mlperf-tiny"  # in raw_files.csv


def find(folder: Path, table: Sequence[Mapping[str, str]]) -> bytes:
    """The content of the file, which may lie in a folder or zip in `folder`; it is downloaded to there where absent.

    `table`: rows of raw_files.csv. ValueError for a corrupt file and for not one row, ConnectionError if no address
    gives the right bytes.
    """
    rows = [row for row in table if row["dataset"] == NAME]
    if len(rows) != 1:
        raise ValueError(f"raw_files.csv: {len(rows)} rows of dataset '{NAME}'; needed is one")
    (row,) = rows
    name = row["file"]
    place = locate(folder, {name: f"{row['algorithm']}:{row['checksum']}"}, ())
    if place is None:
        download([row["address"]], folder / name, lambda part: _check(part, row))
    with opened(place or folder, [name]) as read_one:
        content = read_one(name)
    assert content is not None, f"{name} was there just now"
    return content


def _check(path: Path, row: Mapping[str, str]) -> None:
    digest = hashlib.new(row["algorithm"], path.read_bytes()).hexdigest()
    if digest != row["checksum"]:
        raise ValueError(f"{path} has {row['algorithm']} {digest}, not {row['checksum']}")


def read(content: bytes, layout: Sequence[Mapping[str, str]]) -> dict[str, Tensor]:
    """State dict of `resnet_8` from what `find` gives. `layout`: rows of resnet8_layout.csv."""
    return {row["tensor"]: _tensor(content, row) for row in layout}


def _tensor(content: bytes, row: Mapping[str, str]) -> Tensor:
    shape = [int(size) for size in row["shape"].split("x")]
    values = np.frombuffer(content, "<f4", int(np.prod(shape)), int(row["offset_bytes"])).reshape(shape)
    last_first = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[len(shape)]  # Keras has outputs last, torch first
    return torch.from_numpy(values.transpose(last_first).astype(np.float32, order="C"))


def state_of(network: nn.Module) -> dict[str, Tensor]:
    """The tensors of a ResNet-8 that `network` takes."""
    return {name: value for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}


def network(state: Mapping[str, Tensor]) -> nn.Module:
    """The network with these weights, ready to evaluate; inputs (N, 3, 32, 32) are bytes, 0 to 255.

    Raises ValueError where `state` lacks a tensor or has one more.
    """
    made = resnet_8()
    made.load_state_dict(dict(state), strict=False)  # Keras has no count of batches
    check_tensors("the reference ResNet-8", state_of(made), state)
    return made.eval()


def check_tensors(of: str, needed: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> None:
    """Raise ValueError, one line, where the file `of` a network lacks one of its tensors or has one more."""
    for name in sorted(needed.keys() ^ given.keys()):
        fault = "lacks" if name in needed else "has"
        raise ValueError(f"the file of {of} {fault} tensor '{name}'; allowed are those of the network, each once")
