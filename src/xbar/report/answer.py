"""The table of the answer: what both steps save at equal time and with more time, whether it holds, what decides."""

from typing import Any

import pandas as pd

from xbar.report.conditions import SAVED, asked, targets
from xbar.report.contents import table
from xbar.report.render import NONE, TEXT, WORDS, Format, Section, interval
from xbar.report.results import Results
from xbar.report.savings import MAPPINGS_IN_WORDS, law_key, of_fewest_bits
from xbar.report.statistics import networks
from xbar.savings.corners import BOTH_STEPS
from xbar.savings.verdicts import EQUAL, MORE, VERDICTS

PERCENT = Format(lambda saving: NONE if pd.isna(saving) else str(round(100 * saving)))
SHORT = {EQUAL: "equal time", MORE: "more time", "not found": "not found"}
WITH_MORE = "with more time: "  # what `decided_by` begins with where the proposal needs it


@table(
    stage="1 Claims",
    caption=(
        "What both steps together save of area and energy, at equal time and with more time. A row is a baseline of "
        "a comparison. The verdict says whether the paper's saving holds. Comparisons that end in literal are the "
        "literal reading of the paper."
    ),
    reads=("answer", "claims", "accuracy"),
)
def answer(results: Results) -> list[Section]:
    """What both steps save against every baseline, the verdicts, and what would decide them."""
    shown = of_fewest_bits(results.comparisons, networks(results.accuracy))
    found = results.answer[(results.answer["paper_version"] == BOTH_STEPS) & results.answer["comparison"].isin(shown)]
    sections = [_saved(results, found[found["claim"] == f"{name}-saving"], name) for name in SAVED]
    return [*sections[:-1], sections[-1]._replace(notes=_notes(results, found) if len(found) else []),
            _deciding(results, found)]  # fmt: skip


def _saved(results: Results, found: pd.DataFrame, name: str) -> Section:
    """What both steps save of area or of energy against every baseline, and the verdicts."""
    groups = found.groupby(["comparison", "baseline"], sort=False)
    rows = [
        [comparison, MAPPINGS_IN_WORDS[str(baseline)], *_cells(results, of_baseline, name)]
        for (comparison, baseline), of_baseline in groups
    ]
    columns = {"comparison": TEXT, "baseline": TEXT, "saved, equal time (%)": PERCENT}
    columns |= {"range (%)": interval(0, scale=100), "saved, more time (%, latency)": Format(_timed)}
    columns |= {"verdict": TEXT, "verdict, as configured": WORDS}
    claimed = f"{targets(results.claims)[name]:g} % of {name}" if rows else name
    return Section(f"When the savings of the paper hold: {name}", columns, rows, lead=_lead(rows, claimed))


def _lead(rows: list[list[Any]], claimed: str) -> str:
    """Question and answer of one saving: how often it holds in all circuits, and in the reference circuit."""
    in_all, here = ([str(row[place]) for row in rows] for place in (-2, -1))
    holding = ("equal time", "more time")
    told = (
        f"In all circuits it holds in {sum(SHORT[EQUAL] == verdict for verdict in in_all)} of {len(rows)} rows at equal"
        f" time. In the reference circuit it holds in {sum(verdict.startswith(holding[0]) for verdict in here)} rows at"
        f" equal time and in {sum(verdict.startswith(holding[1]) for verdict in here)} with more time."
    )
    return f"Do both steps together save {claimed}, as the paper says? {told}"


def _cells(results: Results, answers: pd.DataFrame, name: str) -> list[Any]:
    """One saving against one baseline, with the ADC model of the reference; range and first verdict over all models."""
    shown = answers[answers["adc_law"] == results.rules.reference.adc_law].iloc[0]
    more = shown[f"fast_{name}_saving"], shown["fast_latency_factor"]
    ends = answers["low"].min(), answers["high"].max()
    here = shown["reference_verdict"]
    time = f" × {shown['reference_factor']:.2f}" if here == MORE else ""
    return [shown["saving"], ends, more, _verdict(answers), f"{SHORT[here]}{time}"]


def _verdict(answers: pd.DataFrame) -> str:
    """The verdict of all ADC models, or of each group of them where they differ."""
    groups = []
    for word in VERDICTS:
        of_word = answers[answers["verdict"] == word]
        if len(of_word):
            time = f" × {of_word['more_time_factor'].max():.2f}" if word == MORE else ""
            laws = "" if len(of_word) == len(answers) else f" ({' '.join(of_word['adc_law'])})"
            groups.append(f"{SHORT[word]}{time}{laws}")
    return "; ".join(groups)


def _timed(saved: tuple[float, float]) -> str:
    saving, factor = saved
    return NONE if pd.isna(saving) else f"{round(100 * saving) + 0:d} (× {factor:.2f})"


def _notes(results: Results, found: pd.DataFrame) -> list[str]:
    rules = results.rules
    return [
        f"Both steps together, in the reference circuit with ADC model {rules.reference.adc_law}. Area and energy are"
        " judged apart, each with a bank of its own. Of each dataset the comparisons of the fewest bits are shown; the"
        " others differ little and stand in answer.csv. Comparisons that end in searched have cheaper layers than their"
        " signed network, too: where they hold is no evidence for the paper's claim.",
        "saved, equal time: the ADCs of the baseline take as many columns in turn as those of the proposal. The bank"
        " is the fastest with which the verdict holds, or else the one that saves most. It need not be that of"
        " corners.md.",
        f"range: lowest to highest at equal time, over all ADC models and {found['conditions'].max():.0f} circuits for"
        f" each. These are the reference circuit and every combination of {'; '.join(rules.conditions)}"
        " (workflow/reference/options.csv).",
        "saved, more time: the baseline keeps an ADC for every column. The bank is the one that saves most. In"
        " brackets: how many times as long an inference of the proposal takes.",
        f"verdict: whether {asked(results)} are saved, the paper's numbers less a tolerance, in all these circuits."
        " equal time: at equal time. more time: where the proposal takes so many times as long. not found: neither,"
        " with any bank. Letters in brackets are the ADC models that a verdict is of. Rule and history:"
        " docs/verdicts.md.",
        "verdict, as configured: of the reference circuit alone.",
        "Time changes the energy less than the area: only leakage grows with it. So what holds with more time nearly"
        " always holds at equal time.",
        law_key(found["adc_law"]),
    ]


def _deciding(results: Results, found: pd.DataFrame) -> Section:
    """For each comparison and saving the fewest choices that would have to be fixed, by baseline."""
    law = results.rules.reference.adc_law
    open_ones = found[(found["adc_law"] == law) & (found["verdict"] != EQUAL)]
    rows = []
    for (comparison, claim, decided), of_choice in open_ones.groupby(["comparison", "claim", "decided_by"], sort=False):
        time = WITH_MORE if decided.startswith(WITH_MORE) else ""
        sets = decided.removeprefix(WITH_MORE).split("; ")
        others = f" (1 of {len(sets)})" if len(sets) > 1 else ""
        baselines = "; ".join(of_choice["baseline"].map(MAPPINGS_IN_WORDS))
        rows.append([comparison, claim, baselines, f"{time}{_choices(sets[0])}{others}"])
    columns = {"comparison": TEXT, "claim": TEXT, "baselines": TEXT, "would hold with": TEXT}
    note = (
        f"With ADC model {law}: the fewest choices, one or two, that must be fixed for the saving to hold, whatever the"
        " other choices are. It would hold at equal time, or, if no choices do that, with more time. Names are keys of"
        " circuit in config.yaml. Keys that change together, such as an encoding with its DAC, are one choice. Of"
        " several sets of choices the one with the most saved in the worst case is shown, and their number."
        " All are in answer.csv. none: no two choices suffice."
    )
    return Section("What would decide", columns, rows, [note] if rows else [])


def _choices(decided: str) -> str:
    """The choices of one set of `decided_by`: each key beside its value, where several keys change together."""
    choices = ([side.split() for side in choice.split(" = ")] for choice in decided.split(" and "))
    return ", ".join(" ".join(pair) for sides in choices for pair in zip(*sides, strict=True))
