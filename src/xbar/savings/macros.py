"""Published macros against the cost model: predicted and published efficiency and area, and the factor between."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from xbar.circuit.adc import LAWS
from xbar.circuit.components import Components
from xbar.circuit.cost import priced, totals
from xbar.circuit.design import PLAIN, Design
from xbar.circuit.footprint import Layers
from xbar.config.circuit import AdcLaw
from xbar.config.crossbars import CrossbarSpec
from xbar.mappings import mapping_named

KEPT = ("macro", "quantity", "unit", "relative_to", "lends_constants", "source", "note", "published")
NUMBERS = ("node_nm", "supply_V", "sample_rate_MHz", "read_voltage_V", "pulse_ns", "g_max_uS")
QUANTITIES = ("tops_per_W", "tops_per_mm2", "area_mm2", "adc_area_share")


def validation_rows(macros: Sequence[Mapping[str, str]], tables: Mapping[str, Components]) -> Iterator[dict[str, Any]]:
    """Every published number beside the prediction of every ADC model; factor is predicted over published.

    A ratio to another macro is predicted as the ratio of both predictions. A macro whose bits lie outside an
    ADC model has no prediction by it. `lends_constants`: yes where constants of the model come from this macro, so that
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


def _predicted(row: Mapping[str, str], law: AdcLaw, tables: Mapping[str, Components]) -> float | None:
    """The quantity of one macro by one ADC model; None where it does not reach its bits."""
    layers, design = _macro(row, law)
    components = tables[row["component_set"]]
    low, high = components.bit_range(law)
    if not low <= design.magnitude_bits + design.rules.sign_bits <= high:
        return None
    costs = priced(layers, design, components)
    total = totals(costs, design)
    operations = 2 * layers.macs * float(row["weights_per_device"])
    quantities = {
        "tops_per_W": operations / total.energy_pJ,
        "tops_per_mm2": operations / total.latency_ns * 1e-3 / (total.area_um2 * 1e-6),
        "area_mm2": total.area_um2 * 1e-6,
        "adc_area_share": np.sum(costs["adc"].area_um2) / total.area_um2,
    }
    return float(quantities[row["quantity"]])


def _macro(row: Mapping[str, str], law: AdcLaw) -> tuple[Layers, Design]:
    """A macro as one layer on one array that it fills, without a digital affine; a digital unit serves each ADC."""
    one = np.ones(1)
    names = ("rows", "columns", "weight_mean", "activity")
    rows, columns, weight_mean, activity = (float(row[name]) * one for name in names)
    layers = Layers(rows, columns, one, one, weight_mean, activity, one)
    numbers = {name: float(row[name]) for name in NUMBERS}
    design = Design(
        **PLAIN | numbers | {"columns_per_adc": int(row["columns_per_adc"])},
        component_set=row["component_set"],
        digital_rate_MHz=numbers["sample_rate_MHz"],
        cell="cell",
        analog_scaling="survey",
        mapping=mapping_named(row["mapping"]),
        adc_law=law,
        bank="own",
        crossbar=CrossbarSpec(rows=int(row["rows"]), columns=2 * int(row["columns"])),
        dac_bits=int(row["dac_bits"]),
        adc_bits=int(row["adc_bits"]),
    )
    return layers, design


def _row(row: Mapping[str, str], law: AdcLaw, predicted: float | None) -> dict[str, Any]:
    kept = {name: row[name] for name in KEPT}
    if predicted is None:
        return kept | {"adc_law": law, "predicted": "", "factor": ""}
    return kept | {
        "adc_law": law,
        "predicted": f"{predicted:.4g}",
        "factor": f"{predicted / float(row['published']):.4g}",
    }
