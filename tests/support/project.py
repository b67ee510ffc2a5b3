"""A copy of the project and the folder in which it runs: Snakemake started, its plan read, its results compared."""

import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
SMALLEST = ROOT / "tests/support/smallest.yaml"
SOON = ["--max-jobs-per-timespan", "100/1s"]  # the profile's ten seconds pass before Snakemake ends
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
        return subprocess.Popen(
            [*command, *SOON, "--directory", str(self.folder), *options, "--configfile", *map(str, files)],
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
