"""One finished run of the smallest preset in a copy of the project, shared by all tests of the workflow."""

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import jaxtyping
import pytest
import torch
import yaml
from filelock import FileLock

ROOT = Path(__file__).parents[1]
SMALLEST = ROOT / "tests/support/smallest.yaml"
PARTS = ["Snakefile", "config.yaml", "workflow", "scripts", "src", "envs", "profiles"]
JOB = re.compile(r"^(?:local)?rule (\w+):$.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


class Project(NamedTuple):
    """A copy of the project, which tests may edit, and the folder in which it runs."""

    root: Path
    folder: Path

    def start(self, *options: str, presets: list[Path] | None = None) -> subprocess.Popen:
        """Snakemake on the smallest preset, or on `presets`; output and errors together in stdout."""
        files = presets or [SMALLEST]
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(self.root / "Snakefile"), "--cores", "2"]
        soon = ["--max-jobs-per-timespan", "100/1s"]  # the profile's ten seconds pass before Snakemake ends
        return subprocess.Popen(
            [*command, *soon, "--directory", str(self.folder), *options, "--configfile", *map(str, files)],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # a group of its own, which a test may kill
        )

    def snakemake(self, *options: str, presets: list[Path] | None = None) -> subprocess.CompletedProcess:
        """As `start`, to its end."""
        process = self.start(*options, presets=presets)
        output, _ = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, output)

    def results(self) -> dict[str, str]:
        """Checksum of every result but those that tell of times: logs, benchmarks, provenance and its figure."""
        timed = ("logs/", "benchmarks/", "report/provenance.json", "report/time.")
        files = {
            path.relative_to(self.folder / "results").as_posix(): path for path in self.folder.glob("results/**/*")
        }
        return {
            name: sha256(path.read_bytes()).hexdigest()
            for name, path in files.items()
            if path.is_file() and not name.startswith(timed)
        }

    def planned(self, overlay: dict[str, Any] | None = None) -> set[str]:
        """What Snakemake would run, as "rule" or "rule wildcards", with `overlay` over the smallest preset."""
        presets = [SMALLEST]
        if overlay:
            presets.append(self.folder / "overlay.yaml")
            presets[-1].write_text(yaml.safe_dump(overlay))
        answer = self.snakemake("--dry-run", presets=presets)
        assert answer.returncode == 0, answer.stdout
        jobs = {_name(match) for match in JOB.finditer(answer.stdout)}
        assert jobs or "Nothing to be done" in answer.stdout, answer.stdout
        return jobs - {"all"}


def _name(job: re.Match) -> str:
    wildcards = re.search(r"^    wildcards: (.*)$", job[0], re.MULTILINE)
    values = re.findall(r"=([^,\n]+)", wildcards[1]) if wildcards else []
    return " ".join([job[1], *values])


def copy_project(root: Path) -> Path:
    for part in PARTS:
        source, target = ROOT / part, root / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    return root


def pytest_configure(config: pytest.Config) -> None:
    """Workers keep the order below; pytest-xdist would begin with the files that hold most tests."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, SLURM before all: workers of pytest-xdist take file after file, in this order."""
    items.sort(key=lambda item: (item.path.parent.name != "slurm", "finished" not in item.fixturenames))


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
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Put back what `train_network` sets for its whole process: log handlers and deterministic algorithms."""
    root, deterministic = logging.getLogger(), torch.are_deterministic_algorithms_enabled()
    before, level = list(root.handlers), root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = before, level
    torch.use_deterministic_algorithms(deterministic)
