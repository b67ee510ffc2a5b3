"""The table of the paper's claims, what was found, and the verdicts."""

from typing import Any

import pandas as pd

from xbar.report import render
from xbar.report.claims import EVERY_BASELINE
from xbar.report.contents import table
from xbar.report.judged import CONDITIONAL, OTHER_DATA, REFUTED, REPRODUCED, UNDECIDED
from xbar.report.render import TEXT, WHOLE, Format, Section, fixed, interval
from xbar.report.results import Results
from xbar.report.savings import MAPPINGS_IN_WORDS, law_key, of_fewest_bits, option
from xbar.report.statistics import networks
from xbar.savings.verdicts import EQUAL, MORE

RULE_OF_ACCURACIES = (
    f"An accuracy is {REPRODUCED} if its rule holds over seeds, and over seeds and test subjects. It is {CONDITIONAL}"
    " if it holds over seeds alone, which is on this test set, or for another network or condition that the rule names."
    f" It is {REFUTED} if both intervals end below the number of the rule. With one seed, or in between, it is"
    f" {UNDECIDED}."
)


@table(
    stage="1 Claims",
    caption=(
        "What the paper claims, what we measured, the verdict and the number of its rule below. A baseline is how "
        "the signed network stores its weights."
    ),
    reads=("claims", "cost", "accuracy"),
)
def claims(results: Results) -> list[Section]:
    """The paper's claims, our measurement and the verdict: of accuracies, and of savings against every baseline."""
    rules = [rule for rule in dict.fromkeys(results.claims["rule"]) if rule]
    marks = {rule: mark for mark, rule in enumerate(rules, 1)}
    of_saving = results.claims["baseline"] != ""
    notes = _notes(results, marks) if rules or len(results.claims) else []
    first = _accuracies(results.claims[~of_saving], _title(results), marks)
    shown = of_fewest_bits(results.comparisons, networks(results.accuracy))
    few = results.claims["comparison"].isin(shown) | ~results.claims["comparison"].isin(list(results.comparisons))
    second = _savings(results.claims[of_saving & few], marks)
    return [first, second._replace(notes=notes)] if second.rows else [first._replace(notes=notes)]


def _accuracies(found: pd.DataFrame, title: str, marks: dict[str, int]) -> Section:
    columns = {"claim": TEXT, "paper": TEXT, "where": TEXT, "paper (%)": fixed(2), "ours (%)": fixed(2)}
    columns |= {"low to high (%)": interval(2, render.PERCENT), "n": WHOLE}
    columns |= {"verdict (rule), or what is missing": TEXT}
    rows = [
        [
            row.quantity,
            row.paper_version,
            row.comparison or row.network or row.dataset,
            row.paper,
            row.ours,
            (row.low, row.high),
            row.n,
            row.note or _verdict(row, marks),
        ]
        for row in found.itertuples()
    ]
    lead = f"Which accuracies of the paper are reached? {_counted(found['verdict'])}"
    return Section(title, columns, rows, lead=lead)


def _savings(found: pd.DataFrame, marks: dict[str, int]) -> Section:
    """A row for each saving and comparison: what the reference circuit saves of each baseline, and the verdict."""
    baselines = [name for name in dict.fromkeys(found["baseline"]) if name != EVERY_BASELINE]
    columns = {"claim": TEXT, "where": TEXT, "paper (%)": Format(str)}
    columns |= dict.fromkeys((MAPPINGS_IN_WORDS[name] for name in baselines), fixed(0))
    columns |= {"low to high (%)": interval(0), "verdict (rule), or what is missing": TEXT}
    rows = []
    places = found["comparison"].where(found["comparison"] != "", found["dataset"])  # the data set where data miss
    for (claim, version, where), group in found.groupby(["claim", "paper_version", places], sort=False):
        of = {row.baseline: row for row in group.itertuples()}
        over_all = of[EVERY_BASELINE]
        saved = [of[name].ours if name in of else None for name in baselines]
        verdict = over_all.note or _verdict(over_all, marks)
        paper = f"{'up to ' if '(up to)' in over_all.quantity else ''}{fixed(0).show(over_all.paper)}"
        rows.append([f"{claim}, {version}", where, paper, *saved, (over_all.low, over_all.high), verdict])
    lead = (
        "Which savings of the paper hold in all circuits, against every baseline?"
        f" {_counted(found.loc[found['baseline'] == EVERY_BASELINE, 'verdict'])} answer.md has the verdicts of each"
        " baseline and of the reference circuit. claims.csv counts the networks of more bits, too."
    )
    return Section("Savings", columns, rows, lead=lead)


def _counted(verdicts: pd.Series) -> str:
    """How often each verdict was given, as a sentence."""
    told = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.value_counts(sort=False).items() if verdict)
    return f"{told or 'None was judged'}."


def _verdict(row: Any, marks: dict[str, int]) -> str:
    return f"{row.verdict} ({marks[row.rule]})" if row.rule else row.verdict


def _title(results: Results) -> str:
    if len(results.claims) and set(results.claims["verdict"]) == {OTHER_DATA}:
        return f"What this run found ({OTHER_DATA}: no verdict)"
    return "Claims of the paper and what was found"


def _notes(results: Results, marks: dict[str, int]) -> list[str]:
    legend = (
        f"low to high: for accuracies the {render.interval_of(results.rules.confidence)} over n seeds, or over seeds"
        " and test examples where that reaches further (accuracy.md)."
        " For savings the range over the n circuits in which they must hold (ADC models, conditions and, for baseline"
        " all, baseline mappings), at equal time. ours: at equal time in the reference circuit,"
        f" {option(results.rules.reference)}, but with a bank of its own; against another baseline with its ADC model."
        " v1: unipolar weights alone, area and power. v3: both steps, area and energy. For savings by both steps the"
        " bank is the fastest with which the verdict holds, or else the one that saves most."
        " Of each dataset the savings of the fewest bits are shown. The whole table, with holds_under and the latency"
        " factor of each row, is claims.csv. How the rule of savings came about: docs/verdicts.md."
    )
    key = [law_key(results.cost["adc_law"])] if len(results.cost) else []
    of_savings = set(results.claims.loc[results.claims["baseline"] != "", "rule"])
    words = {rule: "Holds" if rule in of_savings else "Reproduced" for rule in marks}
    listed = "\n".join(f"{mark}. {words[rule]}: {rule}." for rule, mark in marks.items())
    of_all = [RULE_OF_ACCURACIES] if "Reproduced" in words.values() else []
    of_all += [_rule_of_savings(results)] if "Holds" in words.values() else []
    return [legend, *key, *of_all, listed]


def _rule_of_savings(results: Results) -> str:
    """What all rules of savings have in common."""
    return (
        "A saving holds if its rule is met with every ADC model and in every condition. A condition combines values of"
        f" these options: {'; '.join(results.rules.conditions)}. {EQUAL}: the ADCs of the baseline take as many columns"
        f" in turn as those of the bank. {MORE}: the baseline keeps an ADC for every column."
    )
