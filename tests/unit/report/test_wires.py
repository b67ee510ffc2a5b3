"""The table of wires: shares as percent, one row per array and resistance."""

from support.entries import TABLES


def test_rows_are_arrays_and_resistances_in_percent(made_up):
    lines = TABLES["wires"](made_up.results()).splitlines()
    (name, *_) = made_up.NETWORKS
    first = next(line for line in lines if line.startswith(f"| `{name}` | 0 | 0 | 8 x 4 | 1 |"))
    assert first.split(" | ")[5:] == ["10.00", "20.00", "0.1000", "0.4000 |"]
    assert sum(line.startswith("| `") for line in lines) == 2 * 2 * 2
