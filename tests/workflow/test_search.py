"""One search on digits twice: on two cores, and on one with a kill in the middle; the chosen network is the same."""

import os
import shutil
import signal
import time

import pytest
import yaml
from support.project import SMALLEST

from xbar.files import read_json, read_rows

# Two jobs at once in each generation; the second is guided by the model, which begins behind eight trials.
SEARCH = {"generations": 2, "trials": 5, "trials_per_job": 3, "epochs": 2, "finals": None}
TARGETS = [f"results/searches/digits-2b/{name}" for name in ("architecture.json", "trials.csv")]


@pytest.fixture(scope="module")
def presets(finished, tmp_path_factory):
    overlay = tmp_path_factory.mktemp("presets") / "search.yaml"
    overlay.write_text(yaml.safe_dump({"searches": {"digits-2b": SEARCH}}))
    return [SMALLEST, overlay]


def beside(finished, name):
    """A folder to run in, with the dataset of the finished run."""
    project = finished._replace(folder=finished.folder.with_name(name))
    shutil.copytree(finished.folder / "results/datasets", project.folder / "results/datasets")
    return project


def outcome(project):
    return [(project.folder / target).read_bytes() for target in TARGETS]


def kill_in_the_middle(process, project):
    """Kill the workflow with all its jobs once the first trial of a job is done; the finished trials by time."""
    trials = project.folder / "results/searches/digits-2b/seed0/trials"
    for _ in range(1200):
        if done := list(trials.glob("*.json")):
            break
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return {path: path.stat().st_mtime_ns for path in done}


def test_outcome_depends_neither_on_cores_nor_on_a_crash(finished, presets):
    two, killed = (beside(finished, f"search-{name}") for name in ("two", "killed"))
    running = [two.start("--cores=2", *TARGETS, presets=presets)]
    done = kill_in_the_middle(killed.start("--cores=1", *TARGETS, presets=presets), killed)
    assert not (killed.folder / TARGETS[0]).exists()
    running.append(killed.start("--nolock", "--cores=1", *TARGETS, presets=presets))  # test_faults.py unlocks
    for process in running:
        output, _ = process.communicate()
        assert process.returncode == 0, output
    assert outcome(two) == outcome(killed)
    assert {path: path.stat().st_mtime_ns for path in done} == done  # no finished trial was made again

    rows, chosen = read_rows(two.folder / TARGETS[1]), read_json(two.folder / TARGETS[0])
    assert sorted(int(row["trial"]) for row in rows) == list(range(10))
    assert {row["state"] for row in rows} == {"complete"}
    assert [row["trial"] for row in rows if row["chosen"] == "1"] == [str(chosen["trial"])]


def test_finals_decide_where_there_are_some(finished):
    chosen, rows, finals = (
        read(finished.folder / f"results/searches/digits-2b/{name}")
        for read, name in ((read_json, "architecture.json"), (read_rows, "trials.csv"), (read_rows, "finals.csv"))
    )
    assert [row["validation_accuracy"] for row in finals if row["chosen"] == "1"] == [str(chosen["accuracy"])]
    assert [row["finalist"] for row in finals][-1] == "given" and 2 <= len(finals) <= 3
    assert [row["trial"] for row in rows if row["chosen"] == "1"] == [str(chosen["trial"])]
