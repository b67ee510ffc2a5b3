"""Files of correctly classified test examples, with one bit for each example and chip.

Accuracies alone do not show the spread between test examples, or between the subjects that they come from.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from xbar.files import read_about, read_numbers, write_tensors

if TYPE_CHECKING:  # the report reads these files without torch
    from torch import Tensor

GROUP = "group"


class Correctness(NamedTuple):
    """The correct examples of one trained network.

    `right`: for each condition. `group`: of each test example, where the data have groups.
    """

    network: str
    seed: int
    right: dict[str, Bool[np.ndarray, "chips examples"]]
    group: Int[np.ndarray, " examples"] | None


def write_correctness(
    path: str | Path, right: Mapping[str, "Tensor"], group: "Tensor | None", about: Mapping[str, Any]
) -> None:
    """Write booleans (chips, examples) by condition, with bits packed along the examples; whole or not at all.

    `about`: that of the network's weights, with name and seed. `group`: whole numbers below 2^15. ValueError for other
    groups, and for conditions with different numbers of examples.
    """
    import torch

    tensors = {name: torch.from_numpy(np.packbits(of_chips.numpy(), axis=1)) for name, of_chips in right.items()}
    sizes = {of_chips.shape[1] for of_chips in right.values()}
    if len(sizes) > 1:
        found = " and ".join(map(str, sorted(sizes)))
        raise ValueError(f"{path}: conditions of {found} examples; all need the same number")
    examples = max(sizes, default=0)
    if group is not None and not bool(((group >= 0) & (group < 2**15)).all()):
        raise ValueError(f"{path}: groups of test examples are numbers from 0 to {2**15 - 1}")
    groups = {} if group is None or not examples else {GROUP: group.to(torch.int16)}
    write_tensors(path, tensors | groups, {**about, "examples": examples})


def _holds(packed: np.ndarray, examples: int) -> bool:
    """Whether an array has, for each chip, the number of bytes into which the bits of the examples fit."""
    return packed.dtype == np.uint8 and packed.shape[1:] == (-(-examples // 8),)


def read_correctness(path: str | Path) -> Correctness:
    """What `write_correctness` wrote. ValueError for a header that lacks a key, or another number of examples."""
    about, numbers = read_about(path), read_numbers(path)
    if missing := {"name", "seed", "examples"} - about.keys():
        raise ValueError(f"{path} holds no correctness: {', '.join(sorted(missing))} missing from its header")
    examples, group = about["examples"], numbers.pop(GROUP, None)
    if (
        not isinstance(examples, int)
        or not all(_holds(packed, examples) for packed in numbers.values())
        or (group is not None and group.shape != (examples,))
    ):
        raise ValueError(f"{path}: its tensors do not hold the {examples} examples of its header")
    right = {name: np.unpackbits(packed, axis=1, count=examples).astype(bool) for name, packed in numbers.items()}
    return Correctness(about["name"], about["seed"], right, group)
