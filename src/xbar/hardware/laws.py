"""Published laws of device noise and drift: their coefficients, each with unit and source, read from CSV."""

from collections.abc import Mapping
from pathlib import Path

from xbar.config.base import known
from xbar.config.crossbars import DeviceSpec
from xbar.files import read_by_line

COLUMNS = ("law", "parameter", "value", "unit", "source", "note")
UNITS = ("uS", "s", "1")

Law = Mapping[str, float]
Laws = Mapping[str, Law]


def read_laws(path: str | Path) -> Laws:
    """Coefficients by law and parameter.

    Raises ValueError, one line with file and line number, for missing columns or fields, an unknown unit, a missing
    source, a repeated parameter or text where a number belongs; OSError for a file that is not there.
    """
    laws: dict[str, dict[str, float]] = {}
    for number, row in read_by_line(path, COLUMNS).items():
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


def check_laws(devices: Mapping[str, DeviceSpec], laws: Laws) -> None:
    """Raise ValueError, one line, where a device of the configuration names a law that is not in the table."""
    for name, device in devices.items():
        for key, without, needs in (("programming", "constant", "sigma_0"), ("ageing", "none", "drift_start")):
            where = f"config.yaml: devices.{name}.{key}"
            known(getattr(device, key), [without, *laws_with(laws, needs)], where)


def laws_with(laws: Laws, needs: str) -> list[str]:
    """Names of the laws that have the parameter `needs`."""
    return sorted(law for law, parameters in laws.items() if needs in parameters)


def law_named(laws: Laws, name: str, needs: str) -> Law:
    """One law; ValueError where it does not exist or lacks the parameter `needs`."""
    able = laws_with(laws, needs)
    if name not in able:
        raise ValueError(f"device law '{name}' is not one of {', '.join(able) or 'none'} (those with {needs})")
    return laws[name]
