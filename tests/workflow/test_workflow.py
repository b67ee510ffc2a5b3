"""The whole workflow on its smallest preset: it finishes, leaves what it promises, and reruns what changed only."""

import csv
import json
import math
import os
import re
import shutil
import time

import pytest
import yaml
from snakemake.utils import update_config
from support.entries import FIGURES, TABLES
from support.project import ROOT, SMALLEST

from xbar.checks.run import check_config
from xbar.config.config import read_config

COSTS = {"price_network", "simulate_system", "compare_costs"}
REPORT = {"collect", "make_tables", "plot_figures", "write_provenance"}
SEARCH = {  # a search that weighs energy reads prices, and so does the network that it chooses
    "propose_trials", "run_trials", "run_final", "choose_architecture", "train_network", "map_network",
    "evaluate_crossbars",
}  # fmt: skip
NETWORKS = ["digits-float", "digits-2b-signed", "digits-2b-unipolar", "digits-2b-searched"]
TRAINED = {(name, "0") for name in NETWORKS}


def rules(jobs):
    return {job.split()[0] for job in jobs}


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_and_figure_is_there_and_on_the_page(finished):
    report = finished.folder / "results/report"
    assert {path.stem for path in report.glob("tables/*.md")} == set(TABLES)
    page = (report / "index.html").read_text()
    for ending in ("svg", "png"):
        assert {path.stem for path in report.glob(f"figures/*.{ending}")} == set(FIGURES)
    (empty,) = re.findall(r"This run has no data for: (.*?)\.</p>", page)
    for kind, names in (("figure", {*FIGURES, "time"}), ("table", set(TABLES))):
        on_it, without = re.findall(rf'id="{kind}-(\w+)"', page), re.findall(rf"{kind} (\w+)", empty)
        assert sorted([*on_it, *without]) == sorted(names) and "claims" in on_it
    assert len(page.encode()) < 2e6
    assert all(path.stat().st_size > 80 for path in report.rglob("*.*") if path.name != ".snakemake_timestamp")


def test_accuracies_are_those_of_learned_digits(finished):
    """Ten classes: chance is 0.1, and two epochs teach most. Every network and seed is there."""
    table = rows(finished.folder / "results/report/tables/accuracy.csv")
    assert {(row["network"], row["seed"]) for row in table} == TRAINED
    test = [row for row in table if row["split"] == "test" and row["condition"] in ("float", "ideal")]
    assert len(test) == len(TRAINED)
    assert all(0.6 < float(row["accuracy"]) <= 1 for row in test)


def test_costs_cover_the_four_corners(finished):
    table = rows(finished.folder / "results/report/tables/cost.csv")
    corners = {row["corner"] for row in table}
    assert corners == {"signed-own", "signed-shared", "unipolar-own", "unipolar-shared"}
    for key in ("area_um2", "energy_pJ"):
        assert all(float(row[key]) >= 0 and math.isfinite(float(row[key])) for row in table)


def test_claims_hold_what_was_found_without_a_verdict_on_other_data(finished):
    table = rows(finished.folder / "results/report/claims.csv")
    assert ",".join(table[0]).startswith("claim,paper_version,quantity,paper,ours,low,high,n,unit,verdict,artefact")
    assert {row["claim"] for row in table} == {"accuracy", "area-saving", "energy-saving"}
    assert {(row["verdict"], row["rule"]) for row in table} == {("not the paper's data", "")}
    assert {row["comparison"] for row in table} == {"", "digits-2b", "digits-2b-searched"}
    assert all(row["ours"] for row in table)


def test_both_sides_of_the_comparison_have_two_bits(finished):
    table = rows(finished.folder / "results/report/tables/accuracy.csv")
    bits = {row["network"]: row["weight_bits"] for row in table}
    assert {bits[name] for name in ("digits-2b-signed", "digits-2b-unipolar", "digits-2b-searched")} == {"2"}


def test_provenance_knows_configuration_jobs_and_inputs(finished):
    record = json.loads((finished.folder / "results/report/provenance.json").read_text())
    whole = {"raw_data": "anywhere", **record["config"]}  # where files lie is nobody's business
    assert read_config(whole).model_dump(mode="json") == whole and "raw_data" not in record["config"]
    trained = [job["job"] for job in record["jobs"] if job["rule"] == "train_network"]
    assert sorted(trained) == sorted(f"{name}/seed{seed}" for name, seed in TRAINED)
    assert record["preset"] == "smallest"
    assert set(record["inputs"]) == {"digits"}
    assert record["packages"]["snakemake"]


def test_each_training_logs_its_epochs(finished):
    log = (finished.folder / "results/logs/train_network/digits-float/seed0.log").read_text()
    assert "epoch 1/" in log
    assert "left" in log


def test_a_report_without_what_it_was_made_from_is_made_again(finished, tmp_path):
    """As where a report was copied alone; all of one moment, so that no date asks for more."""
    shutil.copytree(finished.folder / "results/report", tmp_path / "results/report")
    now = time.time()
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (now, now))
    planned = finished._replace(folder=tmp_path).planned()
    assert {f"train_network {name} {seed}" for name, seed in TRAINED} <= planned
    assert rules(planned) >= REPORT | COSTS | {"fetch_dataset", "evaluate_crossbars"}


def test_a_price_reruns_cost_and_report_only(finished):
    prices = finished.root / "workflow/reference/components.csv"
    before = prices.read_text()
    table = list(csv.reader(before.splitlines()))
    column = table[0].index("value")
    row = next(i for i, cells in enumerate(table) if i and float(cells[column] or 0) > 0)
    table[row][column] = str(2 * float(table[row][column]))
    try:
        with prices.open("w", newline="") as file:
            csv.writer(file).writerows(table)
        planned = finished.planned()
    finally:
        prices.write_text(before)
    assert rules(planned) == COSTS | {"validate_costs"} | REPORT | SEARCH
    assert {job for job in planned if job.startswith("train")} == {"train_network digits-2b-searched 0"}


def test_a_coefficient_of_a_device_reruns_evaluations_and_a_note_nothing(finished):
    """As in a finished run, which leaves nothing to do."""
    laws = finished.root / "workflow/reference/devices.csv"
    before = laws.read_text()
    assert before.count(",0.26348,") == 1
    try:
        laws.write_text(before.replace(",0.26348,", ",0.27,"))
        another_value = finished.planned()
        laws.write_text(before.rstrip("\n") + " and a further note\n")
        another_note = finished.planned()
    finally:
        laws.write_text(before)
    assert rules(another_value) == {"evaluate_variant"} | REPORT  # only the drift of PCM reads it
    assert all(" drift " in job for job in another_value if job.startswith("evaluate_variant"))
    assert another_note == set()


def test_a_choice_of_one_network_reruns_it_and_what_follows(finished):
    name = "digits-2b-unipolar"
    planned = finished.planned({"networks": {name: {"adc_bits": 7}}})
    own = (
        "train_network", "map_network", "evaluate_crossbars", "evaluate_variant", "compare_wires", "count_confusions",
    )  # fmt: skip
    stages = {job for job in planned if job.startswith(own)}
    assert {f"{rule} {name} 0" for rule in own[:3]} <= stages
    assert all(f" {name} " in job for job in stages)
    assert rules(planned - stages) == COSTS | REPORT


def test_another_seed_trains_that_seed_only_and_a_warm_start_the_networks_that_start_from_it(finished):
    """What the run does not read counts for nothing."""
    overlay = {
        "datasets": {"cifar10": {"folds": 5}},
        "run": {"seeds": {"digits-2b-unipolar": 2, "har-float": 7}},
        "networks": {"digits-float": {"training": "digits-unipolar"}},
    }
    trained = {job.removeprefix("train_network ") for job in finished.planned(overlay) if job.startswith("train")}
    assert trained == {"digits-2b-unipolar 1", "digits-float 0", "digits-2b-signed 0"}


FAULTS = """
training: {digits: {learning_rate: 1e-1}}
devices: {nvm: {programing_noise: 0.04}}
networks: {digits-float: {weight_bits: 2}}
evaluation: {chips: ten}
"""


def test_a_wrong_configuration_is_refused_in_one_line_for_each_fault(finished):
    """What an entry holds, then how entries fit each other, then what the tables of published values hold."""
    assert sorted(refused(finished, FAULTS)) == [
        "config.yaml: devices.nvm.programing_noise: unknown key",
        "config.yaml: evaluation.chips: 'ten' is not allowed: Input should be a valid integer",
        "config.yaml: networks.digits-float: polarity float takes no weight_bits",
        "config.yaml: training.digits.learning_rate: '1e-1' is not allowed: Input should be a valid number",
    ]
    (line,) = refused(finished, "devices: {pcm: {ageing: pmc}}")
    assert line == "config.yaml: devices.pcm.ageing: 'pmc' is not one of none, pcm"


def refused(project, overlay):
    """The complaints of a start that is refused."""
    path = project.folder / "wrong.yaml"
    path.write_text(overlay)
    answer = project.snakemake("--dry-run", presets=[SMALLEST, path])
    assert answer.returncode == 1
    assert "Traceback" not in answer.stdout
    return [line for line in answer.stdout.splitlines() if line.startswith("config.yaml:")]


@pytest.mark.parametrize("preset", sorted((ROOT / "workflow/presets").glob("*.yaml")), ids=lambda path: path.stem)
def test_presets_are_overlays_that_fit(preset):
    overlay = yaml.safe_load(preset.read_text())
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    assert set(overlay) < set(config)
    update_config(config, overlay)
    check_config(read_config(config))


def test_html_report_holds_itself(finished):
    answer = finished.snakemake("--report", "report.html")
    assert answer.returncode == 0, answer.stdout
    page = (finished.folder / "report.html").read_text()
    assert not [host for host in ('src="http', 'href="http') if f"<script {host}" in page or f"<link {host}" in page]


def test_a_changed_table_remakes_what_reads_it_only(finished):
    table = finished.folder / "results/report/tables/wires.csv"
    before, date = table.read_text(), table.stat().st_mtime_ns
    try:
        table.write_text(before + before.splitlines()[-1] + "\n")
        planned = finished.planned()
    finally:
        table.write_text(before)
        os.utime(table, ns=(date, date))
    assert planned == {"make_tables", "write_provenance"}  # no figure reads it
