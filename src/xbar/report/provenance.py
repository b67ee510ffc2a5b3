"""Where results come from: configuration, code, software, machine, inputs, and what each job took."""

import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import torch

from xbar.files import read_json
from xbar.report.usage import driver_cpu_s, job, times
from xbar.training.machine import fast_bfloat16

ROOT = Path(__file__).parents[3]


def provenance(
    config: Mapping[str, Any],
    manifests: Iterable[str],
    jobs: Iterable[str],
    results: Path = Path("results"),
) -> dict[str, Any]:
    """One record of a run.

    `config`: with the names of the files over config.yaml as its `preset`. `manifests`: the files with the checksums of
    raw files, one for each dataset. `jobs`: "rule" or "rule/job" of each. A job without a benchmark in `results` (a
    rule that was not needed, results copied from elsewhere) is left out.
    """
    done = [job(name, results) for name in jobs if (results / f"benchmarks/{name}.tsv").exists()]
    seeds = config["run"]["seeds"]
    return {
        "preset": config["preset"],
        "config": {key: value for key, value in config.items() if key not in ("preset", "raw_data")},  # no path of here
        "commit": commit(),
        "packages": {item.metadata["Name"]: item.version for item in sorted(distributions(), key=_name)},
        "machine": machine(),
        "seeds": {name: list(range(seeds.get(name, seeds["default"]))) for name in config["run"]["networks"]},
        "inputs": {Path(path).name.split(".")[0]: read_json(path)["files"] for path in manifests},
        "jobs": done,
        "time": times(done, driver_cpu_s()),
    }


def _name(item: Any) -> str:
    return item.metadata["Name"].lower()


def commit() -> dict[str, Any]:
    """The commit of the checkout and the files outside of results that differ from it; empty outside of a checkout."""
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
    """The class of the machine, by which times and last digits may be compared; not its name."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "vector_units": torch.backends.cpu.get_cpu_capability(),
        "fast_bfloat16": fast_bfloat16(torch.device("cpu")),
        "gpus": [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())],
        "python": platform.python_version(),
    }


def processor(table: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's model, where the system tells it."""
    lines = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()
