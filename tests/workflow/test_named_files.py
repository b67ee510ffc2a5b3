"""Files and names that a user chooses: they count by content, work with every character that is allowed, and are
refused in one line otherwise; results and clones can be moved."""

import os
import re
import shutil

import pytest
import torch
import yaml
from safetensors.torch import save_file
from support.project import SMALLEST

STRANGE = "a {b} 'c' \"d\" (ü)+"  # what Snakemake allows in a folder of results and in a path of the user's
NAME = "2b.own_net-v1+"
PLAN = re.compile(r"^(?:local)?rule (\w+):$", re.MULTILINE)


@pytest.fixture(scope="module")
def moved(finished, tmp_path_factory):
    """The results elsewhere, and another clone whose files are all of today."""
    base = tmp_path_factory.mktemp("moved")
    clone = shutil.copytree(finished.root, base / STRANGE.replace("{", "").replace("}", ""))
    for path in clone.rglob("*.*"):
        path.touch()
    return finished._replace(root=clone, folder=shutil.copytree(finished.folder, base / STRANGE))


def older(path, write):
    """Replace a file by one of an older date, as `cp -p`, `mv` and `rsync -a` do."""
    date = path.stat().st_mtime - 86400
    write(path)
    os.utime(path, (date, date))


def save(path, scale=1.0):
    save_file({"1.weight": torch.linspace(-scale, scale, 640).reshape(10, 64), "1.bias": torch.zeros(10)}, path)


def test_another_clone_and_moved_results_rerun_nothing(moved):
    assert moved.planned() == set()


def test_a_home_folder_that_cannot_be_written_is_not_needed(moved, monkeypatch):
    """For the cheapest figure; next, while nothing else is to be made anew."""
    monkeypatch.setenv("HOME", "/proc/none")
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    done = moved.snakemake("--force", "results/report/time.svg")
    assert done.returncode == 0, done.stdout
    assert "/proc/none" not in done.stdout and "Matplotlib" not in done.stdout


def test_files_that_the_user_names_count_by_content(moved):
    """Under strange names; what is replaced reruns whatever its date, what is only touched does not."""
    weights, prices = moved.folder / f"{STRANGE}.safetensors", moved.folder / f"{STRANGE}.csv"
    save(weights)
    table = (moved.root / "workflow/reference/components.csv").read_text()
    prices.write_text(table)
    layers = [{"Flatten": {}}, {"Linear": {"in_features": 64, "out_features": 10}}]
    own = {"weights": weights.name, "dataset": "digits", "layers": layers, "weight_bits": 4, "chips": 1}
    overlay = moved.folder / "overlay.yaml"
    overlay.write_text(yaml.safe_dump({"own_networks": {NAME: own}, "circuit": {"extra_components": [str(prices)]}}))
    presets = [SMALLEST, overlay]
    targets = [f"results/own/{NAME}/accuracy.csv", "results/costs/validation.csv"]
    done = moved.snakemake(*targets, presets=presets)
    assert done.returncode == 0, done.stdout

    weights.touch()
    older(prices, lambda path: path.write_text(table.replace("\r", "").rstrip("\n") + "\n\n"))
    assert set(PLAN.findall(moved.snakemake("--dry-run", *targets, presets=presets).stdout)) == {"validate_costs"}
    prices.write_text(table)
    older(weights, lambda path: save(path, 2.0))
    own_jobs = {"take_own", "map_own"}
    assert set(PLAN.findall(moved.snakemake("--dry-run", *targets, presets=presets).stdout)) == own_jobs


def test_every_allowed_name_works_and_a_table_of_an_older_date_counts(moved):
    """Names in each block where they are wildcards, beside a name of which it is a pattern. No name reruns the check
    against published chips, but their table does."""
    chips = moved.root / "workflow/reference/chips.csv"
    before = chips.read_text()
    older(chips, lambda path: path.write_text(before.replace(",", ", ", 1)))
    config = yaml.safe_load((moved.root / "config.yaml").read_text())
    network = config["networks"]["digits-2b-unipolar"] | {
        "architecture": NAME,
        "training": NAME,
        "warm_start": None,
        "teacher": None,
    }
    overlay = {
        "networks": {NAME: network | {"device": NAME, "crossbar": NAME}},
        "architectures": {NAME: config["architectures"]["digits-cnn"]},
        "training": {NAME: config["training"]["digits"]},
        "devices": {NAME: config["devices"]["nvm"]},
        "crossbars": {NAME: config["crossbars"]["array-72x64"]},
        "variants": {NAME: {"networks": [NAME], "chips": 1}},
        "comparisons": {NAME: {"signed": "digits-2b-signed", "unipolar": NAME}},
        "searches": {NAME + "s": config["searches"]["digits-2b"]},
        "run": {
            "networks": ["digits-2b-signed", "digits-float", NAME],
            "comparisons": [NAME],
            "variants": [NAME],
            "searches": [NAME + "s"],
        },
    }
    try:
        planned = moved.planned(overlay)
    finally:
        chips.write_text(before)
    assert {
        f"train_network {NAME} 0",
        f"map_network {NAME} 0",
        f"price_network {NAME}",
        f"compare_costs {NAME}",
    } <= planned
    assert {f"evaluate_variant {NAME} {NAME} 0", f"choose_architecture {NAME}s", "validate_costs"} <= planned


def test_a_clone_in_which_snakemake_finds_no_files_is_refused(finished, tmp_path):
    clone = shutil.copytree(finished.root, tmp_path / "a{b}")
    answer = finished._replace(root=clone).snakemake("--dry-run")
    assert answer.returncode == 1 and "Traceback" not in answer.stdout
    assert f"{clone}: Snakemake finds no files behind a '{{'; move the clone to another folder" in answer.stdout


def test_a_key_that_stands_twice_in_an_overlay_is_refused(finished, tmp_path):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("evaluation: {chips: 1}\nevaluation: {sweep_chips: 1}\n")
    answer = finished._replace(folder=tmp_path).snakemake("--dry-run", presets=[overlay])
    assert answer.returncode == 1 and "Traceback" not in answer.stdout
    assert f"{overlay}:2: duplicate key 'evaluation', first in line 1" in answer.stdout


def test_weights_that_are_not_there_are_one_line(moved):
    own = {"weights": "~/none.pt", "dataset": "digits", "layers": [{"Flatten": {}}], "weight_bits": 4}
    overlay = moved.folder / "none.yaml"
    overlay.write_text(yaml.safe_dump({"own_networks": {"none": own}}))
    presets = [SMALLEST, overlay]
    answer = moved.snakemake("--dry-run", "results/own/none/accuracy.csv", presets=presets)
    assert answer.returncode == 1 and "Traceback" not in answer.stdout
    assert f"config.yaml: own_networks.none.weights: no file {os.path.expanduser('~/none.pt')}" in answer.stdout
    assert not (moved.folder / "~").exists()
