"""scikit-learn's digits as fixtures."""

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
