"""Runs whose data cannot be had end at once with the way out, or go on with the data that is there."""

import re
import shutil

import pytest
import yaml
from support.project import SMALLEST

from xbar.files import read_rows


@pytest.fixture(scope="module")
def offline(finished, tmp_path_factory):
    """A copy of the project, whose addresses nobody answers, and of the finished run."""
    base = tmp_path_factory.mktemp("offline")
    project = finished._replace(
        root=shutil.copytree(finished.root, base / "project"), folder=shutil.copytree(finished.folder, base / "run")
    )
    table = project.root / "workflow/reference/raw_files.csv"
    table.write_text(re.sub(r"https://[^,\n]+", "http://127.0.0.1:1/file", table.read_text()))
    return project


def test_the_default_run_without_data_ends_at_once_with_the_way_out(offline, tmp_path):
    answer = offline._replace(folder=tmp_path).snakemake(presets=[offline.root / "config.yaml"])
    *_, har, cifar10, advice, command = answer.stdout.strip().splitlines()
    assert answer.returncode == 1 and "Traceback" not in answer.stdout
    for line, name in ((har, "har"), (cifar10, "cifar10")):
        assert line.startswith(
            f"Missing data: {name}: {tmp_path}/results/datasets/raw and the folders in it were searched"
        )
        assert line.endswith("127.0.0.1:1: [Errno 111] Connection refused")
    assert advice == "Put the files there, or run the example that needs none:"
    assert command.strip() == "snakemake --cores 2 --configfile workflow/presets/digits.yaml"
    assert not list(tmp_path.glob("results/*"))


def test_what_needs_no_missing_data_is_run_and_the_claims_say_what_is_missing(offline):
    """Beside networks of missing data another change of the run: no search any more, and nothing left of its report."""
    run = yaml.safe_load(SMALLEST.read_text())["run"]
    run["networks"] += ["cifar10-float", "cifar10-2b-signed", "cifar10-2b-unipolar"]
    run["networks"].remove("digits-2b-searched")
    run["comparisons"] = ["digits-2b", "cifar10-2b"]
    overlay = offline.folder / "other.yaml"
    overlay.write_text(yaml.safe_dump({"run": run}))
    report = offline.folder / "results/report"
    assert (report / "tables/search.md").exists() and (report / "figures/front.svg").exists()
    answer = offline.snakemake(presets=[SMALLEST, overlay])
    assert answer.returncode == 0, answer.stdout
    assert "Missing data: cifar10: " in answer.stdout and "\nNot run: cifar10: " in answer.stdout
    assert "\nresults/report holds the report of the smallest run; this run overwrites" in answer.stdout
    rows = read_rows(offline.folder / "results/report/claims.csv")
    missing = [row for row in rows if row["dataset"] == "cifar10"]
    assert {row["verdict"] for row in missing} == {"not run"} and len(missing) == 4
    assert all(row["note"].startswith("cifar10: ") for row in missing)
    assert {row["dataset"] for row in rows if row["ours"]} == {"digits"}
    made = [*report.glob("tables/*.md"), *report.glob("figures/*.svg"), *report.glob("pages/*")]
    found = {path.stem for path in made}
    assert not found & {"search", "front", "polarity"} and "claims" in found
    assert "figure-front" not in (report / "index.html").read_text()
