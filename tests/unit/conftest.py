"""scikit-learn's digits and the real raw files as fixtures.

torch is imported when a test needs it: the main process of pytest-xdist reads this file, too, and runs no test.
"""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Every run draws other examples, so that a few each time are many over the runs; a failure prints how to repeat it.
# Files are written anew for each.
settings.register_profile(
    "few", max_examples=30, deadline=None, database=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
settings.load_profile("few")


@pytest.fixture(autouse=True)
def _seeded():
    """Weights that torch draws by itself are the same whatever ran before."""
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.manual_seed(
            0
        )  # of the CPU alone: each of the others takes a millisecond


@pytest.fixture(scope="session")
def digits():
    """Tensors of the dataset by name."""
    from support import networks

    return networks.digits()


@pytest.fixture(scope="session")
def splits():
    """Training and test examples."""
    from support import networks

    return networks.splits()


@pytest.fixture(scope="session")
def dataset(tmp_path_factory) -> Path:
    from support import networks

    return networks.write_digits(tmp_path_factory.mktemp("datasets"))


@pytest.fixture(scope="session")
def raw_data() -> Path:
    """The folder of the real raw files."""
    if "XBAR_RAW_DATA" not in os.environ:
        pytest.skip("XBAR_RAW_DATA names no folder of raw data")
    return Path(os.environ["XBAR_RAW_DATA"])
