"""Parts of published chips one by one, ADC models against whole columns, and the prices of a maintained library."""

import pandas as pd

from xbar.report.contents import table
from xbar.report.render import SIGNIFICANT, TEXT, WORDS, Section
from xbar.report.results import Results
from xbar.report.savings import law_key

MEASURED = {
    "published, pJ": "published_pJ",
    "model, pJ": "predicted_pJ",
    "energy factor": "energy_factor",
    "published, µm²": "published_um2",
    "model, µm²": "predicted_um2",
    "area factor": "area_factor",
}


@table(
    stage="4 Costs",
    caption="Parts of published chips one by one: ADC, DAC, array, lines, digital units, neuron.",
    reads=("parts",),
)
def parts(results: Results) -> Section:
    """Published energy and area of every part beside what the model charges for it on that chip."""
    found = results.parts.sort_values("kind", kind="stable")
    words = ["part", "kind", "macro", "per", "adc_law"]
    columns = {"part": TEXT, "kind": TEXT, "chip": TEXT, "per": TEXT, "ADC model": WORDS}
    columns |= dict.fromkeys(MEASURED, SIGNIFICANT) | {"lends": TEXT, "source": TEXT}
    note = (
        "factor: model over published. lends: constants of the model come from the chip. Parts with an ADC have a row"
        " for every ADC model. A dash: the model has no such part, or the number is not published."
    )
    return Section(
        "Parts of published chips",
        columns,
        _rows(found, words, ["lends"]),
        [note] if len(found) else [],
        ranked="energy factor",
    )


@table(
    stage="4 Costs",
    caption=(
        "ADC models against published columns: the energy of a column is an upper bound for its ADC, whatever its "
        "cells draw. Nothing is assumed."
    ),
    reads=("bounds",),
)
def bounds(results: Results) -> list[Section]:
    """Two tables: how many bounds hold by ADC model and bits, and every bound with its conversions."""
    laws = sorted(results.bounds["adc_law"].unique())
    notes = [
        "A column holds its ADC, so an ADC model that costs more than the whole column is refuted for that chip. Each"
        " cell of the table: in how many columns of chips the ADC costs no more, of those whose bits the ADC model"
        " reaches. All are silicon with at least 64 rows in parallel and ADCs"
        " of 4 to 9 bits. That a bound holds does not confirm an ADC model, which may be far below. Chips that lend"
        " constants to an ADC model do not count; the second table has them, marked.",
        law_key(laws),
    ]
    return [_shares(results.bounds, laws, notes), _each(results.bounds, laws)]


def _shares(bounds: pd.DataFrame, laws: list[str], notes: list[str]) -> Section:
    found = bounds[(bounds["holds"] != "") & (bounds["lends"] != "yes")]
    groups = [*((f"{bits:g}", of_bits) for bits, of_bits in found.groupby("adc_bits")), ("all", found)]
    rows = [[bits, *(_share(of_bits[of_bits["adc_law"] == law]) for law in laws)] for bits, of_bits in groups]
    columns = {"ADC bits": TEXT} | dict.fromkeys((f"model {law}" for law in laws), WORDS)
    return Section("ADC models within the energy of whole columns", columns, rows if len(found) else [], notes)


def _share(bounds: pd.DataFrame) -> str:
    return f"{(bounds['holds'] == 'yes').sum()} of {len(bounds)}" if len(bounds) else ""


def _each(bounds: pd.DataFrame, laws: list[str]) -> Section:
    rows = []
    for (chip, supply), group in bounds.groupby(["chip", "supply_V"], sort=False):
        by_law, first = group.set_index("adc_law")["adc_pJ"], group.iloc[0]
        numbers = [first["node_nm"], supply, first["adc_bits"], first["rows_in_parallel"], first["column_pJ"]]
        about = "; ".join(filter(None, (first["source"], first["note"])))
        rows.append([chip, first["cells"], *numbers, *(by_law.get(law) for law in laws), first["lends"], about])
    columns = {"chip": TEXT, "cells": TEXT}
    columns |= dict.fromkeys(("node, nm", "supply, V", "ADC bits", "rows", "column, pJ"), SIGNIFICANT)
    columns |= dict.fromkeys((f"ADC {law}, pJ" for law in laws), SIGNIFICANT) | {"lends": TEXT, "source": TEXT}
    return Section("Energy of whole columns and of their ADCs", columns, rows)


@table(
    stage="4 Costs",
    caption=(
        "Prices of single parts by the maintained library hwcomponents and by papers, beside those of this model."
    ),
    reads=("library",),
)
def library(results: Results) -> Section:
    """Every figure of the library beside ours at the same node and bits."""
    words = ["part", "class", "component", "node_nm", "supply_V", "bits"]
    columns = {"part": TEXT, "class": TEXT, "ours": WORDS}
    columns |= dict.fromkeys(("node, nm", "supply, V", "bits"), SIGNIFICANT)
    columns |= dict.fromkeys(MEASURED, SIGNIFICANT) | {"leakage, µW": SIGNIFICANT, "source": TEXT}
    note = (
        "factor: ours over theirs. ours: the row of workflow/reference/components.csv. hwcomponents needs Python 3.12"
        " and is no dependency: its figures were read once and stand in workflow/reference/library.csv. It follows"
        " the same libraries as our prices in part, so agreement at the node of a price is no confirmation. Where it"
        " gives no figure, the last column says why."
    )
    rows = _rows(results.library, words, ["leakage_uW"])
    return Section("Prices of the library hwcomponents", columns, rows, [note] if rows else [], ranked="energy factor")


def _rows(frame: pd.DataFrame, first: list[str], last: list[str]) -> list[list]:
    names = [*first, *MEASURED.values(), *last]
    about = ("; ".join(filter(None, (row["source"], row["note"]))) for _, row in frame.iterrows())
    return [[*values, told] for values, told in zip(frame[names].to_numpy().tolist(), about, strict=True)]
