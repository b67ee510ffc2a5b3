"""The log of a job: what a script run by Snakemake leaves there, and what the terminal sees of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from xbar import source
from xbar.job import cause, checkpoint_of, forget

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}  ")
SCRIPT = """
import logging, time, warnings
from types import SimpleNamespace
time.sleep({imports})
from xbar.job import begin
snakemake = SimpleNamespace(rule="train", wildcards=["net", 0], log=["logs/a/b.log"])
assert begin() is snakemake
logging.getLogger("xbar.training").info("epoch 1")
logging.getLogger("another").info("not ours")
{work}
"""


def run(folder: Path, work: str = "", imports: float = 0.0) -> tuple[subprocess.CompletedProcess, list[str]]:
    """The script as a process of its own in `folder`, and the lines of its log."""
    (folder / "script.py").write_text(SCRIPT.format(work=work, imports=imports))
    answer = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(source.PACKAGE.parent)},
        capture_output=True,
        text=True,
    )
    return answer, (folder / "logs/a/b.log").read_text().splitlines()


def test_a_job_tells_when_it_was_ready_and_what_it_used(tmp_path):
    answer, lines = run(tmp_path, imports=0.3, work="sum(range(5_000_000))")
    assert answer.returncode == 0
    assert all(LINE.match(line) for line in lines) and len(lines) == 3
    ready = float(re.search(r"train/net/0 began: ready after ([\d.]+) s$", lines[0])[1])
    ended = re.search(r"ended after (.*) s, processor (.*) s, (.*) MB$", lines[2])
    wall, processor, memory = map(float, ended.groups())
    assert 0.3 < ready < wall < 30
    assert 0.05 < processor < wall + 0.1
    assert 10 < memory < 1000


def test_the_terminal_sees_warnings_at_once_and_progress_once_a_minute(tmp_path):
    later = "import xbar.job\ntime.monotonic = lambda: 1e9\nlogging.getLogger('xbar').info('epoch 2')"
    answer, lines = run(tmp_path, work=f"warnings.warn('beware')\n{later}\nlogging.getLogger('xbar').info('epoch 3')")
    first, *_, last = answer.stderr.splitlines()
    assert first.startswith("train/net/0  ") and first.endswith("UserWarning: beware")
    assert last == "train/net/0  epoch 2", "a minute later, and the third is too soon after it"
    assert "began" not in answer.stderr and "not ours" not in answer.stderr
    assert [line.split("  ")[1] for line in lines if "epoch" in line] == ["epoch 1", "epoch 2", "epoch 3"]


def test_a_failure_leaves_its_cause_and_its_traceback_in_the_log(tmp_path):
    """Not on the terminal: there the workflow tells it, wherever the job ran."""
    answer, lines = run(tmp_path, work="raise ValueError('price.csv: no such\\n price')")
    assert (answer.returncode, answer.stderr) == (1, "")
    assert "Traceback (most recent call last):" in lines
    assert lines[-1].endswith("  cause: price.csv: no such price")
    assert cause(tmp_path / "logs/a/b.log") == "price.csv: no such price"


def test_a_fault_of_the_program_names_its_kind_and_the_log(tmp_path):
    run(tmp_path, work="{}['absent']")
    assert cause(tmp_path / "logs/a/b.log") == "KeyError: 'absent' (traceback: logs/a/b.log)"


def test_a_second_attempt_is_written_behind_the_first(tmp_path):
    run(tmp_path, work="raise SystemExit(3)")
    _, lines = run(tmp_path)
    assert [line for line in lines if "began" in line] == [lines[0], lines[-3]]


ON_DEMAND = {"publish_report"}  # no stage of the workflow


@pytest.mark.parametrize("script", sorted({path.stem for path in source.SCRIPTS.glob("*.py")} - ON_DEMAND))
def test_every_script_begins_its_log(script):
    assert "\nsnakemake = begin()\n" in (source.SCRIPTS / f"{script}.py").read_text(), (
        "snakemake = begin(), from xbar.job, after the imports"
    )


def test_a_finished_training_leaves_no_checkpoint_of_any_code(tmp_path):
    old, new, other = (checkpoint_of(tmp_path / name, code * 16) for name, code in
                       (("a[1].x.pt", "0"), ("a[1].x.pt", "1"), ("a[1].xy.pt", "1")))  # fmt: skip
    assert old.name == "a[1].x.000000000000.pt"
    for path in (old, new, other):
        path.touch()
    forget(new)
    assert list(tmp_path.iterdir()) == [other]
    forget(new)  # a training of no epoch has none
