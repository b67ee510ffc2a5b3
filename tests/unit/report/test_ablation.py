"""Means and differences on validation examples, on the seeds of both networks, against the same numbers by hand."""

import pytest
from support.entries import TABLES

ablation = TABLES["ablation"]

COMPARISON = {"har-2b": {"signed": "har-2b-signed", "unipolar": "har-2b-unipolar"}}


@pytest.fixture
def held_out(made_up):
    """Three networks measured on validation examples, one of them with two of the three seeds."""
    results = made_up.results(["har-2b-signed", "har-2b-unipolar", "har-2b-mixed", "har-4b-unipolar"], COMPARISON)
    assert "no data for this table" in ablation(results)  # test examples decide nothing
    accuracy = results.accuracy.assign(split="validation")
    fewer = accuracy[(accuracy["network"] != "har-2b-signed") | (accuracy["seed"] != 2)]
    return results._replace(accuracy=fewer)


def rows(text):
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return {line[1].strip(" `"): [cell.strip() for cell in line] for line in lines}


def test_every_row_holds_both_networks_on_the_same_seeds(held_out):
    noisy = held_out.accuracy[held_out.accuracy["condition"] == "noisy"]
    means = 100 * noisy.groupby(["network", "seed"])["accuracy"].mean().unstack("network")
    found = rows(ablation(held_out))
    both = means[["har-2b-signed", "har-2b-unipolar"]].dropna()
    base, network = both["har-2b-unipolar"].mean(), both["har-2b-signed"].mean()
    assert base != pytest.approx(means["har-2b-unipolar"].mean(), abs=0.01)  # else the seeds would make no difference
    wanted = [f"{base:.2f}", f"{network:.2f}", f"{network - base:+.2f}"]
    row = found["har-2b-signed"]
    assert row[3:6] == wanted and row[7] == "2"
    assert float(row[4]) - float(row[3]) == pytest.approx(float(row[5]), abs=0.011)
    itself = found["har-2b-unipolar"]
    assert itself[3] == f"{means['har-2b-unipolar'].mean():.2f}" and itself[4:] == ["–", "–", "–", "3"]


def test_rows_say_in_what_networks_differ_and_hold_equal_bits_only(held_out):
    base = {"polarity": "unipolar", "teacher": "har-float", "epochs": 30, "augmentation": {"shift": 8}, "signs": None}
    changed = {"teacher": None, "augmentation": {"shift": 4}, "signs": {"group": 8}}
    choices = {"har-2b-unipolar": base, "har-2b-signed": base | {"polarity": "signed"}, "har-2b-mixed": base | changed}
    found = rows(ablation(held_out._replace(choices=choices)))
    assert {name: row[2] for name, row in found.items()} == {
        "har-2b-unipolar": "–",
        "har-2b-signed": "polarity: signed",
        "har-2b-mixed": "teacher: none, augmentation.shift: 4, signs.group: 8",
    }
