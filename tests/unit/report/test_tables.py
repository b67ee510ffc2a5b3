"""Tables: valid Markdown of every run, with the numbers that numpy gives."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from support.entries import TABLES

from xbar.report import answer, render
from xbar.report.claims import judge_claims
from xbar.report.savings import MAPPINGS_IN_WORDS, law_key
from xbar.savings.textbook import PUBLISHED
from xbar.savings.verdicts import EQUAL, NONE

MAPPINGS = ("paired-columns-mirrored", "two-crossbars", "offset-column")
BASELINES = [MAPPINGS_IN_WORDS[name] for name in MAPPINGS]
RUNS = {
    "whole": None,
    "digits-like": ["har-float", "har-2b-signed", "har-2b-unipolar"],
    "float only": ["har-float"],
    "nothing": [],
}


@cache
def run(made_up, which):
    comparisons = {"whole": None, "digits-like": {"har-2b": made_up.COMPARISONS["har-2b"]}}.get(which, {})
    found = made_up.results(RUNS[which], comparisons)
    rows = judge_claims(
        found.accuracy, found.answer, made_up.PAPER, made_up.RULES, found.comparisons, made_up.DATASETS, {}
    )
    return made_up.results(RUNS[which], comparisons, rows)


def cells(text):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("which", RUNS)
@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_valid_markdown(made_up, table, which):
    text = TABLES[table](run(made_up, which))
    assert text.startswith("# ") and text.endswith("\n")
    assert "nan" not in text.replace("nano", "")
    for part in text.split("\n# "):  # a page may hold two tables, each under a heading of its own
        rows = cells(part)
        assert len({len(row) for row in rows}) <= 1
        assert all(set(cell) <= set("-:") and len(cell) >= 3 for cell in (rows[1] if rows else []))
        assert rows or "no data" in part


def test_numbers_of_the_accuracy_table(made_up):
    results = run(made_up, "whole")
    rows = made_up.accuracy_rows(["har-float"])
    line = next(row for row in cells(TABLES["accuracy"](results)) if row[0] == "`har-float`")
    table = results.accuracy[results.accuracy["network"] == "har-float"]
    assert line[2:4] == [f"{100 * np.mean(table['accuracy']):.2f}", "–"]
    assert line[4] == f"{100 * np.std(table['accuracy'], ddof=1):.2f}"
    assert line[8:10] == [f"{100 * table['accuracy'].min():.2f} to {100 * table['accuracy'].max():.2f}", "0 of 3"]
    assert len(rows) == 3
    (both,) = results.intervals[results.intervals["network"] == "har-float"].to_dict("records")
    assert line[7] == f"{100 * both['clustered_low']:.2f} to {100 * both['clustered_high']:.2f}"


def test_a_seed_that_fails_is_counted_and_makes_no_interval(made_up):
    results = run(made_up, "whole")
    one = (results.accuracy["network"] == "har-2b-signed") & (results.accuracy["seed"] == 1)
    failing = results._replace(accuracy=results.accuracy.assign(accuracy=results.accuracy["accuracy"].mask(one, 0.6)))
    rows = {row[0]: row for row in cells(TABLES["accuracy"](failing))}
    fails, holds = rows["`har-2b-signed`"], rows["`har-2b-mixed`"]
    assert fails[9] == "1 of 3" and holds[9] == "0 of 3"
    assert fails[4] == fails[6] == fails[7] == "–" and fails[8].startswith("60.00 to 9") and "–" not in holds


def test_accuracy_without_noise_stands_beside_that_of_chips(made_up):
    results = run(made_up, "whole")
    (row,) = [row for row in cells(TABLES["accuracy"](results)) if row[0] == "`har-2b-mixed`"]
    of = results.accuracy[results.accuracy["network"] == "har-2b-mixed"].groupby("condition")["accuracy"].mean()
    assert row[2:4] == [f"{100 * of['noisy']:.2f}", f"{100 * of['ideal']:.2f}"]


def test_what_was_tried_is_told(made_up):
    text = TABLES["accuracy"](run(made_up, "whole"))
    assert (
        "har, floating point: 1; har, 4 bits: 3; har, 2 bits: 3; cifar10, floating point: 1; cifar10, 4 bits: 3" in text
    )
    trials = run(made_up, "whole").search.groupby("dataset", sort=False).size()
    assert f"Trials of its searches: {', '.join(f'{count} on {name}' for name, count in trials.items())}." in text
    assert "(variants) on which it measured: 4." in text  # two for each data set
    assert "No interval and no verdict is corrected" in text


@pytest.mark.parametrize(
    ("shift", "spread", "result"),
    [
        (0.001, 0.0005, "equivalent"),
        (0.02, 0.0005, "different"),
        (0.001, 0.01, "not shown"),
        (0.0049, 0.0, "equivalent"),
    ],
)
def test_scales_are_equivalent_where_two_one_sided_tests_show_it(made_up, shift, spread, result):
    """Without stored correctness: the differences of the seeds are the shift, and that less and plus the spread."""
    results = run(made_up, "whole")
    own = results.accuracy["network"] == "har-4b-signed-layer"
    base = results.accuracy[results.accuracy["network"] == "har-4b-signed"]
    moved = shift + spread * (base["seed"].to_numpy() - 1)
    table = results.accuracy.copy()
    table.loc[own, "accuracy"] = base["accuracy"].to_numpy() - moved
    without = results.intervals.assign(clustered_low=np.nan, clustered_high=np.nan)
    text = TABLES["uniform"](results._replace(accuracy=table, intervals=without))
    row = next(row for row in cells(text) if row[0] == "`har-4b-signed`" and row[2] == "noisy")
    assert row[8:] == [result, "3"] and row[6] == "–"
    half = 2.919986 * spread / 3**0.5  # Student's quantile of 95 % for two degrees of freedom
    assert row[7] == f"{100 * (shift - half):.2f} to {100 * (shift + half):.2f}"


def test_test_examples_may_keep_scales_from_being_equivalent(made_up):
    """Seeds that agree exactly, on a test set that is too small to tell."""
    results = run(made_up, "whole")
    table = results.accuracy.assign(
        accuracy=results.accuracy["accuracy"].where(results.accuracy["condition"] != "ideal", 0.9)
    )
    text = TABLES["uniform"](results._replace(accuracy=table))
    row = next(row for row in cells(text) if row[0] == "`har-4b-signed`" and row[2] == "ideal")
    assert row[5] == "0.00 to 0.00" and row[8] == "not shown" and float(row[7].split()[0]) < -0.5


def test_levels_of_signed_and_unsigned_weights(made_up):
    text = TABLES["accuracy"](run(made_up, "whole"))
    rows = {row[0]: row[1] for row in cells(text)}
    assert [rows[f"`har-{name}`"] for name in ("float", "2b-signed", "2b-unipolar", "4b-signed")] == [
        "floating point", "2 bits, signed, 7 levels", "2 bits, unipolar, 4 levels", "4 bits, signed, 31 levels",
    ]  # fmt: skip
    assert "2 bits has 4 levels if unipolar, and 7 if signed in a pair" in text and "4 bits has 16 and 31." in text


def test_training_tells_the_seeds_and_compares_on_common_ones(made_up):
    results = run(made_up, "whole")
    fewer = results.training[(results.training["network"] != "har-2b-mixed") | (results.training["seed"] < 2)]
    text = TABLES["training"](results._replace(training=fewer))
    rows = {row[0].strip("`"): row[1:] for row in cells(text)[2:]}
    assert [rows[name][0] for name in ("har-float", "har-2b-mixed", "cifar10-float")] == ["0 to 2", "0 to 1", "0"]
    assert "Common seeds: har 0 to 1; cifar10 0." in text
    last = fewer[(fewer["network"] == "har-float") & (fewer["epoch"] == fewer["epoch"].max())].set_index("seed")
    validation = 100 * last["validation_accuracy"]
    assert rows["har-float"][1] == "12"
    assert rows["har-float"][4:] == [
        f"{number:.2f}" for number in (validation.mean(), validation.std(), validation.loc[[0, 1]].mean())
    ]
    assert rows["har-float"][4] != rows["har-float"][6] and rows["har-2b-mixed"][4] == rows["har-2b-mixed"][6]


@pytest.mark.parametrize("table", ["accuracy", "uniform", "variants", "search", "ablation", "claims"])
def test_a_confidence_is_shown_as_it_is(made_up, table):
    results = run(made_up, "whole")
    held_out = results.accuracy.assign(split="validation")
    results = results._replace(
        rules=results.rules.model_copy(update={"confidence": 0.975}), accuracy=pd.concat([results.accuracy, held_out])
    )
    text = TABLES[table](results)
    assert "97.5 % interval" in text and "98 %" not in text


@pytest.mark.parametrize("table", ["claims", "laws", "performance", "savings", "validation", "bounds"])
def test_letters_of_laws_have_their_key(made_up, table):
    results = run(made_up, "digits-like")
    laws = getattr(results, table if table in ("validation", "bounds") else "cost")["adc_law"]
    assert f"\n\n{law_key(laws)}\n" in TABLES[table](results)


def test_what_laws_change_is_what_the_rows_say(made_up):
    """Factors between the laws of one circuit, and points between the savings by each, from the rows of the table."""
    results = run(made_up, "digits-like")
    own = results.cost["corner"] == "unipolar-own"
    cheaper = results.cost["adc_law"].map({"A": 0.5, "B": 0.7, "C": 0.8, "D": 1.0}).where(own, 1.0)
    measures = ["area_um2", "energy_pJ"]
    results = results._replace(cost=results.cost.assign(**{name: cheaper * results.cost[name] for name in measures}))
    costs = results.performance.set_index(["corner", "mapping", "bank", "adc_law"])[["area_mm2", "energy_nJ"]]
    of_law = costs.unstack("adc_law")
    area, energy = ((of_law[name].max(axis=1) / of_law[name].min(axis=1)).max() for name in costs)
    text = TABLES["laws"](results)
    assert f"one circuit differs by up to {area:.1f} times and its energy by up to {energy:.1f}." in text
    totals = results.cost.groupby(["corner", "mapping", "adc_law"])[measures].sum()
    for mapping in MAPPINGS:
        saved = 100 * (1 - totals.loc["unipolar-own", "unipolar"] / totals.loc["signed-own", mapping])
        area, energy = saved.max() - saved.min()
        assert area > 1 and energy > 1
        assert f"{area:.1f} and {energy:.1f} points against {mapping}" in text
    one = results._replace(**{
        name: (rows := getattr(results, name))[rows["adc_law"] == "B"] for name in ("performance", "cost")
    })  # fmt: skip
    assert "Between laws" not in TABLES["laws"](one)


def test_efficiencies_come_with_the_factors_of_error(made_up):
    results = run(made_up, "digits-like")
    told = "on 2 published chips that lend it no constants this model gave 0.500 to 3.00 times the published energy"
    assert told in TABLES["performance"](results)
    lending = results.validation.assign(counted="lends constants to the model")
    text = TABLES["performance"](results._replace(validation=lending))
    assert "Absolute values are no results, as validation.md shows." in text


def test_shares_of_the_component_table_add_up(made_up):
    rows = [row for row in cells(TABLES["components"](run(made_up, "digits-like"))) if row[1] == "unipolar-shared"]
    assert sum(float(row[5]) for row in rows) == pytest.approx(100, abs=0.5)
    assert sum(float(row[7]) for row in rows) == pytest.approx(100, abs=0.5)


def test_the_tables_by_law_hold_every_circuit(made_up):
    results = run(made_up, "digits-like")
    for table, measures in {"laws": ("area_mm2", "energy_nJ"), "performance": ("tops_per_W", "tops_per_mm2")}.items():
        rows = {tuple(row[1:5]): row[5:] for row in cells(TABLES[table](results))[2:]}
        assert len(rows) == 4 * 3  # three signed mappings and the unipolar one: own converters and two banks
        for place, numbers in rows.items():
            found = results.performance.set_index(["network", "corner", "mapping", "bank"]).sort_index().loc[place]
            assert numbers[:2] == [render.significant(found[name].iloc[0]) for name in ("latency_us", "interval_us")]
            assert numbers[2:] == [render.significant(value) for name in measures for value in found[name]]


def test_groups_of_the_differences_add_up_to_the_saving(made_up):
    _, text = TABLES["differences"](run(made_up, "digits-like")).split("# From a textbook circuit")
    rows = cells(text)[2:]
    assert [row[3:5] for row in rows] == [["70.0", "–"], ["60.0", "-10.0"], ["20.0", "–"], ["18.0", "-2.0"]]
    assert all(sum(map(float, row[5:])) == pytest.approx(float(row[3]), abs=0.4) for row in rows)


def test_corrections_stand_with_their_changes_and_what_was_published(made_up):
    results = run(made_up, "digits-like")
    steps = results.steps.assign(step=results.steps["step"].replace("step 2", PUBLISHED))
    text, _ = TABLES["differences"](results._replace(steps=steps)).split("# From a textbook circuit")
    first, second = cells(text)[2:]
    assert first == ["har-2b", PUBLISHED, "50.0", "–", "16.0", "–"]
    assert second == ["har-2b", "step 3", "40.0", "-10.0", "14.0", "-2.0"]
    assert "The first round published: har-2b 50.0 % of area and 16.0 % of energy" in text


def test_the_answer_tells_both_times_the_range_and_the_verdicts(made_up):
    results = run(made_up, "digits-like")
    first, second, decided = TABLES["answer"](results).split("\n# ")
    rows = {row[1]: row[2:] for row in cells(first)[2:]}
    assert list(rows) == BASELINES
    area = ["60", "57 to 64", "80 (× 1.60)", "more time × 1.70", "more time × 1.40"]
    energy = ["50", "47 to 54", "50 (× 1.60)", "equal time", "equal time"]
    assert rows[BASELINES[1]] == area
    assert {row[1]: row[2:] for row in cells(second)[2:]}[BASELINES[1]] == energy
    better = results._replace(answer=results.answer.assign(reference_verdict=EQUAL))
    told = {row[1]: row[2:] for row in cells(TABLES["answer"](better).split("\n# ")[0])[2:]}
    assert told[BASELINES[1]] == [*area[:4], "equal time"]
    assert "save 80 % of area, as the paper says" in first and "75 % of area and 40 % of energy" in second
    rows = {tuple(row[:2]): row[2:] for row in cells(decided)[2:]}
    assert rows["har-2b", "area-saving"] == ["; ".join(BASELINES), "memory none (1 of 2)"]
    assert rows["har-2b", "energy-saving"] == ["; ".join(BASELINES[::2]), "memory none (1 of 2)"]


def test_choices_that_change_together_are_told_each_with_its_value():
    told = answer._choices("input_encoding dac pulse_ns = bit-serial none 10 and wire_area = 0")
    assert told == "input_encoding bit-serial, dac none, pulse_ns 10, wire_area 0" and answer._choices("none") == "none"


def test_models_that_differ_in_their_verdict_are_named(made_up):
    results = run(made_up, "digits-like")
    verdicts = results.answer["verdict"].where(results.answer["adc_law"] != "C", NONE)
    text = TABLES["answer"](results._replace(answer=results.answer.assign(verdict=verdicts)))
    verdicts = [row[5] for part in text.split("\n# ")[:2] for row in cells(part) if row[1] == BASELINES[1]]
    assert verdicts == ["more time × 1.70 (A B D); not found (C)", "equal time (A B D); not found (C)"]


def test_the_answer_begins_with_how_often_the_savings_hold(made_up):
    parts = TABLES["answer"](run(made_up, "digits-like")).split("\n# ")
    for part, name in zip(parts[:2], ("area", "energy"), strict=True):
        rows = cells(part)[2:]
        equal, more = (sum(row[-1].startswith(word) for row in rows) for word in ("equal time", "more time"))
        in_all = sum(row[-2] == "equal time" for row in rows)
        assert f" of {name}, as the paper says? In all circuits it holds in {in_all} of {len(rows)} rows at" in part
        assert f"it holds in {equal} rows at equal time and in {more} with more time." in part


def test_the_answer_shows_the_fewest_bits_of_each_dataset(made_up):
    rows = cells(TABLES["answer"](run(made_up, "whole")).split("\n# ")[0])[2:]
    assert list(dict.fromkeys(row[0] for row in rows)) == ["har-2b", "cifar10-2b"]


def test_claims_stand_by_comparison_with_a_column_for_each_baseline(made_up):
    results = run(made_up, "digits-like")
    accuracies, savings = (cells(part) for part in TABLES["claims"](results).split("\n# "))
    assert len(accuracies) - 2 == (results.claims["baseline"] == "").sum()
    assert savings[0][3:6] == BASELINES
    for row in savings[2:]:
        claim, version = row[0].split(", ")
        chosen = results.claims[(results.claims["claim"] == claim) & (results.claims["paper_version"] == version)]
        of = {each.baseline: each for each in chosen[chosen["comparison"] == row[1]].itertuples()}
        assert row[3:6] == [f"{of[name].ours:.0f}" if of else "–" for name in MAPPINGS]
        assert not of or row[7].startswith(of["all"].verdict)
    assert "har-2b" in {row[1] for row in savings[2:]}


def test_tables_that_come_first_ask_and_answer_before_their_rows(made_up):
    """The answers are those of the rows of the same run."""
    results = run(made_up, "digits-like")
    claims, saved = TABLES["claims"](results).split("\n# ")
    verdicts = [row[7].split(" (")[0] for row in cells(claims)[2:]]
    assert all(f"{verdicts.count(verdict)} {verdict}" in claims.split("|")[0] for verdict in verdicts)
    assert all(row[7].split(" (")[0] in saved.split("|")[0] for row in cells(saved)[2:])
    text = TABLES["savings"](results)
    both = {of: [int(cell) for row in cells(text)[2:] if row[1:3] == ["both", of] for cell in row[3:-2]]
            for of in ("area", "energy")}  # fmt: skip
    told = " and ".join(f"{min(found)} to {max(found)} % of {of}" for of, found in both.items())
    assert f"Both save {told} at the reference circuit." in text.split("|")[0]
    text = TABLES["accuracy"](results)
    means = [float(row[2]) for row in cells(text)[2:] if row[1] != "floating point"]
    assert f"{min(means):.1f} to {max(means):.1f} % on har, " in text.split("|")[0]


def test_corners_save_and_take_time_against_own_converters_of_signed_weights(made_up):
    results = run(made_up, "digits-like")
    cost = results.cost
    slower = cost["latency_ns"].where(cost["corner"] == "signed-own", 3 * cost["latency_ns"])
    text = TABLES["corners"](results._replace(cost=cost.assign(latency_ns=slower)))
    rows = {row[1]: row for row in cells(text)[2:]}
    own, shared = rows["signed-own"], rows["unipolar-shared"]
    assert own[6:] == ["0.0", "0.0", "1.00"]
    for place, saved in ((3, 6), (4, 7)):
        assert float(shared[saved]) == pytest.approx(100 * (1 - float(shared[place]) / float(own[place])), abs=0.2)
    assert shared[8] == "3.00"


def test_times_by_events_stand_over_the_closed_form(made_up):
    times, used = TABLES["system"](run(made_up, "digits-like")).split("\n# ")
    found = {tuple(row[2:3] + row[4:5] + row[6:7]) for row in cells(times)[2:]}
    assert found == {("serial", "1.100", "1.100"), ("overlapped", "0.700", "0.700")}
    assert {row[3] for row in cells(used)[2:] if row[2] == "serial"} == {"36.4"}  # 0.4 / 1.1


def test_the_textbook_circuit_is_told_less_the_prototype(made_up):
    rows = cells(TABLES["textbook"](run(made_up, "digits-like")))[2:]
    assert [row[4:] for row in rows] == [["66", "65.2", "-0.8"], ["41", "39.9", "-1.1"]]


def test_layers_add_up_to_the_corner(made_up):
    results = run(made_up, "digits-like")
    rows = cells(TABLES["by_layer"](results))[2:]
    assert len(rows) == 4 * 2 and {row[4] for row in rows} == {row[6] for row in rows} == {"50.0"}
    whole = {row[1]: row for row in cells(TABLES["corners"](results))[2:]}
    for row in rows:
        assert 2 * float(row[3]) == pytest.approx(float(whole[row[1]][3]), rel=0.01)
