"""From a textbook circuit to the configured one: what each difference does to the savings, component by component."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from xbar.circuit.adc import Adc
from xbar.circuit.components import Components
from xbar.circuit.corners import design_of
from xbar.circuit.cost import Circuit, Cost, cost_of
from xbar.circuit.footprint import Design, Layers, adcs_per_unit
from xbar.circuit.prices import Prices, prices_of
from xbar.circuit.quantity import Number
from xbar.circuit.sides import Side
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec

CORNERS = ("signed-shared", "unipolar-own", "unipolar-shared")
STEP_COLUMNS = ("comparison", "number", "step", "corner", "component", "area_share", "energy_share")
INDEPENDENT_COLUMNS = ("network", "corner", "bank", "measure", "independent", "ours", "source")
WIDE = 4096  # rows and columns of an array that no layer of a textbook network fills


class State(NamedTuple):
    """Layers of both sides, what a design takes from the textbook, and the pulse."""

    step: str
    signed: Layers
    unsigned: Layers
    held: Mapping[str, Number]
    pulse_ns: float


def states(signed: Side, unipolar: Side, spec: CircuitSpec) -> Iterator[State]:
    """From the textbook to the configured circuit, each with one difference more than the one before.

    The textbook gives both sides the rows of the signed network. Networks of unequal depth take the last
    two steps at once.
    """
    converters = {"dac_bits": spec.textbook.dac_bits, "adc_bits": spec.textbook.adc_bits}
    device = {"g_min_uS": 0.0, "g_max_uS": spec.textbook.g_max_uS}
    digital, wires = {"rescale": 0, "centered": 0}, {"bank_distance": 0.0}
    signed_layers, unsigned = signed.layers, unipolar.layers
    same, pulse_ns = assumed(signed_layers, spec), spec.textbook.pulse_ns
    yield State("textbook", same, same, converters | device | digital | wires, pulse_ns)
    yield State("converters as trained", same, same, device | digital | wires, pulse_ns)
    yield State("device and pulse as configured", same, same, digital | wires, spec.pulse_ns)
    yield State("digital affine and means as configured", same, same, wires, spec.pulse_ns)
    yield State("wires to the shared bank", same, same, {}, spec.pulse_ns)
    yield State("weights and inputs of the signed network", signed_layers, signed_layers, {}, spec.pulse_ns)
    if len(signed_layers.rows) == len(unsigned.rows):
        sizes = {name: getattr(unsigned, name) for name in ("rows", "columns", "kernel_area", "mvms")}
        yield State("rows of the unipolar network", signed_layers, replace(signed_layers, **sizes), {}, spec.pulse_ns)
    yield State("weights and inputs of the unipolar network", signed_layers, unsigned, {}, spec.pulse_ns)


def assumed(layers: Layers, spec: CircuitSpec) -> Layers:
    """The same sizes with the mean weight and input of the textbook, and the whole range of the ADC in use."""
    one = np.ones_like(layers.rows)
    shares = {"weight_mean": spec.textbook.weight_mean * one, "activity": spec.textbook.activity * one}
    return replace(layers, **shares, range_use=one)


def step_rows(
    signed: Side, unipolar: Side, spec: CircuitSpec, reference: ReferenceSpec, components: Components
) -> Iterator[dict[str, Any]]:
    """What every component saves in every state, with the mapping, ADC law and bank of the reference.

    `area_share`, `energy_share`: fractions of the whole signed network with periphery per layer; over the
    components they add up to the saving of the corner.
    """
    for number, state in enumerate(states(signed, unipolar, spec)):
        circuit = _circuit(spec, reference.adc_law, components, state.pulse_ns)
        costs = {}
        for corner in ("signed-own", *CORNERS):
            both_signs = corner.startswith("signed")
            mapping, bank = reference.mapping if both_signs else "unipolar", reference.bank
            design = design_of(
                signed if both_signs else unipolar, mapping, corner, "own" if corner.endswith("own") else bank, spec,
                circuit.adc,
            )  # fmt: skip
            costs[corner] = cost_of(state.signed if both_signs else state.unsigned, _held(design, state), circuit)
        for corner in CORNERS:
            for component, saved in saved_by(costs["signed-own"], costs[corner]).items():
                shares = {f"{measure}_share": f"{share:.10g}" for measure, share in saved.items()}
                yield {"number": number, "step": state.step, "corner": corner, "component": component} | shares


def _held(design: Design, state: State) -> Design:
    ideal = {"subtraction": "none"} if design.mapping == "unipolar" and "g_min_uS" in state.held else {}
    return replace(design, **state.held, **ideal)


def saved_by(base: Mapping[str, Cost], found: Mapping[str, Cost]) -> dict[str, dict[str, float]]:
    """What each component saves in area and energy, as fractions of all of `base`."""
    before, after = ({name: _sums(cost) for name, cost in costs.items()} for costs in (base, found))
    whole = {measure: sum(part[measure] for part in before.values()) for measure in ("area", "energy")}
    return {
        name: {measure: (part[measure] - after[name][measure]) / total for measure, total in whole.items()}
        for name, part in before.items()
    }


def _sums(cost: Cost) -> dict[str, float]:
    return {"area": float(np.sum(cost.area_um2) + cost.bank_area_um2), "energy": float(np.sum(cost.energy_pJ))}


def independent_rows(
    rows: Sequence[Mapping[str, str]], spec: CircuitSpec, components: Components
) -> Iterator[dict[str, Any]]:
    """Savings (%) of the textbook circuit by this model beside those of another one, for its own networks.

    Two crossbars, digital subtraction, an ADC per column by law B. ValueError for an unknown measure or corner.
    """
    circuit = _circuit(spec, "B", components, spec.textbook.pulse_ns)
    for row in rows:
        if row["measure"] not in ("area", "energy") or row["corner"] not in CORNERS:
            raise ValueError(
                f"textbook: {row['network']}: '{row['measure']}' or '{row['corner']}' is unknown; known are area,"
                f" energy and {', '.join(CORNERS)}"
            )
        layers, bank = assumed(layers_from(row["layers"]), spec), row["bank"]
        costs = [cost_of(layers, _textbook(spec, corner, bank), circuit) for corner in ("signed-own", row["corner"])]
        ours = 100 * sum(part[row["measure"]] for part in saved_by(*costs).values())
        kept = {name: row[name] for name in ("network", "corner", "bank", "measure", "independent", "source")}
        yield kept | {"ours": f"{ours:.4g}"}


def layers_from(text: str) -> Layers:
    """Layers written as `rows x columns x products`, such as `561x128x1 128x64x1`."""
    rows, columns, mvms = np.asarray([[float(number) for number in layer.split("x")] for layer in text.split()]).T
    one = np.ones_like(rows)
    return Layers(rows, columns, one, mvms, one, one, one)


def _textbook(spec: CircuitSpec, corner: str, bank: str) -> Design:
    signed = corner.startswith("signed")
    return Design(
        mapping="differential-crossbars" if signed else "unipolar",
        subtraction="digital" if signed else "none",
        bank="own" if corner.endswith("own") else bank if bank == "largest" else int(bank),
        arrays="exact",
        array_rows=WIDE,
        array_columns=WIDE,
        dac_bits=spec.textbook.dac_bits,
        adc_bits=spec.textbook.adc_bits,
        g_min_uS=0.0,
        g_max_uS=spec.textbook.g_max_uS,
        adcs_per_unit=adcs_per_unit(spec.digital_rate_MHz, spec.sample_rate_MHz),
        rescale=0,
    )


def _circuit(spec: CircuitSpec, law: str, components: Components, pulse_ns: float) -> Circuit:
    technology = prices_of(components, spec).technology
    return Circuit(
        Prices(technology, pulse_ns), Adc(law, technology, spec.sample_rate_MHz), spec.cell, spec.read_voltage_V
    )
