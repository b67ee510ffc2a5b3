"""kill -9 at random moments: of the whole workflow, of its driver alone, of one job."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import runs
from runs import Names, Row

KINDS = ["workflow", "driver", "one job"]


def kills(base: Path, expected: Names, number: int, seed: int, usual_s: float) -> list[Row]:
    """A row for each kind, over runs that are killed until `number` kills are spent and then left to end.

    `usual_s`: how long an undisturbed run takes; each start is killed within a third of that after its first job.
    """
    moment = random.Random(seed)
    counts = {kind: [0, 0, 0, 0] for kind in KINDS}  # faults, recovered, differing files, repeated jobs
    spent = 0
    while spent < number:
        folder = Path(tempfile.mkdtemp(prefix="kills-", dir=base))
        met: list[str] = []
        finished: set[str] = set()
        while True:
            kind = KINDS[spent % len(KINDS)] if spent < number and len(met) < 11 else None
            code, hit, log = attempt(folder, kind, moment.uniform(0, 0.35) * usual_s, moment)
            started, ended = runs.jobs(log)
            if met:
                counts[met[-1]][3] += len(started & finished)
            finished |= ended
            if hit and kind:
                met.append(kind)
                spent += 1
            print(f"{spent} of {number} kills, {len(finished)} jobs finished, exit {code}", flush=True)
            if code == 0:
                break
            assert hit, log[-3000:]
        bad = runs.differing(runs.checksums(folder), expected)
        for kind in met:
            for place, more in enumerate([1, int(not bad), len(bad)]):
                counts[kind][place] += more
        shutil.rmtree(folder)
    return [Row(f"kill -9 of {kind}", found[0], found[1], found[2], found[3], "") for kind, found in counts.items()]


def attempt(folder: Path, kind: str | None, after_s: float, moment: random.Random) -> tuple[int, bool, str]:
    """One start of the workflow, killed `after_s` seconds after its first job began.

    Returns the exit code, whether the kill met anything, and the output.
    """
    log = folder.with_suffix(".log")
    process = runs.start(folder, log)
    hit = False
    if kind:
        while process.poll() is None and not scripts_under(process):
            time.sleep(0.05)
        time.sleep(after_s)
        hit = kill(process, kind, moment)
    code = process.wait()
    if code < 0:
        unlocked, told = runs.run(folder, "--unlock")
        assert unlocked == 0, told
    return code, hit, log.read_text() + runs.account(folder)


def kill(process: subprocess.Popen, kind: str, moment: random.Random) -> bool:
    """Kill what `kind` says; False where it was no longer there. Orphans of a driver stay alive."""
    if process.poll() is not None:
        return False
    if kind == "workflow":
        os.killpg(process.pid, signal.SIGKILL)
    elif kind == "driver":
        process.kill()
    else:
        running = scripts_under(process)
        if not running:
            return False
        moment.choice(running).kill()
    process.wait()
    return True


def scripts_under(process: subprocess.Popen) -> list[psutil.Process]:
    """The processes that carry out jobs of a driver."""
    try:
        below = psutil.Process(process.pid).children(recursive=True)
        return [child for child in below if any("/.snakemake/scripts/" in word for word in child.cmdline()[1:2])]
    except psutil.Error:
        return []
