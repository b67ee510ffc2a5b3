"""Disks that fill up or refuse writes, and a folder in which a workflow runs already. Mounts need root."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import runs
from runs import Names, Row


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    """`folder` as a small disk of its own."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "xbar", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def full(base: Path, expected: Names, size: str, *, results_only: bool) -> Row:
    """A disk that fills up in the middle of the run, then has room."""
    folder = Path(tempfile.mkdtemp(prefix="full-", dir=base)) / "run"
    place = folder / "results" if results_only else folder
    with disk(place, size):
        first = runs.run(folder)
        remount(place, "size=500M")
        what = "results" if results_only else "results and Snakemake's records"
        return runs.recovery(f"disk of {size} full ({what})", folder, expected, first)


def read_only(base: Path, expected: Names) -> Row:
    """Results that cannot be written, then can."""
    folder = Path(tempfile.mkdtemp(prefix="locked-", dir=base)) / "run"
    with disk(folder / "results", "500M") as results:
        code, log = runs.run(folder, targets=["results/datasets/digits.safetensors"])
        assert code == 0, log
        remount(results, "ro")
        first = runs.run(folder)
        remount(results, "rw")
        return runs.recovery("read-only results", folder, expected, first)


def two_at_once(base: Path, expected: Names) -> Row:
    """A second workflow in the folder of a running one must be refused, and the first end as ever."""
    folder = Path(tempfile.mkdtemp(prefix="two-", dir=base)) / "run"
    folder.mkdir()
    log = folder.with_suffix(".log")
    first = runs.start(folder, log)
    while not list(folder.glob(".snakemake/locks/*")):
        assert first.poll() is None, log.read_text()
        time.sleep(0.2)
    second = runs.run(folder)
    assert first.wait() == 0, log.read_text()[-3000:]
    return runs.recovery("two workflows at once", folder, expected, second)
