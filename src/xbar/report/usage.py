"""What the jobs of a run took: time, memory and attempts, and how much of the time went into no stage."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psutil

JOB_COLUMNS = {"wall_s": "s", "cpu_s": "cpu_time", "peak_memory_mb": "max_rss"}  # ours: Snakemake's
LINE = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3})  (.*)$")  # of a job's log, see xbar.job
READY = re.compile(r"began: ready after ([\d.]+) s$")
ENDED = re.compile(r"ended after [\d.]+ s, processor ([\d.]+) s")


def job(name: str, results: Path) -> dict[str, Any]:
    """Seconds and megabytes of one job, from its benchmark (the last attempt's) and its log (those before it).

    `ready_s`: from the start of the process to the end of its imports. `cpu_s`: as the log says, or else the
    benchmark, for which Snakemake asks every half minute and misses what comes after. `earlier_s`: what attempts took
    from which the last one resumed.
    """
    rule, _, about = name.partition("/")
    header, values = (
        line.split("\t") for line in (results / f"benchmarks/{name}.tsv").read_text(encoding="utf-8").splitlines()[:2]
    )
    row = dict(zip(header, values, strict=True))
    spans = attempts(results / f"logs/{name}.log")
    earlier = [span.end - span.start for span in spans[:-1]]
    used = {ours: _number(row[theirs]) for ours, theirs in JOB_COLUMNS.items()}
    if spans and spans[-1].cpu_s is not None:
        used["cpu_s"] = spans[-1].cpu_s
    log = {
        "ready_s": spans[-1].ready_s if spans else None,
        "attempts": max(len(spans), 1),
        "earlier_s": round(sum(span.total_seconds() for span in earlier), 2),
    }
    return {"rule": rule, "job": about, **used, **log}


class Attempt(NamedTuple):
    """One attempt at a job, from the start of its process to the last line of its log. `cpu_s`: None if it failed."""

    start: datetime
    end: datetime
    ready_s: float
    cpu_s: float | None
    resumed: bool


def attempts(log: Path) -> list[Attempt]:
    """What a job's log says of its last attempt, the last of the list, and of those that it resumed."""
    found: list[Attempt] = []
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    for stamp, milliseconds, message in (match.groups() for line in lines if (match := LINE.match(line))):
        at = datetime.fromisoformat(stamp) + timedelta(milliseconds=int(milliseconds))
        if ready := READY.search(message):
            seconds = float(ready[1])
            found.append(Attempt(at - timedelta(seconds=seconds), at, seconds, None, False))
        if found:
            ended = ENDED.match(message)
            found[-1] = found[-1]._replace(
                end=at,
                cpu_s=float(ended[1]) if ended else found[-1].cpu_s,
                resumed=found[-1].resumed or message.startswith("resumed after epoch"),
            )
    first = len(found) - 1
    while first > 0 and found[first].resumed:
        first -= 1
    return found[max(first, 0) :]


def times(jobs: Iterable[Mapping[str, Any]], driver_s: float | None) -> dict[str, Any]:
    """Sums over jobs in seconds, and which share of the processors' time went into no stage.

    Overhead is what jobs took to start and to import, and what Snakemake computed in the call that wrote this:
    reading the workflow, building the graph, scheduling.
    """
    jobs = list(jobs)
    sums = {name: sum(job[name] or 0.0 for job in jobs) for name in ("wall_s", "cpu_s", "ready_s", "earlier_s")}
    overhead_s = sums["ready_s"] + (driver_s or 0.0)
    whole_s = sums["wall_s"] + sums["earlier_s"] + (driver_s or 0.0)
    rounded = {name: round(value, 2) for name, value in sums.items()}
    share = round(overhead_s / whole_s, 4) if whole_s else None
    return {"jobs": len(jobs), **rounded, "driver_cpu_s": driver_s, "overhead_share": share}


def driver_cpu_s() -> float | None:
    """Processor time of the Snakemake process that started this job, without its jobs; none if there is none.

    Wrappers such as `uv run snakemake` have its name too but compute nothing: it is the one with the most time.
    """
    found = [used for process in psutil.Process().parents() if (used := _snakemake_s(process)) is not None]
    return round(max(found), 2) if found else None


def _snakemake_s(process: psutil.Process) -> float | None:
    try:
        if not any("snakemake" in word for word in process.cmdline()):
            return None
        used = process.cpu_times()
    except psutil.Error:  # gone meanwhile, or not ours to ask
        return None
    return used.user + used.system


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None  # Snakemake writes NA or - for a job too short to be sampled
