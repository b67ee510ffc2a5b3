"""The fault campaign: kills and broken disks under the digits preset, each followed by a plain rerun.

    python benchmarks/faults.py [--kills 24] [--seed 0] [--table results/report/faults.csv]

An undisturbed run gives the bytes that every recovered run must give. A kill is kill -9 of the whole workflow (a
power failure), of the driver alone (its jobs go on as orphans) or of one job, at a random moment; after a killed
driver the rerun is `snakemake --unlock` and the same command again. Disks are small tmpfs mounts and need root.
Faults of raw files and of downloads are tests: tests/datasets/test_raw.py and test_download.py; a driver killed
under SLURM is one too: tests/slurm.
"""

import argparse
import csv
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PRESET = ROOT / "workflow/presets/digits.yaml"
TIMED = ("logs/", "benchmarks/", "report/provenance.json", "report/figures/time.")  # results that tell of times
COLUMNS = ["fault", "count", "recovered", "differing_files", "repeated_jobs", "told"]
START = re.compile(r"^(?:local)?rule (\w+):$.*?^    jobid: (\d+)$(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
KINDS = ["workflow", "driver", "one job"]
Names = dict[str, str]


def start(folder: Path, *options: str, preset: Path = PRESET) -> subprocess.Popen:
    """The workflow in `folder`, as the head of a process group of its own; output in `folder`/driver.log."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2"]
    with (folder / "driver.log").open("w") as log:
        return subprocess.Popen(
            [*command, "--directory", str(folder), *options, "--configfile", str(preset)],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def run(folder: Path, *options: str) -> tuple[int, str]:
    """Exit code and output of the workflow run to its end."""
    code = start(folder, *options).wait()
    return code, (folder / "driver.log").read_text()


def checksums(folder: Path) -> Names:
    """Checksum of every result by name; unfinished parts, whose names begin with a dot, are no results."""
    base = folder / "results"
    files = {path.relative_to(base).as_posix(): path for path in base.rglob("[!.]*") if path.is_file()}
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items() if not name.startswith(TIMED)}


def differing(found: Names, expected: Names) -> set[str]:
    return {name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)}


def jobs(log: str) -> tuple[set[str], set[str]]:
    """The jobs that a run started and those that it saw finish, as rule and wildcards."""
    named = {}
    for rule, number, rest in START.findall(log):
        wildcards = re.search(r"^    wildcards: (.*)$", rest, re.MULTILINE)
        named[number] = f"{rule} {wildcards[1] if wildcards else ''}".strip()
    done = re.findall(r"^Finished jobid: (\d+)", log, re.MULTILINE)
    return set(named.values()), {named[number] for number in done if number in named}


def scripts_under(process: subprocess.Popen) -> list[psutil.Process]:
    """The processes that carry out jobs of a driver."""
    try:
        below = psutil.Process(process.pid).children(recursive=True)
        return [child for child in below if any("/.snakemake/scripts/" in word for word in child.cmdline()[1:2])]
    except psutil.Error:
        return []


def kill(process: subprocess.Popen, kind: str, moment: random.Random) -> bool:
    """Kill what `kind` says; False where it was no longer there. Orphans of a driver stay alive."""
    if process.poll() is not None:
        return False
    if kind == "one job":
        running = scripts_under(process)
        if not running:
            return False
        moment.choice(running).kill()
    elif kind == "driver":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return True


def attempt(folder: Path, kind: str | None, moment: random.Random) -> tuple[int, bool]:
    """One start of the workflow, killed at a random moment; its exit code and whether the kill met anything."""
    process = start(folder)
    met = False
    if kind:
        time.sleep(moment.uniform(2.5, 12))
        met = kill(process, kind, moment)
    code = process.wait()
    if code < 0:
        (folder / "driver.log").rename(folder / "killed.log")
        start(folder, "--unlock").wait()
    return code, met


def kills(base: Path, expected: Names, number: int, seed: int) -> Iterator[dict[str, object]]:
    """A row for each kind of kill, over runs that are killed until `number` kills are spent, then left to end."""
    moment = random.Random(seed)
    rows = {kind: {"fault": f"kill -9 of {kind}"} | dict.fromkeys(COLUMNS[1:-1], 0) | {"told": ""} for kind in KINDS}
    spent = 0
    while spent < number:
        folder = Path(tempfile.mkdtemp(prefix="kills-", dir=base))
        finished: set[str] = set()
        met_here: list[str] = []
        while True:
            kind = KINDS[spent % len(KINDS)] if spent < number else None
            code, met = attempt(folder, kind, moment)
            started, ended = jobs((folder / ("killed.log" if code < 0 else "driver.log")).read_text())
            if met_here:
                rows[met_here[-1]]["repeated_jobs"] += len(started & finished)
            finished |= ended
            if met:
                met_here.append(kind)
                spent += 1
            print(f"{spent} of {number} kills, {len(finished)} jobs finished, exit {code}", flush=True)
            if code == 0:
                break
            assert met, (folder / "driver.log").read_text()[-3000:]
        bad = differing(checksums(folder), expected)
        for kind in met_here:
            rows[kind]["count"] += 1
            rows[kind]["recovered"] += not bad
            rows[kind]["differing_files"] += len(bad)
        shutil.rmtree(folder)
    yield from rows.values()


@contextmanager
def disk(base: Path, megabytes: int) -> Iterator[Path]:
    """A small disk of its own."""
    folder = base / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}M", "xbar", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def told(log: str) -> str:
    """The line by which a run told what was wrong."""
    lines = [line.strip() for line in log.splitlines()]
    telling = [line for line in lines if re.match(r"(\w*Error|LockException|.*No space left|.*Read-only)", line)]
    return (telling or ["nothing"])[0][:160]


def full_disk(base: Path, expected: Names) -> dict[str, object]:
    """A disk that fills up in the middle of the run, then has room."""
    with disk(base, 1) as folder:
        code, log = run(folder)
        subprocess.run(["mount", "-o", "remount,size=500M", str(folder)], check=True)
        return recovery("full disk", folder, expected, code, told(log))


def read_only(base: Path, expected: Names) -> dict[str, object]:
    """Results that cannot be written, then can."""
    with disk(base, 500) as folder:
        run(folder, "--until", "prepare_dataset")
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        elsewhere = Path(tempfile.mkdtemp(dir=base))
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2"]
        answer = subprocess.run(
            [*command, "--directory", str(folder), "--configfile", str(PRESET)],
            cwd=elsewhere, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        return recovery("read-only results", folder, expected, answer.returncode, told(answer.stdout))


def two_at_once(base: Path, expected: Names) -> dict[str, object]:
    """A second workflow in the folder of a running one must be refused, and the first end as ever."""
    folder = Path(tempfile.mkdtemp(prefix="two-", dir=base))
    first = start(folder)
    time.sleep(6)
    log = (folder / "driver.log").rename(folder / "first.log")
    code, second = run(folder)
    assert first.wait() == 0, log.read_text()[-3000:]
    return recovery("two workflows at once", folder, expected, code, told(second))


def recovery(fault: str, folder: Path, expected: Names, code: int, line: str) -> dict[str, object]:
    """The row of a fault that must have ended the run, after a plain rerun."""
    again, log = run(folder)
    bad = differing(checksums(folder), expected)
    well = code != 0 and again == 0 and not bad
    if not well:
        print(fault, code, again, sorted(bad)[:5], log[-2000:], sep="\n")
    return {
        "fault": fault,
        "count": 1,
        "recovered": int(well),
        "differing_files": len(bad),
        "repeated_jobs": 0,
        "told": line,
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--kills", type=int, default=24)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--table", type=Path, default=ROOT / "results/report/faults.csv")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        undisturbed = base / "undisturbed"
        undisturbed.mkdir()
        code, log = run(undisturbed)
        assert code == 0, log
        expected = checksums(undisturbed)
        rows = list(kills(base, expected, chosen.kills, chosen.seed))
        rows.append(two_at_once(base, expected))
        if os.geteuid() == 0:
            rows += [full_disk(base, expected), read_only(base, expected)]
    chosen.table.parent.mkdir(parents=True, exist_ok=True)
    with chosen.table.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(chosen.table.read_text())


if __name__ == "__main__":
    main()
