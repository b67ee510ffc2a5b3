"""The last lines of a run against the tables that they are read from."""

import pytest

from xbar.report.claims import judge_claims
from xbar.report.statistics import over_seeds
from xbar.report.summary import summary
from xbar.tables import ACCURACY, CLAIMS, write_table

NAMES = ["har-float", "har-2b-unipolar", "cifar10-float"]


@pytest.fixture
def report(made_up, tmp_path):
    """A report of the made-up run; `missing` as in a run whose CIFAR-10 could not be had."""

    def written(comparisons=None, missing=None, rules=None):
        found = made_up.results(comparisons=comparisons)
        rules = rules or made_up.RULES
        rows = judge_claims(
            found.accuracy, found.answer, made_up.PAPER, rules, found.comparisons, made_up.DATASETS, missing or {}
        )
        write_table(tmp_path / "claims.csv", CLAIMS, rows)
        accuracy = made_up.accuracy_rows(list(made_up.NETWORKS))
        write_table(tmp_path / "tables/accuracy.csv", ACCURACY, accuracy)
        return tmp_path

    return written


def test_accuracies_are_those_of_the_statistics(made_up, report):
    found = over_seeds(made_up.results().accuracy, 0.95).set_index(["network", "condition"])["mean"]
    lines = summary(report(), NAMES)
    assert lines[0] == (
        f"Test accuracy, har: har-float {100 * found['har-float', 'float']:.1f} %,"
        f" har-2b-unipolar {100 * found['har-2b-unipolar', 'noisy']:.1f} %"
    )
    assert lines[1] == f"Test accuracy, cifar10: cifar10-float {100 * found['cifar10-float', 'float']:.1f} %"


def test_savings_and_verdicts_follow_in_ten_lines_with_the_page(made_up, report):
    lines = summary(report(), NAMES)
    assert [line.split(":")[0] for line in lines[2:]] == [
        *(f"Saved at equal time by both steps, {name}" for name in made_up.COMPARISONS),
        "Verdicts on the paper's claims, by network or comparison",
    ]
    assert len(lines) <= 9
    assert "area" in lines[2] and "energy" in lines[2]
    counts = lines[-1].removeprefix("Verdicts on the paper's claims, by network or comparison: ").split(", ")
    assert sum(int(count.split()[0]) for count in counts) == 2 + 4 * len(made_up.COMPARISONS)


def test_what_is_missing_is_told_once(made_up, report):
    one = {"har-2b": made_up.COMPARISONS["har-2b"]}
    lines = summary(report(one, {"cifar10": "no files of CIFAR-10"}), NAMES)
    assert lines[-1] == "Not run: no files of CIFAR-10"


def test_other_data_has_no_verdict(made_up, report):
    rules = made_up.RULES.model_copy(update={"datasets": ["paper"]})
    assert summary(report(rules=rules), NAMES)[-1] == "No verdict on the paper's claims: this is not the paper's data"


def test_what_the_configuration_says_of_the_run_is_the_last_word(report):
    assert summary(report(), NAMES, "no results")[-1] == "Note: no results"
