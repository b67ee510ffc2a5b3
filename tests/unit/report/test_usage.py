"""Usage: what benchmarks and logs of jobs say, and the sums over them."""

from types import SimpleNamespace

import psutil
import pytest

from xbar.report.usage import attempts, driver_cpu_s, job, times

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time"
INTERRUPTED = """\
2026-01-01 10:00:02,500  train/net/0 began: ready after 2.50 s
2026-01-01 10:00:10,000  epoch 1/3  loss 1.0
2026-01-01 11:00:01,000  train/net/0 began: ready after 1.00 s
2026-01-01 11:00:02,000  resumed after epoch 1 from checkpoint
2026-01-01 11:00:20,000  epoch 2/3  loss 0.9
2026-01-01 11:00:20,000  failed
Traceback (most recent call last):
OSError: [Errno 28] cannot write results/a: No space left on device
2026-01-01 12:00:03,000  train/net/0 began: ready after 3.00 s
2026-01-01 12:00:04,000  resumed after epoch 2 from checkpoint
2026-01-01 12:00:30,000  ended after 30.00 s, processor 29.00 s, 300 MB
"""


@pytest.fixture
def results(tmp_path):
    """Two jobs: a training that was interrupted twice, and a job too short to be sampled, without a log."""
    for name, values in {
        "train/net/seed0": "30.5\t0:00:30\t300.0\t1\t1\t1\t0\t0\t98\t1.5",
        "collect": "0.2" + "\tNA" * 9,
    }.items():
        path = tmp_path / f"benchmarks/{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{HEADER}\n{values}\n")
    (tmp_path / "logs/train/net").mkdir(parents=True)
    (tmp_path / "logs/train/net/seed0.log").write_text(INTERRUPTED)
    return tmp_path


def test_a_resumed_job_counts_all_its_attempts(results):
    """10 s and 20 s before the last attempt, by hand; processor time as the log says, not the benchmark's sample."""
    assert job("train/net/seed0", results) == {
        "rule": "train", "job": "net/seed0", "wall_s": 30.5, "cpu_s": 29.0, "peak_memory_mb": 300.0,
        "ready_s": 3.0, "attempts": 3, "earlier_s": 30.0,
    }  # fmt: skip


def test_attempts_that_were_not_resumed_do_not_count(tmp_path):
    log = tmp_path / "log"
    log.write_text(INTERRUPTED.replace("resumed after epoch 2 from checkpoint", "epoch 1/3  loss 1.0"))
    (found,) = attempts(log)
    assert (found.ready_s, found.cpu_s, str(found.start), str(found.end.time())) == (
        3.0, 29.0, "2026-01-01 12:00:00", "12:00:30",
    )  # fmt: skip
    assert attempts(tmp_path / "none") == []


def test_an_attempt_that_failed_has_the_benchmark_alone(results):
    """A job whose log lacks its end, as one of an earlier version: what Snakemake sampled."""
    log = results / "logs/train/net/seed0.log"
    log.write_text(INTERRUPTED.replace("ended after", "ends after"))
    assert job("train/net/seed0", results)["cpu_s"] == 1.5


def test_a_job_too_short_to_be_sampled_has_no_numbers(results):
    found = job("collect", results)
    assert (found["wall_s"], found["cpu_s"], found["ready_s"], found["attempts"]) == (0.2, None, None, 1)


def test_overhead_is_start_of_jobs_and_the_driver(results):
    found = times([job(name, results) for name in ("train/net/seed0", "collect")], 4.0)
    assert found["wall_s"] == 30.7 and found["earlier_s"] == 30.0 and found["cpu_s"] == 29.0
    assert found["overhead_share"] == pytest.approx((3 + 4) / (30.7 + 30 + 4), abs=1e-4)
    assert times([], None)["overhead_share"] is None


class Process:
    """What psutil says of one process; `refused`: it does not tell."""

    def __init__(self, words, seconds, *, refused=False):
        self.words, self.seconds, self.refused = words, seconds, refused

    def cmdline(self):
        if self.refused:
            raise psutil.AccessDenied
        return self.words

    def cpu_times(self):
        return SimpleNamespace(user=self.seconds, system=0.25)


@pytest.mark.parametrize(
    ("outer", "found"),
    [
        ([], 2.25),
        ([Process(["timeout", "60", "snakemake"], 0), Process(["uv", "run", "snakemake"], 0)], 2.25),
        ([Process([], 0, refused=True), Process(["init"], 9)], 2.25),
    ],
)
def test_the_driver_is_the_snakemake_that_computed(monkeypatch, outer, found):
    """Of a job's own, the one that started it and what that was started by."""
    parents = [Process(["bash"], 9), Process(["python", "-m", "snakemake"], 1), Process(["snakemake"], 2), *outer]
    monkeypatch.setattr("psutil.Process", lambda: SimpleNamespace(parents=lambda: parents))
    assert driver_cpu_s() == found


def test_without_snakemake_there_is_no_driver(monkeypatch):
    monkeypatch.setattr("psutil.Process", lambda: SimpleNamespace(parents=lambda: [Process(["bash"], 9)]))
    assert driver_cpu_s() is None
