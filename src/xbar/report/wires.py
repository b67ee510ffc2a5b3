"""What the resistance of wires takes from whole arrays, and how far the fast approximation is off, as a table."""

from xbar.report import markdown
from xbar.report.markdown import number
from xbar.report.results import Results

NOTE = (
    "Every array of seed 0 solved exactly as a network of resistors, all rows driven alike. Loss: of a column's"
    " current, in percent; error: of the fast approximation that whole networks are evaluated with, against the exact"
    " current. Wire: ohm per segment between neighbouring cells. Cells at their target conductances."
)


def wires(results: Results) -> str:
    """One row per array and wire resistance: loss of current and error of the approximation, mean and largest."""
    rows = [
        [
            f"`{case.network}`",
            f"{case.layer:.0f}",
            f"{case.array:.0f}",
            f"{case.rows:.0f} x {case.columns:.0f}",
            f"{case.wire_ohm:g}",
            number(100 * case.loss_mean, 2),
            number(100 * case.loss_max, 2),
            number(100 * case.error_mean, 4),
            number(100 * case.error_max, 4),
        ]
        for case in results.wires.itertuples()
    ]
    headers = [
        "network", "layer", "array", "rows x columns", "wire (ohm)", "loss, mean (%)", "largest", "error, mean (%)",
        "largest",
    ]  # fmt: skip
    return markdown.table("Current lost to wires", headers, rows, [NOTE])
