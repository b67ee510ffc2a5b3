"""Published macros against the cost model: predicted and published efficiency and area, and the factor between."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from xbar.circuit.adc import LAWS, Adc
from xbar.circuit.components import Components
from xbar.circuit.cost import Circuit, cost_of, totals
from xbar.circuit.footprint import Design, Layers
from xbar.circuit.prices import Prices, Technology

COLUMNS = (
    "macro", "quantity", "unit", "relative_to", "adc_law", "published", "predicted", "factor", "lends_constants",
    "source", "note",
)  # fmt: skip
KEPT = ("macro", "quantity", "unit", "relative_to", "lends_constants", "source", "note", "published")
QUANTITIES = ("tops_per_W", "tops_per_mm2", "area_mm2", "adc_area_share")


def validation_rows(macros: Sequence[Mapping[str, str]], tables: Mapping[str, Components]) -> Iterator[dict[str, Any]]:
    """Every published number beside the prediction of every ADC law; factor is predicted over published.

    A ratio to another macro is predicted as the ratio of both predictions. A macro whose bits lie outside a
    law has no prediction by it. `lends_constants`: yes where constants of the model come from this macro, so that
    agreement with it is no independent evidence. ValueError for an unknown quantity or a reference that is not
    there, or where this is neither yes nor no.
    """
    found = {(row["macro"], row["quantity"]): row for row in macros if not row["relative_to"]}
    for row in macros:
        if row["quantity"] not in QUANTITIES:
            raise ValueError(f"macros: quantity '{row['quantity']}' is not one of {', '.join(QUANTITIES)}")
        if row["lends_constants"] not in ("yes", "no"):
            raise ValueError(f"macros: {row['macro']}: lends_constants '{row['lends_constants']}' is not yes or no")
        to = (row["relative_to"], row["quantity"])
        if row["relative_to"] and to not in found:
            raise ValueError(f"macros: {row['macro']}: relative_to '{to[0]}' has no {to[1]} in the table")
        for law in LAWS:
            predicted = _predicted(row, law, tables)
            if row["relative_to"] and predicted is not None:
                reference = _predicted(found[to], law, tables)
                predicted = None if reference is None else predicted / reference
            yield _row(row, law, predicted)


def _predicted(row: Mapping[str, str], law: str, tables: Mapping[str, Components]) -> float | None:
    """The quantity of one macro by one ADC law; None where the law does not reach its bits."""
    layers, design, circuit = _macro(row, law, tables)
    low, high = circuit.adc.bit_range
    if not low <= design.adc_bits + design.sign_bits <= high:
        return None
    costs = cost_of(layers, design, circuit)
    total = totals(costs, design)
    operations = 2 * layers.macs * float(row["weights_per_device"])
    quantities = {
        "tops_per_W": operations / total.energy_pJ,
        "tops_per_mm2": operations / total.latency_ns * 1e-3 / (total.area_um2 * 1e-6),
        "area_mm2": total.area_um2 * 1e-6,
        "adc_area_share": np.sum(costs["adc"].area_um2) / total.area_um2,
    }
    return float(quantities[row["quantity"]])


def _macro(row: Mapping[str, str], law: str, tables: Mapping[str, Components]) -> tuple[Layers, Design, Circuit]:
    """A macro as one layer on one array that it fills, without a digital affine."""
    number = {name: float(row[name]) for name in row if name not in _WORDS and row[name]}
    one = np.ones(1)
    layers = Layers(
        rows=one * number["rows"],
        columns=one * number["columns"],
        kernel_area=one,
        mvms=one,
        weight_mean=one * number["weight_mean"],
        activity=one * number["activity"],
        range_use=one,
    )
    design = Design(
        mapping=row["mapping"],
        subtraction=row["subtraction"],
        bank="own",
        arrays="exact",
        array_rows=int(number["rows"]),
        array_columns=2 * int(number["columns"]),
        dac_bits=number["dac_bits"],
        adc_bits=number["adc_bits"],
        g_min_uS=0.0,
        g_max_uS=number["g_max_uS"],
        columns_per_adc=number["columns_per_adc"],
        rescale=0,
    )
    technology = _technology(tables[row["component_set"]], number["node_nm"], number["supply_V"])
    adc = Adc(law, technology, number["sample_rate_MHz"])
    return layers, design, Circuit(Prices(technology, number["pulse_ns"]), adc, "cell", number["read_voltage_V"])


@lru_cache(maxsize=16)
def _technology(components: Components, node_nm: float, supply_V: float) -> Technology:
    """One for all macros of a node, which computes every price once."""
    return Technology(components, node_nm, supply_V)


_WORDS = (
    "macro", "quantity", "unit", "relative_to", "component_set", "mapping", "subtraction", "lends_constants", "source",
    "note",
)  # fmt: skip


def _row(row: Mapping[str, str], law: str, predicted: float | None) -> dict[str, Any]:
    kept = {name: row[name] for name in KEPT}
    if predicted is None:
        return kept | {"adc_law": law, "predicted": "", "factor": ""}
    return kept | {
        "adc_law": law,
        "predicted": f"{predicted:.4g}",
        "factor": f"{predicted / float(row['published']):.4g}",
    }
