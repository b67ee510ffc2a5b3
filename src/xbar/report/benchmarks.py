"""The table of the benchmarks, which are measured on demand and not by the workflow."""

from typing import Any

import pandas as pd

from xbar.report.render import NONE, TEXT, WHOLE, WORDS, Section, fixed, interval

COLUMNS = {
    "case": TEXT, "subject": TEXT, "reference": TEXT, "batch": WORDS._replace(right=True), "ratio": fixed(2),
    "low to high": interval(2), "pairs": WORDS._replace(right=True), "peak memory (MB)": WHOLE,
}  # fmt: skip
MADE_WITH = ["machine", "torch", "commit"]
SHOWN_IF_DIFFERENT = ["torch", "machine"]
NOTES = [
    "ratio: of the subject over the reference, timed right after each other; median and range of all pairs, one"
    " thread. step of a network: processor time of one training step; the reference is plain float torch on the same"
    " layers. chip of a network: time to make and evaluate one simulated chip on all test examples; the reference is"
    " one pass of the floating-point network named. chips: peak memory of a process that evaluates so many."
    " population: a step of so many floating-point networks of the same layers, stacked by torch.func, over a step"
    " of each. Made with steps.py, chips.py and population.py in benchmarks."
]


def read_benchmarks(paths: list[str]) -> pd.DataFrame:
    """Rows of all tables, numbers as numbers."""
    found = pd.concat([pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths], ignore_index=True)
    numbers = ["ratio_median", "ratio_low", "ratio_high", "peak_mb"]
    return found.assign(**{name: pd.to_numeric(found[name], errors="coerce") for name in numbers})


def benchmarks(rows: pd.DataFrame) -> Section:
    """Ratios and memory, and what they were measured with."""
    told = [name for name in SHOWN_IF_DIFFERENT if name in rows and rows[name].dropna().nunique() > 1]
    lines = [[*_numbers(row), *(_text(getattr(row, name)) for name in told)] for row in rows.itertuples()]
    return Section("Benchmarks", COLUMNS | dict.fromkeys(told, TEXT), lines, [*NOTES, *_made_with(rows)])


def _numbers(row: Any) -> list[Any]:
    measured = [row.batch, row.ratio_median, (row.ratio_low, row.ratio_high), row.pairs, row.peak_mb]
    return [row.case, *_sides(row), *measured]


def _sides(row: Any) -> tuple[str, str]:
    """What was timed and what it was timed against, from the one column in which the tables name both."""
    subject, over, reference = row.subject.partition(", over ")
    if over:
        return subject, reference
    if row.case.startswith("step of "):
        return " ".join(filter(None, (subject, _text(getattr(row, "version", ""), "")))), "plain float torch"
    if subject.startswith("float pass "):
        return "one chip", subject
    return subject or NONE, NONE


def _text(value: str | float, none: str = NONE) -> str:
    """A cell as text; columns that only some of the tables have are NaN elsewhere."""
    return value if isinstance(value, str) and value else none


def _made_with(rows: pd.DataFrame) -> list[str]:
    """One line per kind of case, machine, torch and commit."""
    if not set(MADE_WITH) <= set(rows):
        return []
    kinds = rows[MADE_WITH].assign(case=rows["case"].str.split().str[0]).dropna().drop_duplicates()
    return [f"{kind.case}: {kind.machine}; torch {kind.torch}; commit {kind.commit}." for kind in kinds.itertuples()]
