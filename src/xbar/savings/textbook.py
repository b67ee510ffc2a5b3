"""From a textbook circuit to the configured one: what each difference does to the savings, component by component."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from xbar.circuit.components import Components
from xbar.circuit.cost import Cost, priced
from xbar.circuit.design import PLAIN, Design
from xbar.circuit.footprint import Layers
from xbar.circuit.priced import PricedNetwork, corner_name, design_of
from xbar.config.circuit import CircuitOptions, CircuitSpec
from xbar.config.claims import Corner, ReferenceSpec
from xbar.config.crossbars import CrossbarSpec
from xbar.savings.corners import BASELINE, STEPS

STEP_CORNERS = tuple(step.corner for step in STEPS)
WIDE = CrossbarSpec(rows=4096, columns=4096)  # no layer of a textbook network fills it


class State(NamedTuple):
    """Layers of both networks, and the fields of their designs that are the textbook's."""

    step: str
    signed: Layers
    unipolar: Layers
    held: Mapping[str, Any]


def states(signed: PricedNetwork, unipolar: PricedNetwork, circuit: CircuitSpec) -> Iterator[State]:
    """From the textbook to the configured circuit, each with one difference more than the one before.

    The textbook gives both networks the rows of the signed one. Networks of unequal depth take the last two steps at
    once.
    """
    textbook = circuit.textbook
    converters = {"dac_bits": textbook.dac_bits, "adc_bits": textbook.adc_bits}
    device = {"on_off_ratio": "inf", "g_max_uS": textbook.g_max_uS, "pulse_ns": textbook.pulse_ns}
    digital, wires = {"digital_rescale": "nowhere", "common_mode": "kept"}, {"bank_distance": 0.0}
    trained, other = signed.layers, unipolar.layers
    same = assumed(trained, circuit)
    yield State("textbook", same, same, converters | device | digital | wires)
    yield State("converters as trained", same, same, device | digital | wires)
    yield State("device and pulse as configured", same, same, digital | wires)
    yield State("digital affine and means as configured", same, same, wires)
    yield State("wires to the shared bank", same, same, {})
    yield State("weights and inputs of the signed network", trained, trained, {})
    if len(trained.rows) == len(other.rows):
        sizes = {name: getattr(other, name) for name in ("rows", "columns", "kernel_area", "mvms")}
        yield State("rows of the unipolar network", trained, replace(trained, **sizes), {})
    yield State("weights and inputs of the unipolar network", trained, other, {})


def assumed(layers: Layers, circuit: CircuitSpec) -> Layers:
    """The same sizes with the mean weight and input of the textbook, and the whole range of the ADC in use."""
    one = np.ones_like(layers.rows)
    shares = {"weight_mean": circuit.textbook.weight_mean * one, "activity": circuit.textbook.activity * one}
    return replace(layers, **shares, range_use=one)


def step_rows(
    signed: PricedNetwork, unipolar: PricedNetwork, circuit: CircuitSpec, reference: ReferenceSpec,
    components: Components,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """What every component saves in every state, with the mapping, ADC model and bank of the reference.

    `area_share`, `energy_share`: fractions of the whole signed network with own converters; over the
    components they add up to the saving of the corner.
    """
    designs = [
        design_of(network, circuit, **dict(reference) | bank)
        for network in (signed, unipolar)
        for bank in ({}, {"bank": "own"})
    ]
    for number, state in enumerate(states(signed, unipolar, circuit)):
        costs = {
            corner_name(design): priced(
                state.signed if design.signed else state.unipolar, design.model_copy(update=state.held), components
            )
            for design in designs
        }
        for corner in STEP_CORNERS:
            for component, saved in saved_by(costs[BASELINE], costs[corner]).items():
                shares = {f"{measure}_share": f"{share:.10g}" for measure, share in saved.items()}
                yield {"number": number, "step": state.step, "corner": corner, "component": component} | shares


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
    rows: Sequence[Mapping[str, str]], circuit: CircuitSpec, components: Components
) -> Iterator[dict[str, Any]]:
    """Savings (%) of the textbook circuit by this model beside those of another one, for its own networks.

    Two crossbars, an ADC per column by ADC model B. ValueError for an unknown measure or corner.
    """
    for row in rows:
        corner = next((known for known in STEP_CORNERS if known == row["corner"]), None)
        if row["measure"] not in ("area", "energy") or corner is None:
            raise ValueError(
                f"textbook: {row['network']}: '{row['measure']}' or '{row['corner']}' is unknown; known are area,"
                f" energy and {', '.join(STEP_CORNERS)}"
            )
        layers = assumed(layers_from(row["layers"]), circuit)
        designs = (_textbook(circuit, at, row["bank"]) for at in (BASELINE, corner))
        before, after = (priced(layers, design, components) for design in designs)
        ours = 100 * sum(part[row["measure"]] for part in saved_by(before, after).values())
        kept = {name: row[name] for name in ("network", "corner", "bank", "measure", "independent", "source")}
        yield kept | {"ours": f"{ours:.4g}"}


def layers_from(text: str) -> Layers:
    """Layers written as `rows x columns x products`, such as `561x128x1 128x64x1`."""
    rows, columns, mvms = np.asarray([[float(number) for number in layer.split("x")] for layer in text.split()]).T
    one = np.ones_like(rows)
    return Layers(rows, columns, one, mvms, one, one, one)


def _textbook(circuit: CircuitSpec, corner: Corner, bank: str) -> Design:
    textbook = circuit.textbook
    chosen = {name: getattr(circuit, name) for name in CircuitOptions.model_fields} | PLAIN
    return Design(
        **chosen | {"pulse_ns": textbook.pulse_ns},
        mapping="two-crossbars" if corner.startswith("signed") else "unipolar",
        adc_law="B",
        bank="own" if corner.endswith("own") else "largest" if bank == "largest" else int(bank),
        crossbar=WIDE,
        dac_bits=textbook.dac_bits,
        adc_bits=textbook.adc_bits,
        g_max_uS=textbook.g_max_uS,
    )
