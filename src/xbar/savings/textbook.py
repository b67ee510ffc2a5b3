"""From a textbook circuit to that of the first round, and from there to the configured one: what each step saves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from xbar.circuit.components import Components
from xbar.circuit.cost import Cost, priced
from xbar.circuit.design import PLAIN, Design, Number
from xbar.circuit.footprint import Layers
from xbar.circuit.priced import PricedNetwork, corner_name, design_of
from xbar.config.circuit import Bank, CircuitOptions, CircuitSpec
from xbar.config.claims import Corner, ReferenceSpec
from xbar.config.crossbars import CrossbarSpec
from xbar.savings.corners import BASELINE, STEPS
from xbar.savings.equal_time import equal_turns

STEP_CORNERS = tuple(step.corner for step in STEPS)
WIDE = CrossbarSpec(rows=4096, columns=4096)  # no layer of a textbook network fills it


TEXTBOOK, CORRECTIONS = "from a textbook", "corrections"
PUBLISHED, MENDED = "first round, as published", "the same circuit by the mended model"
FIRST_ROUND: dict[str, Any] = {  # the circuit of the published report at commit fd1c3d8
    "mapping": "two-crossbars",
    "adc_law": "B",
    "input_encoding": "amplitude",
    "dac": "dac-zigzag",
    "pulse_ns": 10.0,
    "read_supply": "rail",
    "analog_scaling": "survey",
    "wire_area": 0.0,
    "memory": "none",
    "overheads": "none",
}


class State(NamedTuple):
    """Layers of both networks, and the fields of their designs that are not the configured ones.

    `walk`: TEXTBOOK leads to the circuit of the first round, CORRECTIONS from there to the configured one and to equal
    time. `mapping` among the fields is that of signed weights, `bank` that of shared converters, and `columns_per_adc`
    that of signed weights with own converters.
    """

    walk: str
    step: str
    signed: Layers
    unipolar: Layers
    held: Mapping[str, Any]


def states(
    signed: PricedNetwork, unipolar: PricedNetwork, circuit: CircuitSpec, reference: ReferenceSpec
) -> Iterator[State]:
    """From the textbook to the first round's circuit, and from there to the configured one, a difference at a time.

    Then follow the smallest configured bank, and equal time with it.
    """
    yield from _from_textbook(signed, unipolar, circuit)
    held, layers = dict(FIRST_ROUND), (signed.layers, unipolar.layers)
    yield State(CORRECTIONS, MENDED, *layers, dict(held))
    for step, names in _corrections(circuit, reference):
        for name in names:
            del held[name]
        yield State(CORRECTIONS, step, *layers, dict(held))
    few: Bank = min((bank for bank in circuit.banks if isinstance(bank, int)), default="largest")
    yield State(CORRECTIONS, f"bank {few}", *layers, {"bank": few})
    turns = _turns_at_equal_time(signed, unipolar, circuit, reference, few)
    yield State(CORRECTIONS, f"equal time, bank {few}", *layers, {"bank": few, "columns_per_adc": turns})


def _corrections(circuit: CircuitSpec, reference: ReferenceSpec) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every correction in words, and the fields that it sets as configured."""
    yield f"baseline {reference.mapping}", ("mapping",)
    yield f"ADC model {reference.adc_law}", ("adc_law",)
    yield f"inputs by {circuit.input_encoding}, {circuit.dac}", ("input_encoding", "dac", "pulse_ns")
    yield f"charge of cells from the {circuit.read_supply}", ("read_supply",)
    yield f"analog parts scaled: {circuit.analog_scaling}", ("analog_scaling",)
    yield "wires with area", ("wire_area",)
    yield f"activation memory: {circuit.memory}", ("memory",)
    yield f"control and leakage: {circuit.overheads}", ("overheads",)


def _turns_at_equal_time(
    signed: PricedNetwork, unipolar: PricedNetwork, circuit: CircuitSpec, reference: ReferenceSpec, bank: Bank
) -> Number:
    proposal = design_of(unipolar, circuit, **dict(reference) | {"bank": bank})
    baseline = design_of(signed, circuit, **dict(reference) | {"bank": "own"})
    return equal_turns(signed.layers, baseline, unipolar.layers, proposal)


def _from_textbook(signed: PricedNetwork, unipolar: PricedNetwork, circuit: CircuitSpec) -> Iterator[State]:
    """From the textbook to the circuit of the first round.

    The textbook gives both networks the rows of the signed one. Networks of unequal depth take the last two steps at
    once.
    """
    textbook, first = circuit.textbook, FIRST_ROUND
    converters = {"dac_bits": textbook.dac_bits, "adc_bits": textbook.adc_bits}
    device = {"on_off_ratio": "inf", "g_max_uS": textbook.g_max_uS, "pulse_ns": textbook.pulse_ns}
    digital, wires = {"digital_rescale": "nowhere", "common_mode": "kept"}, {"bank_distance": 0.0}
    trained, other = signed.layers, unipolar.layers
    same = assumed(trained, circuit)
    for step, layers, held in (
        ("textbook", same, converters | device | digital | wires),
        ("converters as trained", same, device | digital | wires),
        ("device as configured, pulse of the first round", same, digital | wires),
        ("digital affine and means as configured", same, wires),
        ("wires to the shared bank", same, {}),
        ("weights and inputs of the signed network", trained, {}),
    ):
        yield State(TEXTBOOK, step, layers, layers, first | held)
    if len(trained.rows) == len(other.rows):
        sizes = {name: getattr(other, name) for name in ("rows", "columns", "kernel_area", "mvms")}
        yield State(TEXTBOOK, "rows of the unipolar network", trained, replace(trained, **sizes), first)
    yield State(TEXTBOOK, "weights and inputs of the unipolar network", trained, other, first)


def assumed(layers: Layers, circuit: CircuitSpec) -> Layers:
    """The same sizes with the mean weight and input of the textbook, and the whole range of the ADC in use."""
    one = np.ones_like(layers.rows)
    shares = {"weight_mean": circuit.textbook.weight_mean * one, "activity": circuit.textbook.activity * one}
    return replace(layers, **shares, range_use=one)


def step_rows(
    signed: PricedNetwork, unipolar: PricedNetwork, circuit: CircuitSpec, reference: ReferenceSpec,
    components: Components, published: Mapping[str, str] | None = None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """What every component saves in every state, with the mapping, ADC model and bank of the reference.

    `area_share`, `energy_share`: fractions of the whole signed network with own converters; over the
    components they add up to the saving of the corner. `published`: what both steps together saved in the report of the
    first round, if it held this comparison: a row of workflow/reference/first_round.csv. It stands before the
    corrections, undivided.
    """
    number = 0
    for state in states(signed, unipolar, circuit, reference):
        if state.step == MENDED and published:
            shares = {f"{measure}_share": published[f"{measure}_saving"] for measure in ("area", "energy")}
            about = {"walk": CORRECTIONS, "step": PUBLISHED, "corner": "unipolar-shared", "component": "all"}
            yield {"number": number} | about | shares
            number += 1
        costs = dict(_corner_costs(state, signed, unipolar, circuit, reference, components))
        for corner in STEP_CORNERS:
            for component, saved in saved_by(costs[BASELINE], costs[corner]).items():
                shares = {f"{measure}_share": f"{share:.10g}" for measure, share in saved.items()}
                about = {"walk": state.walk, "step": state.step, "corner": corner, "component": component}
                yield {"number": number} | about | shares
        number += 1


def _corner_costs(
    state: State, signed: PricedNetwork, unipolar: PricedNetwork, circuit: CircuitSpec, reference: ReferenceSpec,
    components: Components,
) -> Iterator[tuple[Corner, dict[str, Cost]]]:  # fmt: skip
    """All four corners in one state."""
    for network, layers in ((signed, state.signed), (unipolar, state.unipolar)):
        for bank in (reference.bank, "own"):
            design = design_of(network, circuit, **dict(reference) | {"bank": bank})
            left = () if design.signed else ("mapping", "columns_per_adc")
            left = (*left, "columns_per_adc") if design.shared else (*left, "bank")
            held = {name: value for name, value in state.held.items() if name not in left}
            yield corner_name(design), priced(layers, design.model_copy(update=held), components)


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


def prototype_rows(
    rows: Sequence[Mapping[str, str]], circuit: CircuitSpec, components: Components
) -> Iterator[dict[str, Any]]:
    """Savings (%) of the textbook circuit by this model beside those of a prototype, for its networks.

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
        kept = {name: row[name] for name in ("network", "corner", "bank", "measure", "prototype", "source")}
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
        **chosen | {"pulse_ns": textbook.pulse_ns, "analog_scaling": "survey"},  # as the prototype has it
        mapping="two-crossbars" if corner.startswith("signed") else "unipolar",
        adc_law="B",
        bank="own" if corner.endswith("own") else "largest" if bank == "largest" else int(bank),
        crossbar=WIDE,
        dac_bits=textbook.dac_bits,
        adc_bits=textbook.adc_bits,
        g_max_uS=textbook.g_max_uS,
    )
