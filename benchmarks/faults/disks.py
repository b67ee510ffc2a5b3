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


def occupied(folder: Path) -> int:
    """Bytes of the blocks that the files of a run take; the peak is higher, parts and checkpoints come and go."""
    return sum(512 * path.lstat().st_blocks for path in folder.rglob("*"))


def full(base: Path, expected: Names, usual: int, share: float, *, results_only: bool) -> Row:
    """A disk with `share` of the bytes that a run takes, which fills up in the middle of the run, then has room."""
    folder = Path(tempfile.mkdtemp(prefix="full-", dir=base)) / "run"
    place = folder / "results" if results_only else folder
    what = "results" if results_only else "results and Snakemake's records"
    with disk(place, str(int(share * usual))):
        first = runs.run(folder)
        remount(place, "size=500M")
        return runs.recovery(f"disk full at {share:.0%} of a run ({what})", folder, expected, first)


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
