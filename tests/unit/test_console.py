"""The console: lines from Snakemake's events, and and when a job counts as failed."""

import logging

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from xbar.console import CHATTER, Console, quieten
from xbar.files import write_rows
from xbar.job import cause


def event(kind, **about):
    record = logging.makeLogRecord({"msg": "", "levelno": logging.INFO})
    record.__dict__.update(about, event=kind)
    return record


def begin(console, job, rule, outputs=(), log="a.log", **wildcards):
    about = {"rule_name": rule, "wildcards": wildcards, "output": list(outputs), "log": [log]}
    console.emit(event(LogEvent.JOB_INFO, jobid=job, **about))


def test_a_training_is_told_when_it_begins_and_what_it_reached(capsys, tmp_path):
    columns = ("epoch", "validation_accuracy")
    write_rows(
        tmp_path / "history.csv", columns, [dict(zip(columns, row, strict=True)) for row in ((1, 0.5), (2, 0.912))]
    )
    console = Console()
    console.emit(event(LogEvent.RUN_INFO, stats={"total": 7}))
    begin(console, 3, "train_network", [tmp_path / "history.csv"], network="mine", seed="1")
    console.emit(event(LogEvent.JOB_FINISHED, job_id=3))
    began, reached = capsys.readouterr().err.splitlines()
    assert began.endswith("0 of 7 jobs  mine, seed 1 trains; log: a.log")
    assert reached.endswith("1 of 7 jobs  mine, seed 1: 2 epochs, validation accuracy 91.2 %")


def test_accuracies_are_means_over_noisy_chips(capsys, tmp_path):
    rows = [("test", "noisy", 0.9), ("test", "noisy", 0.8), ("test", "ideal", 1.0), ("validation", "noisy", 0.1)]
    columns = ("split", "condition", "accuracy")
    write_rows(tmp_path / "accuracy.csv", columns, [dict(zip(columns, row, strict=True)) for row in rows])
    console = Console()
    begin(console, 1, "evaluate_crossbars", [tmp_path / "accuracy.csv"], network="mine", seed="0")
    console.emit(event(LogEvent.JOB_FINISHED, job_id=1))
    assert capsys.readouterr().err.endswith("mine, seed 0: test accuracy 85.0 % on 2 noisy chips\n")


def test_files_in_a_bucket_are_not_read(capsys):
    """Snakemake tells their addresses, and takes its own copies away."""
    console = Console()
    place, log = (f"s3://xbar/results/{name} (send to storage)" for name in ("networks/mine/history.csv", "logs/a.log"))
    begin(console, 3, "train_network", [place], log=log, network="mine")
    console.emit(event(LogEvent.JOB_FINISHED, job_id=3))
    assert (console.done, capsys.readouterr().err.count("\n")) == (1, 1)
    console.emit(event(LogEvent.JOB_ERROR, jobid=3, log=[log]))
    assert console.failures() == ["train_network mine: its log: s3://xbar/results/logs/a.log (send to storage)"]


def test_jobs_that_measure_nothing_are_counted_and_not_told(capsys):
    console = Console()
    begin(console, 1, "map_network", network="mine", seed="0")
    console.emit(event(LogEvent.JOB_FINISHED, job_id=1))
    assert (console.done, capsys.readouterr().err) == (1, "")
    assert console.rules() == {"map_network"}


def test_a_failed_job_is_told_with_the_cause_that_its_log_ends_with(capsys, tmp_path):
    log = tmp_path / "job.log"
    log.write_text(
        "x began: ready after 1.0 s\ncause: an earlier attempt\nx began: ready after 1.0 s\ncause: no disk\n"
    )
    console = Console()
    for job in range(7):
        begin(console, job, "train_network", log=str(log), network="mine", seed=str(job))
        console.emit(event(LogEvent.JOB_ERROR, jobid=job, log=[str(log)]))
    assert "train_network mine 6 failed" in capsys.readouterr().err
    assert console.failures()[0] == "train_network mine 0: no disk"
    assert console.failures()[5:] == ["and 2 more jobs"]


def test_a_job_that_succeeds_when_it_is_tried_again_is_no_failure(capsys, tmp_path):
    console = Console()
    begin(console, 1, "map_network", log=str(tmp_path / "none.log"), network="mine", seed="0")
    for _ in range(2):
        console.emit(event(LogEvent.JOB_ERROR, jobid=1, log=[str(tmp_path / "none.log")]))
    assert len(console.failures()) == 1, "of its last attempt"
    console.emit(event(LogEvent.JOB_FINISHED, job_id=1))
    assert console.failures() == []


def test_a_job_that_was_killed_has_no_cause_of_its_own(tmp_path):
    (tmp_path / "job.log").write_text("x began: ready after 1.0 s\ncause: old\nx began: ready after 1.0 s\nepoch 1\n")
    assert "out of memory" in cause(tmp_path / "job.log")
    assert "out of memory" in cause(tmp_path / "none.log")


def test_an_event_that_is_not_understood_stops_nothing(capsys):
    Console().emit(event(LogEvent.JOB_ERROR, jobid=1, log=[]))
    assert "KeyError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        (event(LogEvent.JOB_INFO), False),
        (event(LogEvent.PROGRESS), False),
        (logging.makeLogRecord({"msg": CHATTER[0] + "..."}), False),
        (logging.makeLogRecord({"msg": "MissingInputException in rule a"}), True),
        (logging.makeLogRecord({"msg": None}), True),
    ],
)
def test_errors_and_warnings_of_snakemake_stay(record, kept):
    handler = logging.StreamHandler()
    quieten(handler)
    assert bool(handler.filter(record)) == kept
