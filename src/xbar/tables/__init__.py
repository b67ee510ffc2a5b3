"""Every CSV that a stage writes: its columns with unit and meaning, the columns that tell its rows apart, its files.

`workflow/tables.md` is this in a form to read: `PYTHONPATH=src python -m xbar.tables > workflow/tables.md`.

The digest of a job's code (`xbar.source`) leaves this package out, as it leaves out the configuration. A column that a
producer writes or no longer writes is in the producer's own code. A better word for a meaning reruns no training. The
rules of the report name it as one of theirs.
"""

from xbar.tables.columns import Column, Table
from xbar.tables.costs import ANSWER, CLAIMS, CONDITIONS, COST, LAYER_COSTS, PERFORMANCE, SENSITIVITY, STEPS, TRADE_OFFS
from xbar.tables.files import Rows, check_key, read_table, read_text, to_frame, write_table
from xbar.tables.networks import (
    ACCURACY,
    ARRAYS,
    CONFUSION,
    DEVICES,
    ERRORS,
    EVENTS,
    INTERVALS,
    LAYERS,
    SYSTEM,
    TRAINING,
    VARIANTS,
    WIRES,
)
from xbar.tables.on_demand import HYBRID, TINYML, TINYML_COST
from xbar.tables.own import OWN_ACCURACY, OWN_DIGITAL, OWN_ERRORS, OWN_LAYERS, OWN_TRAINING
from xbar.tables.search import FINALS, SEARCH, SEARCH_GAIN
from xbar.tables.validation import BOUNDS, LIBRARY, PARTS, TEXTBOOK, VALIDATION

STAGE_ONLY = (
    ARRAYS, DEVICES, OWN_ACCURACY, OWN_ERRORS, OWN_TRAINING, OWN_LAYERS, OWN_DIGITAL, TINYML_COST, TINYML,
    HYBRID,
)  # in no table of the report  # fmt: skip
COLLECTED = {  # as results/report/tables/{name}.csv, by name; the claims lie beside that folder
    table.name: table
    for table in (
        ACCURACY, INTERVALS, TRAINING, LAYERS, COST, PERFORMANCE, LAYER_COSTS, SYSTEM, EVENTS, VARIANTS, ERRORS, WIRES,
        CONFUSION, SENSITIVITY, CONDITIONS, ANSWER, TRADE_OFFS, VALIDATION, PARTS, BOUNDS, LIBRARY, STEPS, TEXTBOOK,
        SEARCH, FINALS, SEARCH_GAIN, CLAIMS,
    )
}  # fmt: skip

__all__ = [
    "ACCURACY",
    "ANSWER",
    "ARRAYS",
    "BOUNDS",
    "CLAIMS",
    "COLLECTED",
    "CONDITIONS",
    "CONFUSION",
    "COST",
    "DEVICES",
    "ERRORS",
    "EVENTS",
    "FINALS",
    "HYBRID",
    "INTERVALS",
    "LAYERS",
    "LAYER_COSTS",
    "LIBRARY",
    "OWN_ACCURACY",
    "OWN_DIGITAL",
    "OWN_ERRORS",
    "OWN_LAYERS",
    "OWN_TRAINING",
    "PARTS",
    "PERFORMANCE",
    "SEARCH",
    "SEARCH_GAIN",
    "SENSITIVITY",
    "STAGE_ONLY",
    "STEPS",
    "SYSTEM",
    "TEXTBOOK",
    "TINYML",
    "TINYML_COST",
    "TRADE_OFFS",
    "TRAINING",
    "VALIDATION",
    "VARIANTS",
    "WIRES",
    "Column",
    "Rows",
    "Table",
    "check_key",
    "read_table",
    "read_text",
    "to_frame",
    "write_table",
]
