"""Claims: made-up runs in which they must hold, in which they must not, and in which they cannot be judged."""

import numpy as np
import pytest
from support.configuration import CONFIG

from xbar.config.claims import ClaimsSpec
from xbar.report.claims import judge_claims
from xbar.report.intervals import interval_rows
from xbar.report.judged import CONDITIONAL, NOT_RUN, OTHER_DATA, REFUTED, REPRODUCED, UNDECIDED
from xbar.savings.paper import PAPER_COLUMNS, read_paper
from xbar.savings.verdicts import EQUAL, MORE, NONE

ONE = {"har-2b": {"signed": "har-2b-signed", "unipolar": "har-2b-unipolar"}}


def check(made_up, accuracy=None, answer=None, comparisons=ONE, paper=None, rules=None, missing=None):
    accuracy = made_up.accuracy_rows(["har-float", "har-2b-unipolar"]) if accuracy is None else accuracy
    answer = made_up.answer_rows(comparisons) if answer is None else answer
    tables = made_up.frame("accuracy", accuracy), made_up.frame("answer", answer)
    paper, missing = made_up.PAPER if paper is None else paper, missing or {}
    rules = rules or made_up.RULES
    rows = judge_claims(*tables, paper, rules, comparisons, made_up.DATASETS, missing, sure(made_up, tables[0]))
    return {(row["claim"], row["paper_version"], row["dataset"], row["baseline"]): row for row in rows}


def sure(made_up, accuracy):
    """Intervals of a test set that leaves no doubt: over seeds and test examples as wide as over seeds."""
    rows = [
        row | {f"clustered_{end}": row.get(end, 0.9) for end in ("low", "high")}
        for row in interval_rows(accuracy, [], 0.95)
    ]
    return made_up.frame("intervals", rows)


def with_level(made_up, network, level, only=None):
    rows = made_up.accuracy_rows(["har-float", "har-2b-unipolar"])
    chosen = [r["network"] == network and only in (None, r["condition"]) for r in rows]
    return [{**row, "accuracy": level} if is_chosen else row for row, is_chosen in zip(rows, chosen, strict=True)]


@pytest.mark.parametrize(
    ("level", "verdict"), [(0.9191, REPRODUCED), (0.99, REPRODUCED), (0.9190, REFUTED), (0.5, REFUTED)]
)
def test_accuracy_holds_down_to_the_tolerance(made_up, level, verdict):
    rows = check(made_up, with_level(made_up, "har-2b-unipolar", level))
    found = rows["har-accuracy-2bit-unipolar", "v1-v3", "har", ""]
    assert found["verdict"] == verdict
    assert found["ours"] == pytest.approx(100 * level)
    assert "reaches no lower than 91.91 %" in found["rule"]


def test_accuracy_that_only_holds_without_noise(made_up):
    accuracy = with_level(made_up, "har-2b-unipolar", 0.93, only="ideal")
    accuracy = [{**row, "accuracy": 0.85} if row["condition"] == "noisy" else row for row in accuracy]
    found = check(made_up, accuracy)["har-accuracy-2bit-unipolar", "v1-v3", "har", ""]
    assert (found["verdict"], found["holds_under"]) == (CONDITIONAL, "har-2b-unipolar, ideal")


@pytest.mark.parametrize(("level", "verdict"), [(0.925, UNDECIDED), (0.97, REPRODUCED), (0.86, REFUTED)])
def test_the_mean_decides_nothing_where_the_interval_holds_the_limit(made_up, level, verdict):
    """Seeds 0.02 apart: the interval reaches 0.0497 to both sides (Student's 4.303 / sqrt 3 times 0.02)."""
    rows = [
        {**row, "accuracy": level + 0.02 * (row["seed"] - 1)} if row["network"] == "har-2b-unipolar" else row
        for row in made_up.accuracy_rows(["har-float", "har-2b-unipolar"])
    ]
    found = check(made_up, rows)["har-accuracy-2bit-unipolar", "v1-v3", "har", ""]
    assert found["verdict"] == verdict
    assert (found["holds_under"] == "the interval holds 91.91 %") == (verdict == UNDECIDED)


def test_one_seed_decides_nothing(made_up):
    rows = [row for row in with_level(made_up, "har-2b-unipolar", 0.99) if row["seed"] == 0]
    found = check(made_up, rows)["har-accuracy-2bit-unipolar", "v1-v3", "har", ""]
    assert (found["verdict"], found["n"], found["low"]) == (UNDECIDED, 1, "")
    assert found["holds_under"] == "one seed alone: no interval over seeds"


def test_test_subjects_decide_with_the_seeds(made_up):
    """Seeds that agree on 92.5 %, above the limit; other subjects might have 90 %, or were never looked at."""
    accuracy = made_up.frame("accuracy", with_level(made_up, "har-2b-unipolar", 0.925))
    about = {"network": "har-2b-unipolar", "against": "", "condition": "noisy", "confidence": 0.95}
    verdicts = {}
    for low in (0.9, 0.92, None):
        found = [] if low is None else [about | {"clustered_low": low, "clustered_high": 0.95, "clusters": 9}]
        intervals = made_up.frame("intervals", found)
        rows = judge_claims(
            accuracy, made_up.frame("answer", []), made_up.PAPER, made_up.RULES, {}, made_up.DATASETS, {}, intervals
        )
        row = next(row for row in rows if row["network"] == "har-2b-unipolar")
        verdicts[low] = row["verdict"]
        assert row["holds_under"].startswith("har-2b-unipolar, noisy, on this test set") == (low != 0.92)
        assert (row["low"], row["high"]) == ((92.5, 92.5) if low is None else (100 * low, 95.0))
    assert verdicts == {0.9: CONDITIONAL, 0.92: REPRODUCED, None: CONDITIONAL}


def test_accuracy_and_interval_against_numpy(made_up):
    rows = made_up.accuracy_rows(["har-float", "har-2b-unipolar"])
    seeds = [
        np.mean(
            [
                r["accuracy"]
                for r in rows
                if (r["network"], r["condition"], r["seed"]) == ("har-2b-unipolar", "noisy", s)
            ]
        )
        for s in range(3)
    ]
    found = check(made_up, rows)["har-accuracy-2bit-unipolar", "v1-v3", "har", ""]
    half = 4.30265 * np.std(seeds, ddof=1) / np.sqrt(3)
    assert found["n"] == 3
    assert found["ours"] == pytest.approx(100 * np.mean(seeds))
    assert found["low"] == pytest.approx(100 * (np.mean(seeds) - half), abs=1e-3)
    assert found["high"] == pytest.approx(100 * (np.mean(seeds) + half), abs=1e-3)


@pytest.mark.parametrize(("double", "verdict"), [(10.0, EQUAL), (2.0, NONE)])
def test_saving_by_unipolar_matrices_alone(made_up, double, verdict):
    answer = [row for row in made_up.answer_rows(ONE, double) if row["baseline"] == "two-crossbars"]
    found = check(made_up, answer=answer)["area-saving", "v1", "har", "all"]
    own = 100 * (1 - 1 / double)
    assert found["verdict"] == verdict
    assert found["ours"] == pytest.approx(own)  # with ADC model B
    assert (found["low"], found["high"]) == (pytest.approx(own - 3), pytest.approx(own + 4))
    assert found["n"] == 4 * 7


def test_the_verdict_over_all_is_the_weakest(made_up):
    rows = check(made_up, answer=made_up.answer_rows(ONE, double=2.5))
    verdicts = {
        baseline: row["verdict"] for (claim, version, _, baseline), row in rows.items()
        if (claim, version) == ("area-saving", "v3") and row["verdict"] != NOT_RUN
    }  # fmt: skip
    assert verdicts == {"all": NONE, "paired-columns-mirrored": NONE, "two-crossbars": MORE, "offset-column": NONE}
    first, here, better = rows["area-saving", "v3", "har", "two-crossbars"]["holds_under"].split("; ")
    assert first == "two-crossbars, ADC model A B C D: holds with more time (latency x 1.7)"
    assert here == "two-crossbars, ADC model A B C, other choices as configured: holds with more time (latency x 1.4)"
    assert better == "two-crossbars, ADC model D, other choices as configured: holds at equal time"
    assert rows["area-saving", "v3", "har", "offset-column"]["holds_under"] == ""


def test_one_model_that_fails_makes_the_verdict(made_up):
    answer = [
        row | ({"verdict": NONE} if row["adc_law"] == "C" else {}) for row in made_up.answer_rows(ONE, double=10.0)
    ]
    assert check(made_up, answer=answer)["area-saving", "v1", "har", "two-crossbars"]["verdict"] == NONE


def test_a_run_whose_data_could_not_be_had_says_why(made_up):
    rows = check(made_up, accuracy=[], answer=[], comparisons={}, missing={"har": "no HAR", "cifar10": "no CIFAR-10"})
    assert {row["verdict"] for row in rows.values()} == {NOT_RUN}
    assert {key[:2] for key in rows} == {(row["claim"], row["paper_version"]) for row in made_up.PAPER}
    assert all(row["ours"] == "" for row in rows.values())
    assert rows["area-saving", "v3", "cifar10", "all"]["note"] == "no CIFAR-10"
    assert rows["har-accuracy-float", "v1-v3", "har", ""]["note"] == "no HAR"


def test_a_network_beside_has_a_row_of_its_own_under_the_same_rule(made_up):
    first = made_up.RULES.accuracy["har-accuracy-2bit-unipolar"]
    accuracy = {"har-accuracy-float": made_up.RULES.accuracy["har-accuracy-float"]}
    accuracy["har-accuracy-2bit-unipolar"] = first.model_copy(update={"beside": ["har-2b-signed", "har-2b-absent"]})
    tables = [made_up.accuracy_rows(["har-float", "har-2b-unipolar", "har-2b-signed"]), made_up.answer_rows(ONE)]
    frames = [made_up.frame(name, rows) for name, rows in zip(("accuracy", "answer"), tables, strict=True)]
    rules = made_up.RULES.model_copy(update={"accuracy": accuracy})
    found = [
        row for row in judge_claims(*frames, made_up.PAPER, rules, ONE, made_up.DATASETS, {}) if "2bit" in row["claim"]
    ]
    assert [row["network"] for row in found] == ["har-2b-unipolar", "har-2b-signed"]
    assert found[1]["ours"] == pytest.approx(100 * np.mean([
        row["accuracy"] for row in tables[0]
        if (row["network"], row["condition"], row["split"]) == ("har-2b-signed", "noisy", "test")
    ]))  # fmt: skip
    assert "of har-2b-signed (noisy, test) reaches no lower than 91.91 %" in found[1]["rule"]


def test_other_data_than_the_papers_is_shown_without_a_verdict(made_up):
    """The same run, on data that the rules do not name: its own numbers, none of the paper's and no rows on HAR."""
    judged = check(made_up)
    rules = made_up.RULES.model_copy(update={"datasets": ["cifar10"]})
    found = check(made_up, rules=rules)
    assert {row["verdict"] for row in found.values()} == {OTHER_DATA}
    assert {row["rule"] for row in found.values()} == {""}
    key = ("energy-saving", "v3", "har", "all")
    assert [found[key][name] for name in ("ours", "low", "high", "n")] == [
        judged[key][name] for name in ("ours", "low", "high", "n")
    ]
    accuracy = found["accuracy", "", "har", ""]
    assert accuracy["network"] == "har-2b-unipolar"
    assert accuracy["ours"] == judged["har-accuracy-2bit-unipolar", "v1-v3", "har", ""]["ours"]


def test_a_condition_that_was_not_evaluated_is_named(made_up):
    quiet = [row for row in made_up.accuracy_rows(["har-2b-unipolar"]) if row["condition"] == "ideal"]
    with pytest.raises(ValueError, match="'noisy' is no condition of har-2b-unipolar; it has ideal"):
        check(made_up, quiet)


def test_a_reference_that_was_not_priced_is_named(made_up):
    answer = [row for row in made_up.answer_rows(ONE) if row["adc_law"] != "B"]
    with pytest.raises(ValueError, match=r"claims\.reference: two-crossbars, ADC model B, bank largest"):
        check(made_up, answer=answer)


def test_the_reference_table_and_the_configuration_agree(request, made_up):
    root = request.config.rootpath
    paper = read_paper(root / "workflow/reference/claims.csv")
    rules = ClaimsSpec.model_validate(CONFIG["claims"])
    named = [name for rule in rules.accuracy.values() for name in (rule.network, *rule.beside)]
    empty = made_up.frame("accuracy", []), made_up.frame("answer", [])
    rows = judge_claims(*empty, paper, rules, {}, dict.fromkeys(named, "har"), {"har": "absent"})
    assert list(paper[0]) == list(PAPER_COLUMNS)
    assert all(row["source"].startswith("https://arxiv.org/abs/1910.13850") for row in paper)
    published = {(row["claim"], row["paper_version"]): float(row["paper"]) for row in rows}
    assert published["area-saving", "v3"] == 80.0 and published["har-accuracy-2bit-unipolar", "v1-v3"] == 92.91
    assert {row["verdict"] for row in rows} <= {REPRODUCED, CONDITIONAL, REFUTED, NOT_RUN, OTHER_DATA}
