"""scikit-learn's digits and the real raw files as fixtures."""

import os
from pathlib import Path

import pytest
import torch
from support import networks

from xbar.training.folds import Examples


@pytest.fixture(scope="session")
def digits() -> dict[str, torch.Tensor]:
    return networks.digits()


@pytest.fixture(scope="session")
def splits() -> tuple[Examples, Examples]:
    """Training and test examples."""
    return networks.splits()


@pytest.fixture(scope="session")
def dataset(tmp_path_factory) -> Path:
    return networks.write_digits(tmp_path_factory.mktemp("datasets"))


@pytest.fixture(scope="session")
def raw_data() -> Path:
    """The folder of the real raw files."""
    if "XBAR_RAW_DATA" not in os.environ:
        pytest.skip("XBAR_RAW_DATA names no folder of raw data")
    return Path(os.environ["XBAR_RAW_DATA"])
