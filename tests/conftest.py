"""One finished run of the smallest preset in a copy of the project, shared by all tests of the workflow."""

import gc
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in a job; workers of pytest-xdist would share the cores twice

import pytest
import support
from filelock import FileLock
from support.project import Project, copy_project


def pytest_configure(config: pytest.Config) -> None:
    """Workers keep the order below; pytest-xdist would begin with the files that hold most tests."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, SLURM before all: workers of pytest-xdist take file after file, in this order.

    One worker makes the finished run; meanwhile the other takes a long file that does not need it.
    """
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, bool, bool]:
    early = item.path.name in ("test_columns.py", "test_own_network_page.py")
    return item.get_closest_marker("slurm") is None, not early, "finished" not in item.fixturenames


def pytest_runtest_setup() -> None:
    support.CALLS.clear()


def pytest_collection_finish() -> None:
    """What is imported by now stays: collections of garbage need not go through it (a tenth of a second each)."""
    gc.freeze()


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """The smallest preset run to its end; a test that edits the project puts back what was there."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # workers run at once: one makes what each of them gets a copy of
        shared = base.parent / "finished"
        with FileLock(base.parent / "finished.lock"):
            if not shared.exists():
                run_smallest(base.parent / "unfinished").rename(shared)
        shutil.copytree(shared, base / "finished")
    else:
        run_smallest(base / "finished")
    return Project(base / "finished/project", base / "finished/run")


def run_smallest(base: Path) -> Path:
    project = Project(copy_project(base / "project"), base / "run")
    project.folder.mkdir()
    answer = project.snakemake()
    assert answer.returncode == 0, answer.stdout
    (project.folder / "output.txt").write_text(answer.stdout)
    return base


@pytest.fixture
def unchecked() -> Iterator[None]:
    """No checks of types and shapes, for tests that price thousands of circuits: others check the same functions."""
    import jaxtyping

    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Put back what `train_network` sets for its whole process: log handlers and deterministic algorithms."""
    import torch  # heavy, and pytest-xdist's main process runs no test

    root, deterministic = logging.getLogger(), torch.are_deterministic_algorithms_enabled()
    before, level = list(root.handlers), root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = before, level
    torch.use_deterministic_algorithms(deterministic)
