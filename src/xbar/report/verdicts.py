"""The table of the paper's claims, what was found, and the verdicts."""

from typing import Any

from xbar.report import render
from xbar.report.claims import EVERY_BASELINE
from xbar.report.contents import table
from xbar.report.judged import OTHER_DATA, REPRODUCED
from xbar.report.render import TEXT, WHOLE, WORDS, Format, Section, fixed
from xbar.report.results import Results
from xbar.report.savings import law_key, option
from xbar.savings.verdicts import EQUAL


@table(
    stage="1 Claims",
    caption=(
        "What the paper claims, what we measured, the verdict and the number of its rule below. Baseline: how the "
        "signed network stores its weights. Click on other titles to open their tables."
    ),
    reads=("claims", "cost"),
)
def claims(results: Results) -> Section:
    """The paper's claims, our measurement and the verdict; savings over all baselines and against each."""
    rules = [rule for rule in dict.fromkeys(results.claims["rule"]) if rule]
    marks = {rule: mark for mark, rule in enumerate(rules, 1)}
    columns = {"claim": TEXT, "paper": TEXT, "where": TEXT, "baseline": WORDS, "quantity": TEXT}
    columns |= {"paper (%)": fixed(2), "ours (%)": fixed(2), "low to high (%)": Format(_spread), "n": WHOLE}
    columns |= {"latency factor": fixed(2), "verdict (rule)": TEXT, "holds under; what is missing": WORDS}
    rows = [_claim(row, marks) for row in results.claims.itertuples()]
    return Section(_title(results), columns, rows, _notes(results, marks) if rows else [])


def _title(results: Results) -> str:
    if len(results.claims) and set(results.claims["verdict"]) == {OTHER_DATA}:
        return f"What this run found ({OTHER_DATA}: no verdict)"
    return "Claims of the paper and what was found"


def _claim(row: Any, marks: dict[str, int]) -> list[Any]:
    return [
        row.claim,
        row.paper_version,
        row.comparison or row.network or row.dataset,
        row.baseline,
        row.quantity,
        row.paper,
        row.ours,
        (row.low, row.high, None if row.baseline else render.PERCENT),
        row.n,
        row.latency_factor,
        f"{row.verdict} ({marks[row.rule]})" if row.rule else row.verdict,
        row.note or ("" if row.verdict in (REPRODUCED, EQUAL) or row.baseline == EVERY_BASELINE else row.holds_under),
    ]


def _spread(ends: tuple[float, float, tuple[float, float] | None]) -> str:
    """A range of savings, or the interval of an accuracy, which has limits."""
    low, high, limits = ends
    return render.between(low, high, 2, limits)


def _notes(results: Results, marks: dict[str, int]) -> list[str]:
    legend = (
        f"low to high: for accuracies the {render.interval_of(results.rules.confidence)} over n seeds, or over seeds"
        " and test examples where that reaches further (accuracy.md)."
        " For savings the range over the n circuits in which they must hold (ADC models, conditions and, for baseline"
        " all, baseline mappings), at equal time. ours: at the reference circuit,"
        f" {option(results.rules.reference)}, and equal time; against another baseline with its ADC model. For savings"
        " by both steps the bank is the fastest with which the verdict holds, or else the one that saves most."
        " latency factor: over the baseline with an ADC per column. How the rule of savings came about:"
        " docs/verdicts.md."
    )
    key = [law_key(results.cost["adc_law"])] if len(results.cost) else []
    of_savings = set(results.claims.loc[results.claims["baseline"] != "", "rule"])
    words = {rule: "Holds" if rule in of_savings else "Reproduced" for rule in marks}
    return [legend, *key, "\n".join(f"{mark}. {words[rule]}: {rule}." for rule, mark in marks.items())]
