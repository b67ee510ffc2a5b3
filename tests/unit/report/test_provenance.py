"""Provenance: configuration, code, software, machine and jobs of a run in one record."""

import os

import pytest
import torch

from xbar.report.provenance import commit, machine, processor, provenance


def test_a_job_without_a_benchmark_is_left_out(tmp_path):
    path = tmp_path / "benchmarks/train/net/seed0.tsv"
    path.parent.mkdir(parents=True)
    path.write_text("s\tcpu_time\tmax_rss\n1.5\t1.0\t99\n")
    config = {"preset": "small", "run": {"networks": ["net", "other"], "seeds": {"default": 2, "other": 1}}}
    record = provenance(config, [], ["train/net/seed0", "train/net/seed1"], tmp_path)
    assert record["preset"] == "small"
    assert [one["job"] for one in record["jobs"]] == ["net/seed0"]
    assert record["time"]["jobs"] == 1 and record["time"]["wall_s"] == 1.5
    assert record["seeds"] == {"net": [0, 1], "other": [0]}
    assert record["packages"]["pytest"] == pytest.__version__
    assert len(commit().get("hash", "0" * 40)) == 40


def test_the_machine_is_a_class_and_not_a_name(tmp_path):
    found = machine()
    assert os.uname().nodename not in str(found)
    assert len(found["gpus"]) == torch.cuda.device_count()
    assert found["vector_units"] in str(torch.__config__.show())
    table = tmp_path / "cpuinfo"
    table.write_text("processor\t: 0\nmodel name\t: A Processor\n")
    assert processor(table) == "A Processor"
