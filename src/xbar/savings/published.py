"""Published chips against the cost model: predicted and published energy, efficiency and area, and what counts."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from xbar.circuit.components import Components
from xbar.circuit.cost import Cost, area_um2, priced
from xbar.circuit.design import PLAIN, Design
from xbar.circuit.footprint import Layers
from xbar.config.circuit import AdcLaw
from xbar.config.crossbars import CrossbarSpec
from xbar.mappings import mapping_named, rules_of
from xbar.savings.scope import SUMMED_CURRENTS, Chip, reasons

COMPONENT_SET = "neurram"  # whose front ends and line drivers every chip is given, as docs/validation.md says
LENDS = "lends"
KEPT = ("macro", "quantity", "unit", "published", "assumed", "source", "note", "cause")
UNITS = {"energy_per_column": "pJ", "tops_per_W": "TOPS/W", "area_mm2": "mm2"}


def validation_rows(chips: Sequence[Chip], components: Components, laws: Sequence[AdcLaw]) -> Iterator[dict[str, Any]]:
    """Every published number beside the prediction of every ADC model; factor is predicted over published.

    `kind`: silicon, simulated, or lends for a chip from which constants of the model come. `counted`: yes, or why not.
    A chip whose cells or converters the model does not have, or whose bits lie outside an ADC model, has no prediction.
    ValueError for a quantity, unit or kind that is not known.
    """
    low, high = components.node_range([])
    for chip, reason in zip(chips, reasons(chips, (low, high)), strict=True):
        _check(chip)
        for law in laws:
            predicted = _predicted(chip, law, components) if _is_modelled(chip, (low, high)) else None
            yield {name: chip[name] for name in KEPT} | {
                "kind": LENDS if chip["lends"] else chip["kind"],
                "counted": reason or "yes",
                "adc_law": law,
                "predicted": "" if predicted is None else f"{predicted:.4g}",
                "factor": "" if predicted is None else f"{predicted / float(chip['published']):.4g}",
            }


def _check(chip: Chip) -> None:
    if UNITS.get(chip["quantity"]) != chip["unit"]:
        allowed = ", ".join(f"{quantity} in {unit}" for quantity, unit in UNITS.items())
        raise ValueError(f"chips: {chip['macro']}: '{chip['quantity']}' in '{chip['unit']}'; allowed are {allowed}")
    if chip["kind"] not in ("silicon", "simulated"):
        raise ValueError(f"chips: {chip['macro']}: kind '{chip['kind']}' is not silicon or simulated")


def _is_modelled(chip: Chip, priced_nm: tuple[float, float]) -> bool:
    """Whether the model has such cells and converters, and prices at the node."""
    known = chip["supply_V"] and chip["on_ns"] and chip["column_output"] == "adc"
    return bool(known and chip["cell"] in SUMMED_CURRENTS and priced_nm[0] <= float(chip["node_nm"]) <= priced_nm[1])


def _predicted(chip: Chip, law: AdcLaw, components: Components) -> float | None:
    """The quantity of one chip by one ADC model; None where it does not reach the bits."""
    costs = chip_costs(chip, law, components)
    if costs is None:
        return None
    energy_pJ = float(sum(np.sum(cost.energy_pJ) for cost in costs.values()))
    if chip["quantity"] == "area_mm2":
        return float(area_um2(costs)) * 1e-6
    return float(chip["operations"]) / energy_pJ if chip["quantity"] == "tops_per_W" else energy_pJ / conversions(chip)


def conversions(chip: Chip) -> float:
    """Sums that are converted in one product."""
    return float(chip["conversions"])


def chip_costs(chip: Chip, law: AdcLaw, components: Components, **options: str) -> dict[str, Cost] | None:
    """Cost of one product by component, by one ADC model; None where it does not reach the bits.

    `options`: of the circuit, instead of those of a plain one.
    """
    low, high = components.bit_range(law)
    if not low <= float(chip["adc_bits"]) <= high:
        return None
    return priced(_layer(chip), _design(chip, law).model_copy(update=options), components)


def _layer(chip: Chip) -> Layers:
    """One layer that fills the lines; a column of it is what one converter reads."""
    one = np.ones(1)
    lines, weight_mean, activity = (float(chip[name]) * one for name in ("lines", "weight_mean", "activity"))
    return Layers(lines, conversions(chip) * one, one, one, weight_mean, activity, one)


def _design(chip: Chip, law: AdcLaw) -> Design:
    """The plain circuit of the model on whole arrays. Several cells an input of a column conduct as one larger cell."""
    mapping = mapping_named(chip["mapping"])
    on_ns = float(chip["on_ns"])
    rate_MHz = 1e3 / float(chip["read_ns"] or on_ns)
    return Design(
        **PLAIN | {"arrays": "tiled"},
        component_set=COMPONENT_SET,
        node_nm=float(chip["node_nm"]),
        supply_V=float(chip["supply_V"]),
        cell="cell",
        analog_scaling="adc",
        read_voltage_V=float(chip["read_voltage_V"]),
        pulse_ns=on_ns,
        sample_rate_MHz=rate_MHz,
        digital_rate_MHz=rate_MHz,
        mapping=mapping,
        adc_law=law,
        bank="own",
        crossbar=CrossbarSpec(rows=int(chip["lines"]), columns=int(chip["columns"])),
        dac_bits=int(chip["input_bits"]),
        adc_bits=int(chip["adc_bits"]) - rules_of(mapping, off_current=False).sign_bits,
        g_max_uS=float(chip["g_max_uS"]) * float(chip["cells_per_input"]),
    )
