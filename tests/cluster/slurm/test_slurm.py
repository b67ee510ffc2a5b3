"""The shipped profiles on real SLURM daemons: results of two chains, one with a search, equal those of a local run."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.project import Project

SCRIPT = Path(__file__).with_name("one-node.sh")
NEEDED = ["slurmctld", "slurmd", "munged", "runuser"]
MISSING = [name for name in NEEDED if shutil.which(name) is None]
REASONS = {
    f"not installed: {', '.join(MISSING)} (Debian: slurm-wlm, munge)": MISSING,
    "SLURM's daemons need root": os.geteuid() != 0,
    "snakemake-executor-plugin-slurm is not installed (envs/cluster.txt)": find_spec("snakemake_executor_plugin_slurm")
    is None,
    "this machine has a SLURM configuration of its own": Path("/etc/slurm/slurm.conf").exists(),
}
pytestmark = [
    pytest.mark.slurm,
    *(pytest.mark.skipif(bool(state), reason=reason) for reason, state in REASONS.items()),
]
CHAINS = ["results/crossbars/digits-2b-signed/seed0/accuracy.csv", "results/searches/digits-2b/architecture.json"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    folder = "/var/lib/xbar-slurm"  # munge trusts no folder below one that others may write to
    subprocess.run([SCRIPT, "start", folder], check=True, timeout=120)
    yield
    subprocess.run([SCRIPT, "stop", folder], check=True, timeout=60)


def test_results_equal_those_of_a_local_run_even_after_the_driver_was_killed(cluster, finished):
    """The first driver dies while trainings run; a second starts beside the orphans, which nobody cancels."""
    elsewhere = finished._replace(folder=finished.folder.with_name("slurm"))
    elsewhere.folder.mkdir()
    # the profile's default for the first look at the queue suits jobs of minutes
    options = ["--workflow-profile", "slurm", "--slurm-init-seconds-before-status-checks", "5"]
    first = elsewhere.start(*CHAINS, *options)
    await_training()
    first.kill()
    first.communicate()
    assert elsewhere.snakemake("--unlock").returncode == 0
    second = elsewhere.snakemake(*CHAINS, *options)
    assert second.returncode == 0, second.stdout
    assert second.stdout.count("has been submitted with SLURM jobid") >= 4
    assert_equal(elsewhere, finished, CHAINS)


def test_the_profile_for_other_schedulers_runs_with_the_commands_that_it_shows(cluster, finished):
    elsewhere = finished._replace(folder=finished.folder.with_name("generic"))
    elsewhere.folder.mkdir()
    target = "results/networks/digits-float/seed0/accuracy.csv"
    options = ["--workflow-profile", "cluster-generic", "--seconds-between-status-checks", "1"]
    answer = elsewhere.snakemake(target, *options)
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.count("with external jobid") == 2, "the training and its evaluation"
    assert_equal(elsewhere, finished, [target])


def assert_equal(elsewhere: Project, finished: Project, targets: list[str]) -> None:
    """The targets are there, and every file equals that of the local run byte for byte."""
    made, expected = elsewhere.results(), finished.results()
    assert {target.removeprefix("results/") for target in targets} <= set(made)
    assert made == {name: expected[name] for name in made}


def await_training() -> None:
    """Wait until some training runs as a SLURM job."""
    for _ in range(600):
        queue = subprocess.run(["squeue", "-h", "-t", "R", "-o", "%k"], capture_output=True, text=True, check=True)
        if "train_network" in queue.stdout:
            return
        time.sleep(0.2)
    raise AssertionError(f"no training was running within two minutes: {queue.stdout}")
