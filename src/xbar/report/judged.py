"""The words of verdicts and the row of a claim, which accuracies and savings have in common."""

from collections.abc import Mapping
from typing import Any

REPRODUCED = "reproduced"
CONDITIONAL = "reproduced under stated conditions"
REFUTED = "not reproduced"
UNDECIDED = "not decided"  # an interval that holds the limit, or none
NOT_RUN = "not run"
OTHER_DATA = "not the paper's data"  # no verdict: what this run found where the paper reports nothing

Row = dict[str, Any]


def judged(claim: Mapping[str, str], **measured: Any) -> Row:
    """A row of `tables.CLAIMS`: what is not measured is empty, and without a verdict the claim was not run."""
    blank = dict.fromkeys(
        ("ours", "low", "high", "n", "network", "comparison", "baseline", "latency_factor", "holds_under", "note"), ""
    )
    shared = {key: claim[key] for key in ("claim", "paper_version", "quantity", "paper", "unit")}
    row = {**shared, **blank, "verdict": NOT_RUN, **measured}
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in row.items()}
