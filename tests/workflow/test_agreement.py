"""Published reports against others: a comparison that sees what differs."""

import json
from pathlib import Path

import agreement
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "results/reference"


def only(monkeypatch, name):
    monkeypatch.setattr(agreement, "RULES", {name: agreement.RULES[name]})


def test_a_report_agrees_with_itself():
    compared, faults = agreement.agreement(lambda name: (REPORT / name).read_text(), REPORT)
    assert len(compared) == len(agreement.RULES)
    assert all(line.endswith(" 0 disagreements") and not line.split(": ")[1].startswith("0 ") for line in compared)
    assert all(line.split(" ")[1] == line.split(", ")[-3].removesuffix(" equal") for line in compared)
    assert faults == []


def test_what_made_both_reports_and_differs_in_their_configurations_is_told(tmp_path):
    record = json.loads((REPORT / "provenance.json").read_text())
    other = json.loads(json.dumps(record))
    other["config"]["training"]["har-float"]["epochs"] = 1
    other["config"]["raw_data"] = "elsewhere"
    other["machine"]["processor"] = "Abacus"
    (tmp_path / "provenance.json").write_text(json.dumps(other))
    committed, here, settings = agreement.origins(lambda name: json.dumps(record), tmp_path)
    assert committed.startswith(f"committed: commit {record['commit']['hash']}, {record['machine']['processor']}, ")
    assert ", Abacus, " in here
    assert settings == "configuration: differs in training.har-float"


@pytest.mark.parametrize(
    ("name", "column", "change", "told"),
    [
        (
            "claims.csv",
            "ours",
            lambda value: value + 1.5,
            "har-accuracy-float v1-v3 har har-float: ours 95.9",
        ),
        ("claims.csv", "ours", lambda value: value + 0.5, None),
        ("claims.csv", "verdict", lambda value: "refuted", "verdict 'not found' committed, 'refuted' here"),
        ("tables/accuracy.csv", "accuracy", lambda value: value - 0.05, "har-2b-unipolar noisy test: accuracy 0.95"),
        ("tables/accuracy.csv", "accuracy", lambda value: value - 0.009, None),
        ("tables/accuracy.csv", "accuracy", lambda value: float("nan"), "nan here; allowed: 0.01 apart"),
        ("tables/performance.csv", "energy_nJ", lambda value: value * 1.06, "energy_nJ"),
        ("tables/performance.csv", "area_mm2", lambda value: value * 1.001, "area_mm2"),
        ("tables/performance.csv", "energy_nJ", lambda value: value * 1.04, None),
    ],
)
def test_what_lies_further_apart_than_allowed_is_told(tmp_path, monkeypatch, name, column, change, told):
    only(monkeypatch, name)
    (tmp_path / "tables").mkdir()
    table = pd.read_csv(REPORT / name)
    table.assign(**{column: table[column].map(change)}).to_csv(tmp_path / name, index=False)
    compared, faults = agreement.agreement(lambda name: (REPORT / name).read_text(), tmp_path)
    (line,) = (line for line in compared if line.startswith(name))
    assert ", 0 equal," in line
    assert all(line.startswith(name) for line in faults)
    assert any(told in line for line in faults) if told else faults == []


def test_means_may_be_as_far_apart_as_their_seeds_spread(tmp_path, monkeypatch):
    """1.1 points: within the spread of three seeds with most noise, beyond that of the same network with little."""
    name = "tables/accuracy.csv"
    only(monkeypatch, name)
    (tmp_path / "tables").mkdir()
    table = pd.read_csv(REPORT / name)
    table.assign(accuracy=table["accuracy"] - 0.011).to_csv(tmp_path / name, index=False)
    (line,), faults = agreement.agreement(lambda name: (REPORT / name).read_text(), tmp_path)
    assert any("cifar10-4b-signed noisy test: " in fault for fault in faults)
    assert not any("cifar10-2b-unipolar noise-0.1 test: " in fault for fault in faults)
    rows, apart = int(line.split(" ")[1]), int(line.split(", ")[-2].split(" ")[0])
    single = int((table.groupby(["network", "condition", "split"]).size() == 1).sum())
    assert 0 < apart == rows - single - len(faults)


def test_one_chip_of_one_seed_may_be_three_points_apart(tmp_path, monkeypatch):
    name, wanted = "tables/accuracy.csv", "cifar10-2b-unipolar noise-0.1 test: "
    only(monkeypatch, name)
    (tmp_path / "tables").mkdir()
    table = pd.read_csv(REPORT / name)
    table = table[~table["network"].eq("cifar10-2b-unipolar") | table["seed"].eq(0)]
    told = {}
    for change in (0.025, 0.035):
        table.assign(accuracy=table["accuracy"] - change).to_csv(tmp_path / name, index=False)
        _, faults = agreement.agreement(lambda name: table.to_csv(index=False), tmp_path)
        told[change] = any(wanted in fault for fault in faults)
        assert any("cifar10-2b-unipolar noisy test: " in fault for fault in faults)
    assert told == {0.025: False, 0.035: True}


def test_means_are_over_the_seeds_that_both_have(tmp_path, monkeypatch):
    """Seeds of a row that only one report has would move its mean."""
    name = "tables/accuracy.csv"
    only(monkeypatch, name)
    (tmp_path / "tables").mkdir()
    table = pd.read_csv(REPORT / name)
    of_seed = table["network"].eq("har-2b-unipolar") & table["seed"].eq(4)
    assert of_seed.any()
    table[~of_seed].to_csv(tmp_path / name, index=False)
    compared, faults = agreement.agreement(lambda name: (REPORT / name).read_text(), tmp_path)
    assert (len(compared), faults) == (1, []) and ", 0 apart as their seeds are," in compared[0]
    table.assign(accuracy=table["accuracy"].mask(of_seed, 0.5)).to_csv(tmp_path / name, index=False)
    assert ", 0 apart" not in agreement.agreement(lambda name: (REPORT / name).read_text(), tmp_path)[0][0]


def test_a_committed_table_that_a_report_lacks_is_a_disagreement(tmp_path):
    (tmp_path / "claims.csv").write_text((REPORT / "claims.csv").read_text())
    compared, faults = agreement.agreement(lambda name: (REPORT / name).read_text(), tmp_path)
    assert len(compared) == 1
    assert faults == [f"{name}: committed, not in this report" for name in agreement.RULES if name != "claims.csv"]


def test_a_folder_without_a_report_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        agreement.main([str(tmp_path)])
    assert "has none of claims.csv, tables/accuracy.csv" in capsys.readouterr().err


def test_the_exit_status_tells(tmp_path, monkeypatch, capsys):
    """Against the last commit of the checkout, where the tests run in one."""
    if agreement.last_commit("results/reference")("claims.csv") is None:
        pytest.skip("no git checkout")
    only(monkeypatch, "claims.csv")
    table = pd.read_csv(REPORT / "claims.csv")
    table.assign(verdict="refuted").to_csv(tmp_path / "claims.csv", index=False)
    assert agreement.main([str(tmp_path)]) == 1
    assert "committed, 'refuted' here" in capsys.readouterr().out
