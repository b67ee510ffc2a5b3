"""Conditions under which savings hold: counted in a table of four draws."""

from pathlib import Path

import numpy as np

from xbar.files import read_rows
from xbar.savings import conditions
from xbar.tables import CONDITIONS

REFERENCE = Path(__file__).parents[3] / "workflow" / "reference"


def test_conditions_counted_by_hand():
    draws = {
        "mapping": np.array(["two-crossbars", "two-crossbars", "offset-column", "offset-column"], dtype=object),
    }
    results = {
        "area_saving both": np.array([0.9, 0.7, 0.85, 0.1]),
        "energy_saving both": np.array([0.5, 0.5, 0.1, 0.1]),
        "latency_factor": np.array([2.0, 1.05, 1.5, 4.0]),
        "array_energy_share": np.array([0.05, 0.05, 0.2, 0.5]),
    }
    targets = conditions.targets_of(read_rows(REFERENCE / "claims.csv"), "v3")
    assert targets == {"area_saving": 0.8, "energy_saving": 0.45}
    rows = list(conditions.condition_rows(draws, results, targets))
    assert all(tuple(row) == CONDITIONS.names[1:] for row in rows)
    by_key = {tuple(row[name] for name in conditions.CONDITIONS): row for row in rows}
    assert by_key["", "", ""]["draws"] == 4 and by_key["", "", ""]["area_holds"] == "0.5"
    assert by_key["", "", ""]["both_hold"] == "0.25"
    assert by_key["two-crossbars", "1.05 or less", ""]["area_saving_median"] == "0.7"
    assert {name: by_key["", name, ""]["draws"] for name in conditions.TIME_CLASSES} == dict.fromkeys(
        ("1.05 or less", "1.05 to 1.5", "1.5 to 3", "more than 3"), 1
    )
    assert by_key["", "1.05 to 1.5", ""]["energy_holds"] == "0"
    assert by_key["offset-column", "", "above 40 %"]["latency_factor_median"] == "4"
    assert ("offset-column", "1.5 to 3", "") not in by_key
