"""Differences on validation examples against the same numbers taken by hand."""

from xbar.report.ablation import ablation


def test_differences_are_those_of_the_validation_split(made_up):
    results = made_up.results(["har-2b-bipolar", "har-2b-positive", "har-4b-positive"], {})
    results = results._replace(comparisons={"har-2b": {"bipolar": "har-2b-bipolar", "unipolar": "har-2b-positive"}})
    assert "no data for this table" in ablation(results)  # test examples decide nothing
    held_out = results.accuracy.assign(split="validation")
    rows = held_out[held_out["condition"] == "noisy"]
    means = rows.groupby(["network", "seed"])["accuracy"].mean().unstack("network")
    expected = 100 * (means["har-2b-bipolar"] - means["har-2b-positive"]).mean()
    lines = ablation(results._replace(accuracy=held_out)).splitlines()
    (line,) = [line for line in lines if "`har-2b-bipolar` | noisy" in line]
    assert f"| {100 * means['har-2b-bipolar'].mean():.2f} | {expected:+.2f} |" in line and line.endswith("| 3 |")
    assert not [line for line in lines if "har-4b-positive" in line]
