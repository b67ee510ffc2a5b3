"""The words of profiles/cluster-generic/status.sh, for what SLURM's commands answer."""

import os
import subprocess
from pathlib import Path

import pytest

STATUS = Path(__file__).parents[3] / "profiles/cluster-generic/status.sh"
FORGOTTEN = "slurm_load_jobs error: Invalid job id specified"


@pytest.mark.parametrize(
    ("queue", "controller", "word"),
    [
        ("COMPLETED", "", "success"),
        ("PENDING", "", "running"),
        ("STAGE_OUT", "", "running"),
        ("OUT_OF_MEMORY", "", "failed"),
        ("", "JobId=7 JobName=a JobState=COMPLETED Reason=None", "success"),
        (FORGOTTEN, "JobId=7 JobName=a JobState=TIMEOUT Reason=TimeLimit", "failed"),
        (FORGOTTEN, FORGOTTEN, "failed"),
        ("slurm_load_jobs error: Unable to contact slurm controller", "", "running"),
    ],
)
def test_what_became_of_a_job(tmp_path, queue, controller, word):
    for name, answer in (("squeue", queue), ("scontrol", controller)):
        (tmp_path / name).write_text(f"#!/bin/sh\n[ -z '{answer}' ] || echo '{answer}'\n")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(["bash", STATUS, "7"], capture_output=True, text=True, env=os.environ | {"PATH": path})
    assert (done.stdout, done.stderr) == (f"{word}\n", "")
