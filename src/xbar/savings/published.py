"""Published chips against the cost model: predicted and published energy, efficiency and area, and what counts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import numpy as np

from xbar.circuit.bill import GROUPS
from xbar.circuit.components import Components
from xbar.circuit.cost import Cost, area_um2, priced
from xbar.circuit.design import PLAIN, Design
from xbar.circuit.encoding import encoding_of
from xbar.circuit.footprint import Layers
from xbar.config.base import check_name
from xbar.config.circuit import AdcLaw, CircuitOptions
from xbar.config.crossbars import CrossbarSpec
from xbar.mappings import MAPPINGS, mapping_named, rules_of
from xbar.savings.scope import SUMMED_CURRENTS, Chip, number, reasons

COMPONENT_SET = "neurram"  # whose front ends and line drivers every chip is given, as docs/validation.md says
LENDS = "lends"
DRIVERS = {"bit-serial": "none", "pulse-width": "dtc-counter", "amplitude": "dac-r2r"}
KEPT = ("macro", "quantity", "unit", "published", "assumed", "source", "note", "cause")
PREDICTED = ("predicted", "factor", "cells_share")
CURRENTS = ("cell", "copied_current")  # what rests on the currents of cells
WORDS = {
    "kind": ("silicon", "simulated"),
    "input_encoding": DRIVERS,
    "mapping": MAPPINGS,
    "read_supply": get_args(CircuitOptions.model_fields["read_supply"].annotation),
}
UNITS = {"energy_per_column": "pJ", "tops_per_W": "TOPS/W", "area_mm2": "mm2"}


def validation_rows(chips: Sequence[Chip], components: Components, laws: Sequence[AdcLaw]) -> Iterator[dict[str, Any]]:
    """Every published number beside the prediction of every ADC model; factor is predicted over published.

    `kind`: silicon, simulated, or lends for a chip from which constants of the model come. `counted`: yes, or why not.
    A chip has no prediction where the model lacks its cells, converter or node, or the ADC model its bits. Nor has one
    whose supply or whose cells' time of conduction is unknown. ValueError for what is no number, and for an unknown
    quantity, unit, kind, encoding, mapping or supply.
    """
    low, high = components.node_range([])
    for chip, reason in zip(chips, reasons(chips, (low, high)), strict=True):
        _check(chip)
        for law in laws:
            costs = chip_costs(chip, law, components) if _is_modelled(chip, (low, high)) else None
            yield {name: chip[name] for name in KEPT} | {
                "kind": LENDS if chip["lends"] else chip["kind"],
                "counted": reason or "yes",
                "adc_law": law,
                **(_predicted(chip, costs) if costs else dict.fromkeys(PREDICTED, "")),
            }


def _check(chip: Chip) -> None:
    if UNITS.get(chip["quantity"]) != chip["unit"]:
        allowed = ", ".join(f"{quantity} in {unit}" for quantity, unit in UNITS.items())
        raise ValueError(f"chips: {chip['macro']}: '{chip['quantity']}' in '{chip['unit']}'; allowed are {allowed}")
    for name, words in WORDS.items():
        check_name(chip[name], words, f"chips: {chip['macro']}: {name}")


def _is_modelled(chip: Chip, priced_nm: tuple[float, float]) -> bool:
    """Whether the model has such cells and converters and prices at the node, and supply and `on_ns` are known."""
    known = chip["supply_V"] and chip["on_ns"] and chip["column_output"] == "adc"
    return bool(known and chip["cell"] in SUMMED_CURRENTS and priced_nm[0] <= number(chip, "node_nm") <= priced_nm[1])


def _predicted(chip: Chip, costs: Mapping[str, Cost]) -> dict[str, str]:
    """The quantity of one chip, over what was published, and the share of cells in the energy of its parts."""
    parts = [name for name in costs if name not in GROUPS["overheads"]]
    energy_pJ, parts_pJ, cells_pJ = (
        float(sum(np.sum(costs[name].energy_pJ) for name in names)) for names in (costs, parts, CURRENTS)
    )
    predicted = {
        "area_mm2": float(area_um2(dict(costs))) * 1e-6,
        "tops_per_W": number(chip, "operations") / energy_pJ if chip["operations"] else np.nan,
        "energy_per_column": energy_pJ / conversions(chip),
    }[chip["quantity"]]
    values = (predicted, predicted / number(chip, "published"), cells_pJ / parts_pJ)
    return dict(zip(PREDICTED, (f"{value:.4g}" for value in values), strict=True))


def conversions(chip: Chip) -> float:
    """Sums that are converted in one product."""
    return number(chip, "conversions")


def chip_costs(chip: Chip, law: AdcLaw, components: Components, **options: str) -> dict[str, Cost] | None:
    """Cost of one product by component, by one ADC model; None where it does not reach the bits.

    `options`: of the circuit, instead of those of a plain one.
    """
    low, high = components.bit_range(law)
    if not low <= number(chip, "adc_bits") <= high:
        return None
    return priced(_layer(chip), _design(chip, law).model_copy(update=options), components)


def _layer(chip: Chip) -> Layers:
    """One layer that fills the lines; a column of it is what one converter reads."""
    one = np.ones(1)
    lines, weight_mean, activity = (number(chip, name) * one for name in ("lines", "weight_mean", "activity"))
    return Layers(lines, conversions(chip) * one, one, one, weight_mean, activity, one)


def _design(chip: Chip, law: AdcLaw) -> Design:
    """The plain circuit of the model on whole arrays, with its control and leakage.

    Several cells for an input of a column conduct as one larger cell. A pulse lasts as long as a full-scale input
    conducts, divided by the pulses of the encoding.
    """
    mapping = mapping_named(chip["mapping"])
    on_ns = number(chip, "on_ns")
    rate_MHz = 1e3 / (number(chip, "read_ns") if chip["read_ns"] else on_ns)
    encoding = chip["input_encoding"]
    design = Design(
        **PLAIN
        | {"arrays": "tiled", "read_supply": chip["read_supply"], "overheads": "charged"}
        | {"input_encoding": encoding, "dac": DRIVERS[encoding]},
        component_set=COMPONENT_SET,
        node_nm=number(chip, "node_nm"),
        supply_V=number(chip, "supply_V"),
        cell="cell",
        analog_scaling="in-memory",
        read_voltage_V=number(chip, "read_voltage_V"),
        pulse_ns=on_ns,
        sample_rate_MHz=rate_MHz,
        digital_rate_MHz=rate_MHz,
        mapping=mapping,
        adc_law=law,
        bank="own",
        crossbar=CrossbarSpec(rows=int(number(chip, "lines")), columns=int(number(chip, "columns"))),
        dac_bits=int(number(chip, "pulse_bits")),
        adc_bits=int(number(chip, "adc_bits")) - rules_of(mapping, off_current=False).sign_bits,
        g_max_uS=number(chip, "g_max_uS") * number(chip, "cells_per_input"),
    )
    coded = encoding_of(design)
    sampled_MHz = float(coded.conversions) * rate_MHz  # those of a column take as long as the read
    rates = {"sample_rate_MHz": sampled_MHz, "digital_rate_MHz": sampled_MHz}  # a digital unit for each ADC
    return design.model_copy(update={"pulse_ns": on_ns / float(coded.pulses)} | rates)
