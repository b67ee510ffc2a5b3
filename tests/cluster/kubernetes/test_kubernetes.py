"""The shipped Kubernetes profile: the real executor against a stand-in of the API server, the real S3 storage
against a local one. What is posted is right, and what pods leave in the bucket equals a local run."""

import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from support.project import ROOT, SMALLEST
from support.stand_ins import Cluster

NEEDED = ["snakemake_executor_plugin_kubernetes", "snakemake_storage_plugin_s3", "moto", "flask"]
MISSING = [name for name in NEEDED if find_spec(name) is None]
pytestmark = [
    pytest.mark.kubernetes,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (envs/cluster.txt)"),
]
KEYS = {"ACCESS_KEY": "key-of-the-test", "SECRET_KEY": "secret-of-the-test"}
TARGET = "results/networks/digits-float/seed0/accuracy.csv"
SEARCHED = "results/searches/digits-2b/trials.csv"
FILES = [Path(TARGET).with_name(name) for name in ("weights.safetensors", "history.csv", "accuracy.csv")]
SEARCH = ["propose_trials", "run_final", "run_final", "run_final", "run_trials"]  # two finals and the network given


@pytest.fixture
def cluster(tmp_path, monkeypatch) -> Iterator[Cluster]:
    """The stand-in; its pods find the Python of this environment, and a pip that has nothing to install."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "pip").write_text("#!/bin/sh\nexit 0\n")
    (programs / "pip").chmod(0o755)
    started = Cluster(tmp_path / "pods", f"{programs}:{Path(sys.executable).parent}")
    monkeypatch.setenv("KUBECONFIG", str(started.kubeconfig(tmp_path / "kubeconfig")))
    yield started
    started.stop()


@pytest.fixture
def bucket(tmp_path, monkeypatch) -> Iterator[str]:
    """The address of an empty bucket of a local S3."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "s3.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "--port", str(port)], stdout=log, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(urllib.request.Request(f"{address}/xbar", method="PUT")).close()
            break
        except OSError:
            time.sleep(0.1)
    else:
        raise AssertionError((tmp_path / "s3.log").read_text())
    for name, value in {
        "ENDPOINT_URL": address,
        "ACCESS_KEY": "key-of-the-test",
        "SECRET_KEY": "secret-of-the-test",
    }.items():
        monkeypatch.setenv(f"SNAKEMAKE_STORAGE_S3_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    yield f"{address}/xbar"
    server.kill()
    server.wait()


def test_pods_ask_for_what_the_rules_say_and_leave_what_a_local_run_leaves(finished, cluster, bucket, tmp_path):
    project = clone(finished.root, tmp_path / "clone")
    code, told = snakemake(project, "--workflow-profile", "kubernetes", "--seconds-between-status-checks", "1")
    pods = {log.parent.name: log.read_text() for log in cluster.pods.glob("*/pod.log")}
    assert code == 0, "\n".join([told, *pods.values()])

    posted = [rules(job) for job in cluster.jobs.values()]
    assert sorted(posted) == sorted([[rule] for rule in ("evaluate_float", "train_network", *SEARCH)])
    for job in cluster.jobs.values():
        (rule,) = rules(job)
        computes = rule in ("train_network", "run_trials", "run_final", "evaluate_float")
        check(job, gpu="1" if computes else "0", memory="2000M" if rule == "propose_trials" else "4000M")
    assert set(cluster.deleted) == {*cluster.jobs, *cluster.secrets}, "nothing stays on the cluster"
    assert not [value for value in KEYS.values() if value in str(cluster.jobs)]
    assert {*KEYS.values()} <= {value for secret in cluster.secrets.values() for value in secret.values()}

    assert not (project / TARGET).exists(), "files go through the bucket"
    for name in (*FILES, Path(SEARCHED)):
        signed = {"Authorization": f"AWS {KEYS['ACCESS_KEY']}:any"}  # this S3 checks that there is one, not which
        address = f"{bucket}/{name}"
        with urllib.request.urlopen(urllib.request.Request(address, headers=signed)) as content:
            assert content.read() == (finished.folder / name).read_bytes(), name


def clone(root: Path, folder: Path) -> Path:
    """The project as a repository, in which it also runs: pods get the files that are committed."""
    shutil.copytree(root, folder)
    shutil.copy(SMALLEST, folder / "smallest.yaml")
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "--message", "a clone"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def snakemake(project: Path, *options: str) -> tuple[int, str]:
    """Exit code and output of the workflow for a network and a search."""
    command = [sys.executable, "-m", "snakemake", TARGET, SEARCHED, "--cores", "2", *options]
    answer = subprocess.run(
        [*command, "--configfile", "smallest.yaml"],
        cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return answer.returncode, answer.stdout


def command_of(job) -> str:
    return job["spec"]["template"]["spec"]["containers"][0]["args"][-1]


def rules(job) -> list[str]:
    """The rules that a pod is told to run, off the command that was posted."""
    words = shlex.split(command_of(job))
    start = words.index("--allowed-rules") + 1
    names = []
    for word in words[start:]:
        if word.startswith("-"):
            break
        names.append(word)
    return sorted(names)


def check(job, gpu: str, memory: str) -> None:
    """Image, requests and limits of a pod, and a command that runs this workflow and nothing else."""
    profile = yaml.safe_load((ROOT / "profiles/kubernetes/profile.yaml").read_text())
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == profile["container-image"]
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    limits = container["resources"]["limits"]
    assert limits == {"cpu": "1000m", "memory": memory, "ephemeral-storage": "2000M", "nvidia.com/gpu": gpu}
    requests = container["resources"]["requests"]
    assert requests == limits | {"cpu": "950m"}
    assert re.search(r"python -m snakemake --snakefile '?Snakefile'? ", command_of(job)), command_of(job)
