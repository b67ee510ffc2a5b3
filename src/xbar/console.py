"""Lines on the terminal during a run: networks in training, their results, jobs that are left, causes of failures.

Snakemake prints every job with all its files. This module turns its events into the lines that matter to a person. Its
own account stays in .snakemake/log.
"""

import logging
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.common import LogEvent

from xbar.files import read_rows
from xbar.job import cause

HIDDEN = {
    LogEvent.JOB_INFO,
    LogEvent.JOB_STARTED,
    LogEvent.JOB_FINISHED,
    LogEvent.JOB_ERROR,
    LogEvent.GROUP_INFO,
    LogEvent.GROUP_ERROR,
    LogEvent.PROGRESS,
    LogEvent.RUN_INFO,
    LogEvent.RESOURCES_INFO,
    LogEvent.WORKFLOW_STARTED,
}
CHATTER = (  # further lines of Snakemake that tell a person nothing
    "Select jobs to execute",
    "Shutting down, this might take some time.",
    "Exiting because a job execution failed.",
    "Complete log(s):",
    "Elapsed time:",
    "Assuming unrestricted shared filesystem usage.",
    "Building DAG of jobs",
    "Using shell:",
    "Provided cores:",
    "Rules claiming more threads",
    "Provided resources:",
    "Using workflow specific profile",
    "Config file ",
    "host:",
    "Conda environments: ignored",
    "Removing output files of failed job",
    "WorkflowError:\nAt least one job did not complete successfully.",
    "RuleException:\nCalledProcessError in file",  # a script that failed: its own log holds the cause
)
MOST_CAUSES = 5


class Console(logging.Handler):
    """Prints the events of Snakemake as lines on standard error, in the process that runs the workflow."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[int, tuple[str, dict[str, str], list[str]]] = {}
        self.causes: dict[int, str] = {}  # by job, of its last attempt; a job that then succeeds has none
        self.done, self.total = 0, 0
        self.began_s = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._follow(record.__dict__)
        except Exception:  # raised here, it would stop Snakemake's scheduler
            self.handleError(record)

    def _follow(self, about: Mapping[str, Any]) -> None:
        match about.get("event"):
            case LogEvent.RUN_INFO:
                self.total = about["stats"]["total"]
            case LogEvent.JOB_INFO:
                self._begun(about)
            case LogEvent.JOB_FINISHED:
                self._finished(about["job_id"])
            case LogEvent.PROGRESS:
                self.done, self.total = about["done"], about["total"]
            case LogEvent.JOB_ERROR:
                self._failed(about)

    def _begun(self, about: Mapping[str, Any]) -> None:
        wildcards = {name: str(value) for name, value in about["wildcards"].items()}
        self.jobs[about["jobid"]] = about["rule_name"], wildcards, list(about["output"])
        if about["rule_name"] == "train_network":
            self.tell(f"{named(wildcards)} trains; log: {about['log'][0]}")

    def _finished(self, job: int) -> None:
        self.done += 1
        self.causes.pop(job, None)
        rule, wildcards, outputs = self.jobs.get(job, ("", {}, []))
        if text := reached(rule, outputs):
            self.tell(f"{named(wildcards)}: {text}")

    def _failed(self, about: Mapping[str, Any]) -> None:
        rule, wildcards, _ = self.jobs[about["jobid"]]
        job = " ".join([rule, *wildcards.values()])
        log = Path(about["log"][0])
        why = cause(log) if log.parent.is_dir() else f"its log: {about['log'][0]}"  # in a bucket
        self.causes[about["jobid"]] = f"{job}: {why}"
        self.tell(f"{job} failed; jobs that are running may finish")

    def tell(self, text: str) -> None:
        """Print a line with the time since the start (minutes:seconds) and the number of finished jobs."""
        minutes, seconds = divmod(round(time.monotonic() - self.began_s), 60)
        print(f"{minutes:3d}:{seconds:02d}  {self.done:3d} of {self.total} jobs  {text}", file=sys.stderr, flush=True)

    def rules(self) -> set[str]:
        """The rules of the jobs that have begun."""
        return {rule for rule, _, _ in self.jobs.values()}

    def failures(self) -> list[str]:
        """The cause of each failed job, one line each, for at most MOST_CAUSES jobs."""
        further = len(self.causes) - MOST_CAUSES
        return [*self.causes.values()][:MOST_CAUSES] + ([f"and {further} more jobs"] if further > 0 else [])


def named(wildcards: Mapping[str, str]) -> str:
    """A network and its seed in words; for other jobs their wildcards."""
    if set(wildcards) == {"network", "seed"}:
        return f"{wildcards['network']}, seed {wildcards['seed']}"
    return " ".join(wildcards.values())


def reached(rule: str, outputs: list[str]) -> str:
    """What a finished job measured, in words; empty for jobs that measure nothing."""
    files = {Path(path).name: path for path in outputs if Path(path).exists()}  # others lie in a bucket
    if not files:
        return ""
    if rule == "train_network":
        last = read_rows(files["history.csv"])[-1]
        held_out = last["validation_accuracy"]  # empty where no fold is held out
        epochs = "1 epoch" if last["epoch"] == "1" else f"{last['epoch']} epochs"
        return epochs + (f", validation accuracy {100 * float(held_out):.1f} %" if held_out else "")
    if rule in ("evaluate_float", "evaluate_crossbars"):
        condition = "float" if rule == "evaluate_float" else "noisy"
        rows = read_rows(files["accuracy.csv"])
        found = [float(row["accuracy"]) for row in rows if (row["split"], row["condition"]) == ("test", condition)]
        where = "in floating point" if condition == "float" else f"on {len(found)} noisy chips"
        return f"test accuracy {100 * sum(found) / len(found):.1f} % {where}"
    if rule == "choose_architecture":
        return f"the search chose an architecture: {files['architecture.json']}"
    return ""


def quieten(handler: logging.Handler) -> None:
    """Hide from Snakemake's own handler what `Console` says in other words. Errors and warnings stay."""
    handler.addFilter(
        lambda record: record.__dict__.get("event") not in HIDDEN and not str(record.msg or "").startswith(CHATTER)
    )
