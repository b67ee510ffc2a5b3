"""The collected tables of a run: their columns, how they come together from the stages, how they are read."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from xbar.files import read_rows
from xbar.search.choice import COLUMNS

Rows = list[dict[str, str]]


class Table(NamedTuple):
    """Columns of a table, those that hold numbers, and those that tell its rows apart."""

    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    key: tuple[str, ...]


def _table(columns: str, numbers: str, key: str) -> Table:
    return Table(tuple(columns.split()), tuple(numbers.split()), tuple(key.split()))


_EPOCH = "epoch loss train_accuracy validation_accuracy learning_rate"
_CASE = "variant network time_s compensation seed chip"
_CONDITION = "comparison scheme bank columns_per_adc array_energy"
_HELD = (
    "area_saving_median area_saving_p10 area_saving_p90 area_holds energy_saving_median energy_saving_p10"
    " energy_saving_p90 energy_holds both_hold latency_factor_median"
)
_PERFORMANCE = "area_mm2 energy_nJ latency_us interval_us macs tops_per_W tops_per_mm2 array_energy_share"
_LAYER = (
    "rows columns kernel_area mvms_per_inference x_max w_max i_max input_range weight_range current_range"
    " weight_mean activity"
)

_WIRED = "layer array rows columns wire_ohm loss_mean loss_max error_mean error_max"

_CONFUSED = "seed chip actual predicted"

_SEARCHED = (
    "search_seed", "generation", "trial", "rung", "epochs", "validation_accuracy", "area_um2", "energy_pJ", "rows",
    "columns", "weights", "products", "front", "chosen",
)  # fmt: skip

TABLES = {
    "accuracy": _table(
        "network dataset architecture weight_bits polarity scale mapping device condition seed chip split accuracy",
        "weight_bits seed chip accuracy",
        "network condition seed chip split",
    ),
    "training": _table(f"network seed {_EPOCH}", f"seed {_EPOCH}", "network seed epoch"),
    "layers": _table(f"network seed layer kind {_LAYER}", f"seed layer {_LAYER}", "network seed layer"),
    "cost": _table(
        "network dataset corner mapping adc_law bank component count area_um2 energy_pJ latency_ns",
        "count area_um2 energy_pJ latency_ns",
        "network corner mapping adc_law bank component",
    ),
    "performance": _table(
        f"network dataset corner mapping adc_law bank {_PERFORMANCE}",
        _PERFORMANCE,
        "network corner mapping adc_law bank",
    ),
    "layer_costs": _table(
        "network dataset corner mapping adc_law bank layer area_um2 energy_pJ latency_ns",
        "area_um2 energy_pJ latency_ns",
        "network corner mapping adc_law bank layer",
    ),
    "variants": _table(
        f"{_CASE} dataset weight_bits polarity scale mapping device accuracy",
        "time_s seed chip weight_bits accuracy",
        _CASE,
    ),
    "errors": _table(
        f"{_CASE} layer own_error accumulated_error",
        "time_s seed chip layer own_error accumulated_error",
        f"{_CASE} layer",
    ),
    "wires": _table(f"network seed {_WIRED}", f"seed {_WIRED}", "network seed layer array wire_ohm"),
    "confusion": _table(f"network {_CONFUSED} count", f"{_CONFUSED} count", f"network {_CONFUSED}"),
    "sensitivity": _table(
        "comparison method option value measure number", "number", "comparison method option value measure"
    ),
    "conditions": _table(f"{_CONDITION} draws {_HELD}", f"draws {_HELD}", _CONDITION),
    "validation": _table(
        "macro quantity unit relative_to adc_law published predicted factor lends_constants source note",
        "published predicted factor",
        "macro quantity relative_to adc_law",
    ),
    "steps": _table(
        "comparison number step corner component area_share energy_share",
        "number area_share energy_share",
        "comparison number corner component",
    ),
    "textbook": _table(
        "network corner bank measure independent ours source", "independent ours", "network corner bank measure"
    ),
    "search": Table(COLUMNS, _SEARCHED, ("search", "search_seed", "trial")),
    "claims": _table(
        "claim paper_version quantity paper ours low high n unit verdict artefact"
        " dataset network comparison baseline latency_factor rule holds_under note",
        "paper ours low high n latency_factor",
        "claim paper_version dataset network comparison baseline",
    ),
}


def collect(name: str, paths: Iterable[str | Path]) -> Rows:
    """All rows of the stage files, in order; ValueError for other columns or for a row that occurs twice."""
    table, rows = TABLES[name], []
    for path in paths:
        rows += checked(path, table.columns)
    return _unique(rows, table.key, name)


def collect_runs(name: str, paths: Iterable[str | Path]) -> Rows:
    """As `collect`, for files in {network}/seed{seed}/: the folder names become the first two columns."""
    table, rows = TABLES[name], []
    for path in paths:
        network, seed = _run(Path(path))
        rows += [{"network": network, "seed": seed, **row} for row in checked(path, table.columns[2:])]
    return _unique(rows, table.key, name)


def collect_costs(name: str, paths: Iterable[str | Path]) -> Rows:
    """As `collect`; a network that takes part in several comparisons is priced alike in each and kept once."""
    rows = {tuple(row.items()): row for path in paths for row in checked(path, TABLES[name].columns)}
    return _unique(list(rows.values()), TABLES[name].key, name)


def checked(path: str | Path, columns: Sequence[str]) -> Rows:
    """The rows of a CSV as text; ValueError unless it has exactly these columns."""
    return read_rows(path, columns, exact=True)


def read_table(name: str, path: str | Path) -> pd.DataFrame:
    """A collected table with its numbers as floats (empty: NaN) and everything else as text."""
    return to_frame(name, checked(path, TABLES[name].columns), str(path))


def to_frame(name: str, rows: Rows, where: str) -> pd.DataFrame:
    """Rows of text as `read_table` gives them; ValueError for text in a column of numbers."""
    table = TABLES[name]
    frame = pd.DataFrame(rows, columns=list(table.columns), dtype=str)
    for column in table.numbers:
        frame[column] = _numbers(frame[column], f"{where}: column {column}")
    return frame


def _numbers(texts: pd.Series, where: str) -> list[float]:
    numbers = []
    for text in texts:
        try:
            numbers.append(float(text) if text else np.nan)  # exact, unlike pandas.to_numeric
        except ValueError:
            raise ValueError(f"{where}: '{text}' is not a number") from None
    return numbers


def _run(path: Path) -> tuple[str, str]:
    network, seed = path.parent.parent.name, path.parent.name
    if not network or not seed.removeprefix("seed").isdigit():
        raise ValueError(f"{path}: expected a file in a folder {{network}}/seed{{seed}}/")
    return network, seed.removeprefix("seed")


def _unique(rows: Rows, key: Sequence[str], name: str) -> Rows:
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        values = tuple(row[column] for column in key)
        if values in seen:
            raise ValueError(f"{name} table: two rows for {_named(row, key)}")
        seen.add(values)
    return rows


def _named(row: Mapping[str, str], key: Sequence[str]) -> str:
    return ", ".join(f"{column} {row[column]}" for column in key if row[column] != "")
