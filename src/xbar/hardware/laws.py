"""Published laws of device noise and drift: their coefficients, each with unit and source, read from CSV."""

import csv
from collections.abc import Mapping
from pathlib import Path

COLUMNS = ("law", "parameter", "value", "unit", "source", "note")
UNITS = ("uS", "s", "1")

Law = Mapping[str, float]
Laws = Mapping[str, Law]


def read_laws(path: str | Path) -> Laws:
    """Coefficients by law and parameter.

    Raises ValueError, one line with file and line number, for missing columns, an unknown unit, a missing source, a
    repeated parameter or text where a number belongs; OSError for a file that is not there.
    """
    laws: dict[str, dict[str, float]] = {}
    with Path(path).open(newline="") as file:
        reader = csv.DictReader(file)
        if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
            raise ValueError(f"{path}: columns {', '.join(missing)} are missing; needed are {', '.join(COLUMNS)}")
        for number, row in enumerate(reader, start=2):
            law = laws.setdefault(row["law"], {})
            law[row["parameter"]] = _value(row, law, f"{path}:{number}: {row['law']} {row['parameter']}")
    return laws


def _value(row: Mapping[str, str], law: Law, where: str) -> float:
    if row["parameter"] in law:
        raise ValueError(f"{where} stands there already")
    if row["unit"] not in UNITS:
        raise ValueError(f"{where}: unit '{row['unit']}' is not one of {', '.join(UNITS)}")
    if not row["source"].strip():
        raise ValueError(f"{where} has no source; write 'assumption' if it is one")
    try:
        return float(row["value"])
    except ValueError:
        raise ValueError(f"{where}: '{row['value']}' is not a number") from None


def law_named(laws: Laws, name: str, needs: str) -> Law:
    """One law; ValueError where it does not exist or lacks the parameter `needs`."""
    able = sorted(law for law, parameters in laws.items() if needs in parameters)
    if name not in able:
        raise ValueError(f"device law '{name}' is not one of {', '.join(able) or 'none'} (those with {needs})")
    return laws[name]
