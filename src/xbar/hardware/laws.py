"""Published laws of device noise and drift: their coefficients, each with unit and source, read from CSV."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path

from xbar.files import read_by_line

COLUMNS = ("law", "parameter", "value", "unit", "source", "note")
POLYNOMIAL = "sigma_"  # of the level: sigma_0, sigma_1, ...; what `device.py` reads of a law of programming
AGEING = {  # what it reads of a law of ageing, by unit
    "s": ("drift_start", "read_time"),
    "1": (
        *(f"nu_{of}_{part}" for of in ("mean", "sigma") for part in ("0", "log", "min", "max")),
        "read_factor", "read_power", "read_max",
    ),
}  # fmt: skip
POSITIVE = ("g_max", "drift_start", "read_time")  # what is divided by
UNITS = {"g_max": "uS"} | {name: unit for unit, names in AGEING.items() for name in names}

Law = Mapping[str, float]
Laws = Mapping[str, Law]


def read_laws(path: str | Path) -> Laws:
    """Coefficients by law and parameter.

    Raises ValueError, one line with file and line number, for missing columns, fields or sources, for unknown or
    repeated parameters and for unknown units. Also for what is no finite number and for a law that lacks a parameter.
    Raises OSError for a file that is not there.
    """
    laws: dict[str, dict[str, float]] = {}
    for number, row in read_by_line(path, COLUMNS).items():
        where = f"{path}:{number}: {row['law']} {row['parameter']}"
        if row["law"] in ("", "constant", "none"):
            raise ValueError(f"{where}: a law has a name of its own, not constant or none")
        law = laws.setdefault(row["law"], {})
        law[row["parameter"]] = _value(row, law, where)
    for name, law in laws.items():
        if missing := [parameter for parameter in _needed(law) if parameter not in law]:
            raise ValueError(f"{path}: law {name} lacks {', '.join(missing)}")
    return laws


def _needed(law: Law) -> list[str]:
    """The parameters without which a law cannot be read: of programming, of ageing or of both."""
    orders = [name for name in law if name.startswith(POLYNOMIAL)]
    ageing = [name for names in AGEING.values() for name in names]
    aged = ageing if not orders or not law.keys().isdisjoint(ageing) else []
    return [f"{POLYNOMIAL}{order}" for order in range(len(orders))] + (["g_max"] if orders else []) + aged


def _value(row: Mapping[str, str], law: Law, where: str) -> float:
    if row["parameter"] in law:
        raise ValueError(f"{where} stands there already")
    parameter = row["parameter"]
    order = parameter.removeprefix(POLYNOMIAL)
    polynomial = parameter.startswith(POLYNOMIAL) and order.isdecimal() and order == str(int(order))
    if not polynomial and parameter not in UNITS:
        raise ValueError(f"{where}: read are {POLYNOMIAL}0, {POLYNOMIAL}1, ..., {', '.join(UNITS)}")
    if row["unit"] != (allowed := "uS" if polynomial else UNITS[parameter]):
        raise ValueError(f"{where}: unit '{row['unit']}' is not one of {allowed}")
    if not row["source"].strip():
        raise ValueError(f"{where} has no source; write 'assumption' if it is one")
    try:
        value = float(row["value"])
    except ValueError:
        raise ValueError(f"{where}: '{row['value']}' is not a number") from None
    if not isfinite(value) or (value <= 0 and parameter in POSITIVE):
        allowed = "numbers above 0" if parameter in POSITIVE else "finite numbers"
        raise ValueError(f"{where}: {row['value']} is not allowed: {allowed}")
    return value


def laws_with(laws: Laws, needs: str) -> list[str]:
    """Names of the laws that have the parameter `needs`."""
    return sorted(law for law, parameters in laws.items() if needs in parameters)


def law_named(laws: Laws, name: str, needs: str) -> Law:
    """One law; ValueError where it does not exist or lacks the parameter `needs`."""
    able = laws_with(laws, needs)
    if name not in able:
        raise ValueError(f"device law '{name}' is not one of {', '.join(able) or 'none'} (those with {needs})")
    return laws[name]
