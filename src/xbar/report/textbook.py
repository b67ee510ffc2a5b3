"""Tables of how a textbook circuit becomes the configured one, and of that circuit by another model."""

import pandas as pd

from xbar.circuit.bill import GROUPS
from xbar.config.claims import Corner
from xbar.report.contents import table
from xbar.report.render import TEXT, Section, fixed, signed
from xbar.report.results import Results

BOTH: Corner = "unipolar-shared"
SHARES = {"area": "area_share", "energy": "energy_share"}


def saved(steps: pd.DataFrame, corner: Corner) -> pd.DataFrame:
    """Area and energy saved (fractions) in every step of every comparison by one corner."""
    of_corner = steps[steps["corner"] == corner]
    return of_corner.groupby(["comparison", "number", "step"], sort=False)[list(SHARES.values())].sum().reset_index()


@table(
    stage="4 Costs",
    caption=(
        "From a textbook circuit to the configured one, one difference more in every line: what both steps together "
        "save, by group of components."
    ),
    reads=("steps",),
)
def differences(results: Results) -> Section:
    """What both steps together save, from the textbook to the configured circuit, by group of components."""
    found = results.steps[results.steps["corner"] == BOTH]
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
        "Each line has one difference more than the line above. The last line is the configured circuit at the mapping,"
        " ADC model and bank of the reference circuit. saved: by shared converters and unipolar weights together,"
        " against the signed network with own converters. by ...: the points of it that a group of components brings."
        " The textbook circuit gives the unipolar network the rows of the signed one. The rows that it needs in fact"
        " are a line of their own."
    )
    return Section("From a textbook circuit to this one", columns, rows, [note] if rows else [])


@table(
    stage="4 Costs",
    caption="The textbook circuit by this cost model and by one written before it from the same constants.",
    reads=("textbook",),
)
def textbook(results: Results) -> Section:
    """The textbook circuit by this model and by another one, for networks of the other's."""
    rows = [
        [
            *(row.network, row.corner, row.bank, row.measure),
            *(row.independent, row.ours, _rounded(row.ours - row.independent)),
        ]
        for row in results.textbook.itertuples()
    ]
    columns = dict.fromkeys(("network", "corner", "bank", "saved"), TEXT)
    columns |= {"other model (%)": fixed(0), "this model (%)": fixed(1), "difference (points)": signed(1)}
    sources = "; ".join(dict.fromkeys(results.textbook["source"]))
    notes = [f"Against signed-own. Other model: {sources}. Networks and their sizes: workflow/reference/textbook.csv."]
    return Section("The textbook circuit by two models", columns, rows, notes if rows else [])


def _rounded(points: float) -> float:
    return round(points, 1) + 0.0  # no minus before a zero
