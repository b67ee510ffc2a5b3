"""What the resistance of wires takes from whole arrays, and how far the fast approximation is off, as a table."""

from xbar.report.contents import table
from xbar.report.render import CODE, TEXT, WHOLE, Format, Section, fixed
from xbar.report.results import Results

NOTE = (
    "Every array of seed 0 solved exactly as a network of resistors, all rows driven alike. Loss: of a column's"
    " current, in percent; error: of the fast approximation that whole networks are evaluated with, against the exact"
    " current. Wire: ohm per segment between neighbouring cells. Cells at their target conductances."
)


@table(
    stage="3 Hardware",
    caption=(
        "What the resistance of wires takes from the currents of whole arrays, and the error of the fast approximation."
    ),
    reads=("wires",),
)
def wires(results: Results) -> Section:
    """One row per array and wire resistance: loss of current and error of the approximation, mean and largest."""
    columns = {"network": CODE, "layer": WHOLE, "array": WHOLE, "rows x columns": TEXT}
    columns |= {"wire (ohm)": Format(lambda ohm: f"{ohm:g}")}
    columns |= {"loss, mean (%)": fixed(2, 100), "loss, largest (%)": fixed(2, 100)}
    columns |= {"error, mean (%)": fixed(4, 100), "error, largest (%)": fixed(4, 100)}
    rows = [
        [
            *(case.network, case.layer, case.array, f"{case.rows:.0f} x {case.columns:.0f}", case.wire_ohm),
            *(case.loss_mean, case.loss_max, case.error_mean, case.error_max),
        ]
        for case in results.wires.itertuples()
    ]
    return Section("Current lost to wires", columns, rows, [NOTE])
