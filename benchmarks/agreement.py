"""Whether the report of a run agrees with the committed one, within the tolerances below.

    python benchmarks/agreement.py [REPORT] [--committed FOLDER]

REPORT: folder of the run's report (default results/report, where the default run writes it). --committed: folder whose
files of the last commit are the other side (default results/reference, the published report). Says what made both and
where their configurations differ. Rows that only one of both has are counted, not judged, and means are over the seeds
that both have. Ends with 1 where something lies further apart than allowed, or a committed table is absent here.

Tolerances: on the same kind of processor all is equal byte for byte. On another one, rounding makes trainings differ.
Accuracies, means over seeds and chips, may be a point apart; that of a single chip of a single seed may be three points
apart. The column ours of claims.csv may be a point apart. Energies, which follow from what networks compute, may be 5 %
apart. Elsewhere savings of energy and all numbers of sensitivity.csv may be five points apart, shares of a whole and
savings of area two points. The current that a single array loses to its wires may be a tenth apart. Areas and latencies
follow from layers alone and must be equal but for the last digits. Means over seeds may lie further apart where the
seeds of both spread so far that Welch's test finds no difference at 1 %; such rows are counted. Verdicts must be the
same. Medians of conditions.csv are compared where as many drawn circuits, a hundred or more, fell into a row. Its
latencies, medians over these circuits, are not compared.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from scipy.stats import ttest_ind

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from xbar import tables  # noqa: E402
from xbar.tables import Table  # noqa: E402


class Rule(NamedTuple):
    """What of a table is compared, absolutely and relatively; what must be the same.

    `further`: columns besides the table's key that rows have in common with the rows they are held against.
    """

    table: Table
    absolute: Mapping[str, float]
    relative: Mapping[str, float]
    same: tuple[str, ...] = ()
    further: tuple[str, ...] = ()

    @property
    def identity(self) -> list[str]:
        """What tells rows apart. Rows of several seeds and chips are averaged."""
        return [*(name for name in self.table.key if name not in ("seed", "chip")), *self.further]


EQUAL = 1e-6  # but for the last digits
DRAWS = 100  # circuits that a median is over
SINGLE = 3.0  # times as much for what is no mean
LEVEL = 0.01  # of Welch's test between the seeds of both
RULES = {  # by file of a report
    "claims.csv" if rule.table is tables.CLAIMS else f"tables/{rule.table.name}.csv": rule
    for rule in (
        Rule(tables.CLAIMS, {"ours": 1.0}, {}, ("paper", "verdict")),
        Rule(tables.ACCURACY, {"accuracy": 0.01}, {}),
        Rule(tables.VARIANTS, {"accuracy": 0.01}, {}),
        Rule(tables.ERRORS, {"accumulated_error": 0.02}, {}),
        Rule(tables.LAYERS, {"activity": 0.02, "weight_mean": 0.02}, {"rows": EQUAL, "columns": EQUAL}, (), ("kind",)),
        Rule(tables.WIRES, {}, {"loss_mean": 0.1}),
        Rule(tables.PERFORMANCE, {}, {"area_mm2": EQUAL, "energy_nJ": 0.05, "latency_us": EQUAL}),
        Rule(tables.LAYER_COSTS, {}, {"area_um2": EQUAL, "energy_pJ": 0.05, "latency_ns": EQUAL}),
        Rule(  # the same circuits, by number
            tables.CONDITIONS, {"area_saving_median": 0.02, "energy_saving_median": 0.05}, {}, (), ("draws",)
        ),
        Rule(tables.SENSITIVITY, {"number": 0.05}, {}),
        Rule(tables.STEPS, {"area_share": 0.02, "energy_share": 0.02}, {}, (), ("step",)),
        Rule(tables.ANSWER, {"area_saving": 0.02, "energy_saving": 0.05}, {}),
        Rule(tables.TRADE_OFFS, {"equal_area_saving": 0.02, "equal_energy_saving": 0.05}, {"latency_factor": EQUAL}),
        Rule(tables.TEXTBOOK, {}, {"ours": EQUAL}),
        Rule(tables.VALIDATION, {}, {"predicted": EQUAL}),
    )
}


def read_table(source: Path | StringIO, rule: Rule) -> pd.DataFrame:
    """A table whose identity is text, empty where a row has none; without medians over few drawn circuits."""
    table = pd.read_csv(source, dtype=dict.fromkeys(rule.identity, str))
    if "draws" in table:
        table = table[table["draws"].astype(int) >= DRAWS]
    return table.fillna(dict.fromkeys(rule.identity, ""))


def side_by_side(committed: pd.DataFrame, fresh: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The rows that both tables have, by identity; each compared column twice: `was` committed, `is` fresh.

    Where there are seeds, `by chance` is the p-value of Welch's test between their means, else nothing.
    """
    tables = [committed, fresh]
    if all("seed" in table for table in tables):
        seeds = [pd.MultiIndex.from_frame(table[[*rule.identity, "seed"]]) for table in tables]
        tables = [table[own.isin(other)] for table, own, other in zip(tables, seeds, reversed(seeds), strict=True)]
    was, now = (table.groupby(rule.identity).agg(_aggregations(rule)) for table in tables)
    both = was.join(now, how="inner", lsuffix=" was", rsuffix=" is")
    both["single"] = tables[0].groupby(rule.identity).size().reindex(both.index) == 1 if "chip" in tables[0] else False
    for column in (*rule.absolute, *rule.relative):
        both[f"{column} by chance"] = _by_chance(tables, rule.identity, column)
    return both


def _by_chance(tables: list[pd.DataFrame], identity: list[str], column: str) -> pd.Series | float:
    """The probability, by identity, of a difference as large as that between two samples; NaN without spread."""
    if not all("seed" in table for table in tables):
        return float("nan")
    was, now = (
        table.groupby([*identity, "seed"])[column].mean().groupby(identity).agg(list).to_dict() for table in tables
    )
    found = {row: ttest_ind(was[row], now[row], equal_var=False).pvalue for row in was.keys() & now.keys()
             if all(len(set(values)) > 1 for values in (was[row], now[row]))}  # fmt: skip
    return pd.Series(found, dtype=float).rename_axis(identity) if found else float("nan")


def _aggregations(rule: Rule) -> dict[str, str]:
    return dict.fromkeys((*rule.absolute, *rule.relative), "mean") | dict.fromkeys(rule.same, "first")


def disagreements(both: pd.DataFrame, rule: Rule) -> Iterator[str]:
    """A line for every compared number that is further apart than the rule allows, and every text that differs."""
    for identity, row in both.iterrows():
        name = " ".join(str(part) for part in identity if part != "")
        for column in (*rule.absolute, *rule.relative):
            was, now, allowed = row[f"{column} was"], row[f"{column} is"], _allowed(row, column, rule)
            if _apart(row, column, rule) and not row[f"{column} by chance"] >= LEVEL:
                yield f"{name}: {column} {was:.6g} committed, {now:.6g} here; allowed: {allowed:.3g} apart"
        for column in rule.same:
            if row[f"{column} was"] != row[f"{column} is"]:
                yield f"{name}: {column} '{row[f'{column} was']}' committed, '{row[f'{column} is']}' here"


def _allowed(row: pd.Series, column: str, rule: Rule) -> float:
    if column in rule.absolute:
        return rule.absolute[column] * (SINGLE if row["single"] else 1)
    return rule.relative[column] * abs(row[f"{column} was"])


def _apart(row: pd.Series, column: str, rule: Rule) -> bool:
    """Whether a number is further apart than allowed; one that is missing on one side is, on both is not."""
    was, now = row[f"{column} was"], row[f"{column} is"]
    return not (pd.isna(was) and pd.isna(now)) and not abs(now - was) <= _allowed(row, column, rule)


def spread_rows(both: pd.DataFrame, rule: Rule) -> int:
    """How many rows agree only because their seeds spread."""
    columns = (*rule.absolute, *rule.relative)
    return sum(
        any(_apart(row, column, rule) and row[f"{column} by chance"] >= LEVEL for column in columns)
        for _, row in both.iterrows()
    )


def equal_rows(both: pd.DataFrame, rule: Rule) -> int:
    """How many rows are the same to the last digit in all that is compared."""
    columns = (*rule.absolute, *rule.relative, *rule.same)
    was, now = (both[[f"{column} {side}" for column in columns]].set_axis(columns, axis=1) for side in ("was", "is"))
    return int((was.eq(now) | was.isna() & now.isna()).all(axis=1).sum())


def origins(read_committed: Callable[[str], str | None], report: Path) -> list[str]:
    """Commit, processor and time of both reports, then the blocks of the configuration in which they differ."""
    name = "provenance.json"
    text = read_committed(name)
    if text is None or not (report / name).exists():
        return []
    records = [json.loads(text), json.loads((report / name).read_text(encoding="utf-8"))]
    said = [f"{side}: {made(record)}" for side, record in zip(("committed", "here"), records, strict=True)]
    was, now = (_blocks(record["config"]) for record in records)
    differ = [name for name in was | now if was.get(name) != now.get(name)]
    return [*said, f"configuration: {'differs in ' + ', '.join(differ) if differ else 'equal'}"]


def made(record: Mapping[str, Any]) -> str:
    """What made a report, from its provenance: commit, processor and processor time."""
    machine, minutes = record["machine"], record["time"]["cpu_s"] / 60
    units = machine.get("vector_units", "not recorded")
    return f"commit {record['commit'].get('hash')}, {machine['processor']}, vector units {units}, {minutes:.0f} CPU-min"


def _blocks(config: Mapping[str, Any]) -> dict[str, Any]:
    """Entries by section and name, without `raw_data`, which is where a machine keeps its files."""
    sections = {section: block for section, block in config.items() if section != "raw_data"}
    named = {section: block if isinstance(block, dict) else {"": block} for section, block in sections.items()}
    return {f"{section}.{name}".rstrip("."): entry for section, block in named.items() for name, entry in block.items()}


def agreement(read_committed: Callable[[str], str | None], report: Path) -> tuple[list[str], list[str]]:
    """Lines that say what was compared, and those that say what disagrees."""
    compared, faults = [], []
    for name, rule in RULES.items():
        text, path = read_committed(name), report / name
        if text is None:
            continue
        if not path.exists():
            faults.append(f"{name}: committed, not in this report")
            continue
        committed, fresh = (read_table(source, rule) for source in (StringIO(text), path))
        both = side_by_side(committed, fresh, rule)
        found = list(disagreements(both, rule))
        sizes = [len(table.groupby(rule.identity)) for table in (committed, fresh)]
        faults += [f"{name}: {line}" for line in found]
        compared.append(
            f"{name}: {len(both)} rows compared ({sizes[0]} committed, {sizes[1]} here),"
            f" {equal_rows(both, rule)} equal, {spread_rows(both, rule)} apart as their seeds are,"
            f" {len(found)} disagreements"
        )
    return compared, faults


def last_commit(folder: str) -> Callable[[str], str | None]:
    """Reads a file of `folder` as the last commit has it; None where it has none."""

    def read(name: str) -> str | None:
        answer = subprocess.run(["git", "show", f"HEAD:{folder}/{name}"], cwd=ROOT, capture_output=True, text=True)
        return answer.stdout if answer.returncode == 0 else None

    return read


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", nargs="?", type=Path, default=ROOT / "results/report")
    parser.add_argument("--committed", default="results/reference")
    options: Any = parser.parse_args(arguments)
    read_committed = last_commit(options.committed)
    compared, faults = agreement(read_committed, options.report)
    if not compared:
        parser.error(f"{options.report} has none of {', '.join(RULES)} that the last commit has too")
    print(*origins(read_committed, options.report), *compared, *faults, sep="\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
