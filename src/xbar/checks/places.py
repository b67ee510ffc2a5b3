"""Folders that Snakemake cannot use, found before it ends in a traceback."""

import re
from os import W_OK, X_OK, access
from pathlib import Path

STAGES = (
    "benchmarks", "checkpoints", "comparisons", "costs", "crossbars", "datasets", "hybrid", "logs", "networks", "own",
    "report", "searches", "tiny", "variants",
)  # fmt: skip


def check_places(clone: str, run: Path = Path()) -> None:
    """Raise ValueError, one line, for a clone or a folder of a run that Snakemake cannot use.

    `clone`: path of the project. Snakemake reads some characters in paths of scripts and of profiles/default as
    patterns. `run`: the folder from which the workflow runs.
    """
    if found := re.search(r"[][{}*?]", clone):
        raise ValueError(f"{clone}: Snakemake finds no files behind a '{found[0]}'; move the clone to another folder")
    for folder in (run, run / ".snakemake", run / "results", *(run / "results" / name for name in STAGES)):
        if folder.exists() and not (folder.is_dir() and access(folder, W_OK | X_OK)):
            raise ValueError(f"{folder.absolute()}: not a folder that can be written; --directory names another one")
