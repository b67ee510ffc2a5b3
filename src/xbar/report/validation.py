"""How far the cost model is from published macros, and the table of it."""

from collections.abc import Sequence

import pandas as pd

from xbar.report.contents import table
from xbar.report.render import SIGNIFICANT, TEXT, WORDS, Section, interval, significant
from xbar.report.results import Results
from xbar.report.savings import law_key

QUANTITIES = {
    "tops_per_W": "TOPS/W",
    "tops_per_mm2": "TOPS/mm²",
    "area_mm2": "area, mm²",
    "adc_area_share": "ADCs' share of area",
}
RATIO = "ratio to another macro"
CASE = ["macro", "quantity", "relative_to"]
NOT_BLIND = (
    "Macros that lend constants to the model are no independent test of it. Their agreement shows that the constants"
    " were used as they were meant. The other macros are no blind test either: some assumptions were set after a first"
    " comparison, and each source says which. The model leaves out leakage, clock, reference buffers, write circuits,"
    " activation memory, wires between layers and a gain amplifier per layer. Wires between arrays and shared"
    " converters are charged for energy; their area is zero, as metal above the arrays (bank_wire in"
    " workflow/reference/components.csv). Hence only ratios between circuits of this model are reported as results."
)


def kind(row: pd.Series) -> str:
    """What a row compares, in words; a ratio of two macros is a kind of its own."""
    return RATIO if row["relative_to"] else QUANTITIES[row["quantity"]]


def spread(validation: pd.DataFrame) -> pd.DataFrame:
    """By kind: low, middle, high and n of the factor, predicted over published, over macros and ADC models."""
    found = validation.dropna(subset="factor")
    kinds = found.apply(kind, axis=1) if len(found) else pd.Series(dtype=str)
    factors = found.groupby(kinds, sort=False)["factor"]
    return factors.agg(low="min", middle="median", high="max", n="count")


@table(
    stage="4 Costs",
    caption="The cost model against published macros: predictions of all ADC models and the factor of error.",
    reads=("validation",),
)
def validation(results: Results) -> Section:
    """Published numbers beside the predictions of every ADC model, with the factor between."""
    laws = sorted(results.validation["adc_law"].unique())
    rows = []
    for (macro, quantity, relative_to), group in results.validation.groupby(CASE, sort=False):
        predicted = group.set_index("adc_law")["predicted"]
        first = group.iloc[0]
        rows.append(
            [
                macro,
                QUANTITIES[quantity],
                relative_to,
                first["published"],
                *(predicted.get(law) for law in laws),
                (group["factor"].min(), group["factor"].max()),
                first["lends_constants"],
                "; ".join(filter(None, (first["source"], first["note"]))),
            ]
        )
    columns = {"macro": TEXT, "quantity": TEXT, "relative to": WORDS, "published": SIGNIFICANT}
    columns |= dict.fromkeys((f"model {law}" for law in laws), SIGNIFICANT)
    columns |= {"factor": interval(2), "lends constants": TEXT, "source": TEXT}
    notes = [law_key(laws), *_spreads(results.validation), NOT_BLIND] if rows else []
    return Section("Cost model against published macros", columns, rows, notes)


def _spreads(validation: pd.DataFrame) -> list[str]:
    """The factors of error, of macros that lend constants to the model and of the others, one sentence each."""
    words = {"no": "Other macros", "yes": "Macros that lend constants to the model"}
    return [
        f"{words[lends]}, predicted over published by all ADC models: {_factors(spread(rows))}."
        for lends, rows in validation.groupby("lends_constants")
    ]


def warning(validation: pd.DataFrame, kinds: Sequence[str]) -> str:
    """How far absolute numbers of these kinds were off on macros that lend no constants to the model."""
    found = spread(validation[validation["lends_constants"] == "no"])
    off = _factors(found[found.index.isin(kinds)])
    told = f": on macros that lend it no constants, this model gave these multiples of what was published: {off}"
    return f"Absolute values are no results, as validation.md shows{told if off else ''}."


def _factors(spread: pd.DataFrame) -> str:
    return "; ".join(
        f"{found.Index} {significant(found.low)} to {significant(found.high)} (median {significant(found.middle)},"
        f" {found.n} predictions)"
        for found in spread.itertuples()
    )
