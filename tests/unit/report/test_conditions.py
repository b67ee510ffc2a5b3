"""Conditions: shares and medians counted anew from the drawn circuits; nothing fixed that need not be."""

import itertools

import numpy as np
import pandas as pd
import pytest
from support.entries import TABLES

from xbar.report.claims import judge_claims
from xbar.report.conditions import CONDITIONS, FEWEST_DRAWS, HALF, alone, fewest, fixed, targets

conditions = TABLES["conditions"]


@pytest.fixture(scope="module")
def run(made_up):
    comparisons = {"har-2b": made_up.COMPARISONS["har-2b"]}
    found = made_up.results(None, comparisons)
    rows = judge_claims(found.accuracy, found.answer, made_up.PAPER, made_up.RULES, comparisons, made_up.DATASETS, {})
    return made_up.results(None, comparisons, rows)


def cells(text):
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_paper_is_read_from_the_claims(run):
    assert targets(run.claims) == {"area": 80.0, "energy": 45.0}


def test_cells_are_shares_and_medians_of_the_draws(run, made_up):
    draws, saved = made_up.drawn()
    rows = {tuple(row[:3]): row[3:] for row in cells(conditions(run))}
    for mapping, time in itertools.product(("any", *made_up.OPTIONS["mapping"]), ("any", "1.5 to 3")):
        chosen = (draws["mapping"] == mapping) | (mapping == "any")
        chosen &= (saved["latency_factor"] == 2.0) | (time == "any")
        if "any" not in (mapping, time):
            continue
        shown = rows[(mapping, time, "any")]
        for cell, (measure, paper) in zip(shown, (("area", 0.8), ("energy", 0.45)), strict=True):
            values = saved[f"{measure}_saving both"][chosen]
            assert cell == f"{100 * np.mean(values >= paper):.1f} ({100 * np.median(values):.0f})"


def test_the_text_tells_the_papers_thresholds_from_those_of_the_verdicts(run):
    text = conditions(run)
    assert "the paper's 80 % of area or 45 % of energy in full. In brackets: the median saving" in text
    assert "The verdicts of claims.md ask for less, the paper's numbers less a tolerance: 75 % of area and 40 %" in text


def test_together_is_counted_in_the_same_circuits(run, made_up):
    _, saved = made_up.drawn()
    both = (saved["area_saving both"] >= 0.8) & (saved["energy_saving both"] >= 0.45)
    assert f"hold together in: har-2b {100 * both.mean():.1f} % of the drawn circuits" in conditions(run)


def test_alone_fixes_one_condition_at_most_and_misses_none(run):
    rows = alone(run.conditions)
    assert fixed(rows).max() == 1
    assert len(rows) == 1 + sum(len(set(run.conditions[name]) - {""}) for name in CONDITIONS)


def test_fewest_conditions_by_trying_all(run):
    """A row is kept when it is enough and no row that fixes a part of the same conditions is."""
    for share in ("area_holds", "energy_holds", "both_hold"):
        enough = run.conditions[(run.conditions[share] >= HALF) & (run.conditions["draws"] >= FEWEST_DRAWS)]
        cases = {i: {(name, row[name]) for name in CONDITIONS if row[name]} for i, row in enough.iterrows()}
        least = {i for i, case in cases.items() if not any(other < case for other in cases.values())}
        assert set(fewest(run.conditions, share).index) == least
    assert len(fewest(run.conditions, "area_holds"))


def test_rows_of_few_draws_are_left_out(run):
    scarce = run.conditions.assign(draws=FEWEST_DRAWS - 1)
    assert fewest(scarce, "area_holds").empty


def test_a_comparison_without_a_case_has_a_dash(run):
    other = alone(run.conditions).head(1).assign(comparison="other")
    text = conditions(run._replace(conditions=pd.concat([run.conditions, other], ignore_index=True)))
    assert all(row[5] == "–" for row in cells(text)[3:])


def test_the_largest_indices_decide(run):
    text = conditions(run)
    assert "decide the saving of area: mapping (0.70), bank (0.40); of energy: mapping (0.70), bank (0.40)." in text
    assert "They are no probabilities" in text
