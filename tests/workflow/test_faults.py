"""A part of the fault campaign, benchmarks/faults, that is short enough for every test run."""

import os
import shutil
import signal
import time

TARGET = "results/crossbars/digits-2b-unipolar/seed0/accuracy.csv"


def test_a_second_workflow_is_refused_and_a_killed_one_recovers(finished):
    project = finished._replace(folder=finished.folder.with_name("killed"))
    shutil.copytree(finished.folder / "results/datasets", project.folder / "results/datasets")
    first = project.start(TARGET)
    for _ in range(12000):
        checkpoints = list(project.folder.glob("results/checkpoints/digits-2b-unipolar-seed0.*.pt"))
        if checkpoints or first.poll() is not None:
            break
        time.sleep(0.01)
    assert checkpoints, first.communicate()[0]

    os.killpg(first.pid, signal.SIGSTOP)  # else it would be done before the second has begun
    second = project.snakemake(TARGET)
    assert second.returncode == 1
    assert "LockException" in second.stdout

    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert project.snakemake("--unlock").returncode == 0
    again = project.snakemake(TARGET)
    assert again.returncode == 0, again.stdout
    made, expected = project.results(), finished.results()
    assert TARGET.removeprefix("results/") in made
    assert made == {name: expected[name] for name in made}
    log = (project.folder / "results/logs/train_network/digits-2b-unipolar/seed0.log").read_text()
    assert "resumed after epoch" in log
