"""Which published chips count as a test of the cost model: a rule on what was published, fixed before its predictions.

`docs/validation.md` states the rule in words. Nothing in this module knows what the model predicts.
"""

from collections.abc import Mapping, Sequence
from math import isfinite

SUMMED_CURRENTS = ("RRAM", "PCM", "MRAM", "flash")  # cells whose currents a column adds up
FEWEST_ROWS = 64  # in parallel; below, a column is sensed and hardly summed
NODES_NM = (14.0, 180.0)
ENERGIES = ("energy_per_column", "tops_per_W")
Chip = Mapping[str, str]  # a row of workflow/reference/chips.csv


def reasons(chips: Sequence[Chip], priced_nm: tuple[float, float]) -> list[str]:
    """Why each row does not count; empty for one that does. One row of a design counts at most.

    `priced_nm`: smallest and largest node for which the price list has digital parts.
    """
    lenders = {chip["design"] for chip in chips if chip["lends"]}
    found = [_of_itself(chip, lenders, priced_nm) for chip in chips]
    for design in {chip["design"] for chip in chips}:
        left = [place for place, chip in enumerate(chips) if chip["design"] == design and not found[place]]
        best = max(left, key=lambda place: number(chips[place], "input_bits"), default=None)
        for place in left:
            if best is not None and place != best:
                found[place] = _sibling(chips[place], chips[best])
    return found


def _of_itself(chip: Chip, lenders: set[str], priced_nm: tuple[float, float]) -> str:
    """The first part of the rule that a row breaks, whatever the other rows are."""
    checks = (
        (chip["kind"] == "silicon", f"{chip['kind']}, not measured"),
        (chip["quantity"] in ENERGIES, "an area, no energy"),
        (chip["cell"] in SUMMED_CURRENTS, f"{chip['cell']}: no currents of cells are summed"),
        (chip["design"] not in lenders, "lends constants to the model"),
        (number(chip, "rows_in_parallel") >= FEWEST_ROWS, f"fewer than {FEWEST_ROWS} rows in parallel"),
        (NODES_NM[0] <= number(chip, "node_nm") <= NODES_NM[1], f"node {chip['node_nm']} nm"),
        (bool(chip["read_ns"]) or chip["column_output"] != "adc", "no read time published"),
        (chip["column_output"] == "adc", f"no converter at the column, which puts out a {chip['column_output']}"),
        (bool(chip["supply_V"]), "supply unknown"),
        (
            priced_nm[0] <= number(chip, "node_nm") <= priced_nm[1],
            f"node {chip['node_nm']} nm is beyond the price list",
        ),
    )
    return next((reason for holds, reason in checks if not holds), "")


def _sibling(chip: Chip, best: Chip) -> str:
    if chip["macro"] == best["macro"]:
        return f"the {best['quantity']} of the same macro counts"
    return f"{best['macro']} counts for this design"


def number(chip: Chip, name: str) -> float:
    """A cell as a number; ValueError, one line, for one that is empty or none."""
    try:
        if isfinite(found := float(chip[name])):
            return found
    except ValueError:
        pass
    raise ValueError(f"chips: {chip['macro']}: {name} '{chip[name]}' is not a finite number")
