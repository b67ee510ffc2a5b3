"""The made-up run that the tests of the report draw and tabulate."""

from types import ModuleType

import pytest
from support import made_up as tables


@pytest.fixture(scope="session")
def made_up() -> ModuleType:
    """The module of the made-up tables."""
    return tables
