"""config.yaml with other values at some places, and the line in which it is refused."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from xbar.checks.reading import read_blocks
from xbar.checks.run import check_config
from xbar.config.config import Config, read_config

ROOT = Path(__file__).parents[2]
CONFIG = read_blocks(ROOT / "config.yaml")
OWN = {"weights": "own.safetensors", "layers": [{"Linear": {}}], "dataset": "digits", "weight_bits": 8}


def changed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """config.yaml with values at dotted paths."""
    values = deepcopy(CONFIG)
    for path, value in changes.items():
        *blocks, key = path.split(".")
        entry = values
        for block in blocks:
            entry = entry.setdefault(block, {})
        entry[key] = value
    return values


def checked(values: Mapping[str, Any]) -> Config:
    """The configuration as the workflow accepts it."""
    config = read_config(values)
    check_config(config)
    return config


def refusal(changes: Mapping[str, Any]) -> str:
    """What is said of config.yaml with these changes."""
    with pytest.raises(ValueError) as refused:
        checked(changed(changes))
    return str(refused.value)
