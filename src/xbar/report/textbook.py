"""Tables of how a textbook circuit becomes the configured one, and of that circuit by a prototype."""

from typing import Any

import pandas as pd

from xbar.circuit.bill import GROUPS
from xbar.config.claims import Corner
from xbar.report.contents import table
from xbar.report.render import TEXT, Section, fixed, signed
from xbar.report.results import Results
from xbar.savings.textbook import CORRECTIONS, MENDED, PUBLISHED, TEXTBOOK

BOTH: Corner = "unipolar-shared"
SHARES = {"area": "area_share", "energy": "energy_share"}


def saved(steps: pd.DataFrame, corner: Corner) -> pd.DataFrame:
    """Area and energy saved (fractions) in every step of every comparison by one corner."""
    of_corner = steps[steps["corner"] == corner]
    return (
        of_corner.groupby(["comparison", "walk", "number", "step"], sort=False)[list(SHARES.values())]
        .sum()
        .reset_index()
    )


@table(
    stage="4 Costs",
    caption=(
        "From a textbook circuit to the configured one and to equal time: what both steps together save. Every line "
        "has one difference more."
    ),
    reads=("steps",),
)
def differences(results: Results) -> list[Section]:
    """What both steps together save: from the first round's circuit to this one, and from a textbook to the former."""
    return [_corrections(results.steps), _from_textbook(results.steps)]


def _corrections(steps: pd.DataFrame) -> Section:
    table = saved(steps[steps["walk"] == CORRECTIONS], BOTH)
    rows = []
    for comparison, of_comparison in table.groupby("comparison", sort=False):
        before: pd.Series | None = None
        for _, row in of_comparison.iterrows():
            cells: list[Any] = [comparison, row["step"]]
            for share in SHARES.values():
                change = None if before is None else _rounded(100 * (row[share] - before[share]))
                cells += [100 * row[share], change]
            rows.append(cells)
            before = row
    columns = {"comparison": TEXT, "circuit": TEXT}
    for measure in SHARES:
        columns |= {f"{measure} saved (%)": fixed(1), f"change of {measure} (points)": signed(1)}
    return Section(
        "From the first round's circuit to this one",
        columns,
        rows,
        [_mended(table)] if rows else [],
    )


def _mended(table: pd.DataFrame) -> str:
    published = table[table["step"] == PUBLISHED].set_index("comparison")
    told = (
        f"{name} {100 * row['area_share']:.1f} % of area and {100 * row['energy_share']:.1f} % of energy"
        for name, row in published.iterrows()
    )
    first = (
        f" The first round published: {'; '.join(told)} (workflow/reference/first_round.csv)." if len(published) else ""
    )
    return (
        "Each line has one difference more than the line above. Saved: by shared converters and unipolar weights"
        " together, against the signed network with own converters, an ADC at every column." + first + f" '{MENDED}' is"
        " that circuit by the model of today. Four things cannot be switched and stand in this line together. They are"
        " the power that ADC model C takes by the column's current, registers for outputs that wait for the common"
        " mode, wires that swing by the read voltage, and amplifiers that draw power until their ADC is done. The last"
        " line but two is the configured circuit at the reference mapping, ADC model and bank. Then follows the"
        " smallest configured bank, and then the same bank against a baseline that may take the same time. That bank"
        " need not be the one that saves most at equal time, which answer.md shows."
    )


def _from_textbook(steps: pd.DataFrame) -> Section:
    """What both steps save in each state from the textbook on, by group of components."""
    found = steps[(steps["corner"] == BOTH) & (steps["walk"] == TEXTBOOK)]
    rows = []
    for measure, share in SHARES.items():
        for comparison, of_comparison in found.groupby("comparison", sort=False):
            before: float | None = None
            for (_, step), parts in of_comparison.groupby(["number", "step"], sort=False):
                percent = 100 * parts.set_index("component")[share]
                change = None if before is None else _rounded(percent.sum() - before)
                groups = [percent.reindex(names).sum() for names in GROUPS.values()]
                rows.append([comparison, measure, step, percent.sum(), change, *groups])
                before = percent.sum()
    columns = {"comparison": TEXT, "measure": TEXT, "circuit": TEXT, "saved (%)": fixed(1)}
    columns |= {"change (points)": signed(1)} | {f"by {name} (points)": fixed(1) for name in GROUPS}
    note = (
        "Each line has one difference more than the line above. The last line is the circuit of the first round, by the"
        " model of today. Columns that begin with 'by': the points of the saving that a group of components brings."
        " The textbook circuit gives the unipolar network the rows of the signed one. The rows that it needs in fact"
        " are a line of their own."
    )
    return Section("From a textbook circuit to the first round's", columns, rows, [note] if rows else [])


@table(
    stage="4 Costs",
    caption="The textbook circuit by this cost model and by a prototype written apart from it from the same constants.",
    reads=("textbook",),
)
def textbook(results: Results) -> Section:
    """The textbook circuit by this model and by a prototype, for the networks of the prototype."""
    rows = [
        [
            *(row.network, row.corner, row.bank, row.measure),
            *(row.prototype, row.ours, _rounded(row.ours - row.prototype)),
        ]
        for row in results.textbook.itertuples()
    ]
    columns = dict.fromkeys(("network", "corner", "bank", "saved"), TEXT)
    columns |= {"prototype (%)": fixed(0), "this model (%)": fixed(1), "difference (points)": signed(1)}
    sources = "; ".join(dict.fromkeys(results.textbook["source"]))
    notes = [
        f"Against signed-own. Prototype: {sources}. The comparison checks the code of the"
        " model, not its constants. Networks and their sizes: workflow/reference/textbook.csv."
    ]
    return Section("The textbook circuit by this model and by a prototype", columns, rows, notes if rows else [])


def _rounded(points: float) -> float:
    return round(points, 1) + 0.0  # no minus before a zero
