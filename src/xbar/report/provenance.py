"""Where results come from: configuration, code, software, machine, inputs, and what each job took."""

import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from xbar.files import read_json

ROOT = Path(__file__).parents[3]
JOB_COLUMNS = {"wall_s": "s", "cpu_s": "cpu_time", "peak_memory_mb": "max_rss"}  # ours: Snakemake's


def provenance(config: Mapping[str, Any], manifests: Iterable[str], benchmarks: Iterable[str]) -> dict[str, Any]:
    """One record of a run. `manifests`: checksums of raw files by dataset; `benchmarks`: a file per finished job.

    A job whose benchmark is absent (results copied from elsewhere) is left out.
    """
    return {
        "config": config,
        "commit": commit(),
        "packages": {item.metadata["Name"]: item.version for item in sorted(distributions(), key=_name)},
        "machine": machine(),
        "seeds": {name: list(range(config["networks"][name]["seeds"])) for name in config["run"]["networks"]},
        "inputs": {Path(path).name.split(".")[0]: read_json(path)["files"] for path in manifests},
        "jobs": [job(path) for path in benchmarks if Path(path).exists()],
    }


def _name(item: Any) -> str:
    return item.metadata["Name"].lower()


def commit() -> dict[str, Any]:
    """The commit of the checkout and whether files differ from it; empty outside of a checkout."""
    head = _git("rev-parse", "HEAD")
    return (
        {"hash": head, "changed_files": _git("status", "--porcelain", "--", ".", ":!results").splitlines()}
        if head
        else {}
    )


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def machine() -> dict[str, Any]:
    """The class of the machine, by which times may be compared; not its name."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def processor(table: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's model, where the system tells it."""
    lines = table.read_text().splitlines() if table.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def job(benchmark: str | Path) -> dict[str, Any]:
    """Rule, job, seconds and megabytes from Snakemake's benchmark file `.../{rule}[/{job}].tsv`."""
    path = Path(benchmark)
    parts = path.with_suffix("").parts
    name = parts[parts.index("benchmarks") + 1 :]
    header, values = (line.split("\t") for line in path.read_text().splitlines()[:2])
    row = dict(zip(header, values, strict=True))
    return {"rule": name[0], "job": "/".join(name[1:])} | {
        ours: _number(row[theirs]) for ours, theirs in JOB_COLUMNS.items()
    }


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None  # Snakemake writes NA or - for a job too short to be sampled
