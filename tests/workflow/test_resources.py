"""What rules reserve, as Snakemake plans it where there is a GPU."""

import os
import re

from support.project import JOB

ON_GPU = {
    "train_network", "score_inputs", "run_trials", "run_final", "evaluate_float", "evaluate_crossbars",
    "evaluate_variant",
    "count_confusions",
}  # fmt: skip


def test_a_gpu_is_reserved_by_what_computes_there_and_by_nothing_else(finished, tmp_path, monkeypatch):
    """A program of that name is what the workflow takes for a GPU."""
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    answer = finished._replace(folder=tmp_path).snakemake("--dry-run")
    reserved = {job[1]: re.search(r"^    resources: .*$", job[0], re.MULTILINE) for job in JOB.finditer(answer.stdout)}
    assert set(reserved) > ON_GPU, answer.stdout
    for rule, line in reserved.items():
        given = dict(re.findall(r"(\w+)=([^,]+)", line[0])) if line else {}
        assert (given.get("gpu", "0") == "1") == (rule in ON_GPU), rule
        assert rule == "all" or (int(given["mem_mb"]) > 0 and int(given["runtime"]) > 0), rule
