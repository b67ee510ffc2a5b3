"""The table of the benchmarks, which are measured on demand and not by the workflow."""

import pandas as pd

from xbar.report import markdown
from xbar.report.markdown import NONE, between, number

HEADERS = ["case", "against", "batch", "ratio", "low to high", "pairs", "peak memory (MB)"]
NOTES = [
    "step of a network: processor time of one training step of the subject over that of plain float torch on the same"
    " layers, timed right after each other; median and range of all pairs, one thread. chip of a network: time to make"
    " and evaluate one simulated chip on all test examples over that of the float pass named. chips: peak memory of a"
    " process that evaluates so many. population: a step of so many float networks of the same layers,"
    " stacked by torch.func, over a step of each. Made with steps.py, chips.py and population.py in benchmarks.",
]


def read_benchmarks(paths: list[str]) -> pd.DataFrame:
    """Rows of all tables, numbers as numbers."""
    found = pd.concat([pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths], ignore_index=True)
    numbers = ["ratio_median", "ratio_low", "ratio_high", "peak_mb"]
    return found.assign(**{name: pd.to_numeric(found[name], errors="coerce") for name in numbers})


def benchmarks(rows: pd.DataFrame) -> str:
    """Ratios and memory as Markdown, and what they were measured with."""
    lines = [
        [
            row.case,
            _subject(row),
            row.batch or NONE,
            number(row.ratio_median, 2),
            between(row.ratio_low, row.ratio_high, 2),
            row.pairs or NONE,
            number(row.peak_mb, 0),
        ]
        for row in rows.itertuples()
    ]
    return markdown.table("Benchmarks", HEADERS, lines, [*NOTES, *_made_with(rows)])


def _subject(row) -> str:
    version = getattr(row, "version", "")
    return f"{row.subject} {version}" if isinstance(version, str) and version else row.subject


def _made_with(rows: pd.DataFrame) -> list[str]:
    """One line per kind of case, machine, torch and commit."""
    columns = ["machine", "torch", "commit"]
    if not set(columns) <= set(rows):
        return []
    kinds = rows[columns].assign(case=rows["case"].str.split().str[0]).dropna().drop_duplicates()
    return [f"{kind.case}: {kind.machine}; torch {kind.torch}; commit {kind.commit}." for kind in kinds.itertuples()]
