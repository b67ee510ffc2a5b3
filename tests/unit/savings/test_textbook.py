"""The way from the textbook circuit to the configured one: its ends against other computations, its sums."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from support.configuration import CONFIG

from xbar.circuit.components import read_components
from xbar.circuit.footprint import Layers
from xbar.circuit.priced import PricedNetwork, corners, performance_row
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.files import read_rows
from xbar.savings.textbook import (
    CORRECTIONS,
    FIRST_ROUND,
    MENDED,
    PUBLISHED,
    TEXTBOOK,
    layers_from,
    prototype_rows,
    states,
    step_rows,
)
from xbar.tables import STEPS

pytestmark = pytest.mark.usefixtures("unchecked")
ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "workflow" / "reference"
SPEC = CircuitSpec(**CONFIG["circuit"])
COMPONENTS = read_components([REFERENCE / "components.csv"], SPEC.component_set)
REFERENCE_CIRCUITS = [
    ReferenceSpec(mapping="two-crossbars", adc_law="B", bank="largest"),
    ReferenceSpec(mapping="paired-columns-mirrored", adc_law="C", bank=16),
    ReferenceSpec(mapping="offset-column", adc_law="D", bank="largest"),
]


def network(polarity, sizes, weight_mean, activity, g_min_uS=0.0):
    rows, columns, mvms = np.asarray(sizes, dtype=float).T
    one = np.ones_like(rows)
    network = NetworkSpec(
        dataset="har", architecture="x", polarity=polarity, training="x", weight_bits=2, scale="network"
    )
    device = DeviceSpec(g_min_uS=g_min_uS, g_max_uS=25.0, programming_noise=0.0)
    layers = Layers(rows, columns, one, mvms, weight_mean * one, activity * one, one)
    return PricedNetwork(f"har-{polarity}", network, device, CrossbarSpec(rows=1152, columns=256), layers)


SIGNED = network("signed", [(162, 64, 32), (576, 128, 16), (512, 6, 1)], 0.47, 0.08)
UNIPOLAR = network("unipolar", [(162, 64, 32), (1152, 128, 16), (1024, 6, 1)], 0.15, 0.2, g_min_uS=1.0)


def savings(signed, unipolar, reference):
    """Percent saved by number of the step, corner and measure."""
    found = defaultdict(float)
    for row in step_rows(signed, unipolar, SPEC, reference, COMPONENTS):
        for measure in ("area", "energy"):
            found[row["number"], row["corner"], measure] += 100 * float(row[f"{measure}_share"])
    return found


@pytest.mark.parametrize("row", read_rows(REFERENCE / "textbook.csv"), ids=lambda row: " ".join(list(row.values())[:5]))
def test_the_textbook_circuit_saves_what_the_prototype_says(row):
    (found,) = prototype_rows([row], SPEC, COMPONENTS)
    exact = row["corner"] == "signed-shared" and row["measure"] == "energy"  # sharing uses every converter as often
    within = 0.01 if exact else 1.2 if row["network"] == "har-mlp" else 2.7
    assert float(found["ours"]) == pytest.approx(float(row["prototype"]), abs=within)


def priced_corners(spec, reference, bank):
    spec = spec.model_copy(update={"adc_laws": [reference.adc_law], "mappings": [reference.mapping]})
    return {
        corner.name: performance_row(corner)
        for of in (SIGNED, UNIPOLAR)
        for corner in corners(of, spec, COMPONENTS)
        if corner.design.adc_law == reference.adc_law
        and corner.design.mapping in (reference.mapping, "unipolar")
        and corner.design.bank in ("own", bank)
    }


@pytest.mark.parametrize("reference", REFERENCE_CIRCUITS, ids=lambda reference: reference.mapping)
@pytest.mark.parametrize(("place", "bank"), [(-3, "of the reference"), (-2, 16)])
def test_before_the_last_step_stand_the_configured_circuit_and_its_smallest_bank(reference, place, bank):
    found = savings(SIGNED, UNIPOLAR, reference)
    number = sorted({number for number, *_ in found})[place]
    priced = priced_corners(SPEC, reference, reference.bank if bank == "of the reference" else bank)
    for measure, column in (("area", "area_mm2"), ("energy", "energy_nJ")):
        whole = float(priced["signed-own"][column])
        for corner in ("signed-shared", "unipolar-own", "unipolar-shared"):
            expected = 100 * (1 - float(priced[corner][column]) / whole)
            assert found[number, corner, measure] == pytest.approx(expected, abs=1e-6)


def test_the_last_step_gives_the_baseline_the_time_of_the_bank():
    *_, last = states(SIGNED, UNIPOLAR, SPEC, REFERENCE_CIRCUITS[0])
    assert last.held["bank"] == 16 and last.held["columns_per_adc"].tolist() == [5, 9, 1]  # 65, 129 and 7 columns
    found = savings(SIGNED, UNIPOLAR, REFERENCE_CIRCUITS[0])
    numbers = sorted({number for number, *_ in found})
    corner = "unipolar-shared"
    assert found[numbers[-1], corner, "area"] < found[numbers[-2], corner, "area"]


def test_the_first_correction_starts_where_the_textbook_ends():
    found = list(states(SIGNED, UNIPOLAR, SPEC, REFERENCE_CIRCUITS[0]))
    places = [state.step for state in found].index(MENDED)
    assert found[places - 1].held == found[places].held == FIRST_ROUND
    assert [state.walk for state in found] == [TEXTBOOK] * places + [CORRECTIONS] * (len(found) - places)


def test_what_was_published_stands_before_the_corrections():
    published = {"area_saving": "0.7", "energy_saving": "0.4"}
    rows = list(step_rows(SIGNED, UNIPOLAR, SPEC, REFERENCE_CIRCUITS[0], COMPONENTS, published))
    (told,) = [row for row in rows if row["step"] == PUBLISHED]
    assert (told["area_share"], told["energy_share"], told["component"]) == ("0.7", "0.4", "all")
    assert {row["number"] for row in rows if row["step"] == MENDED} == {told["number"] + 1}
    assert all({"comparison", *row} == set(STEPS.names) for row in rows)


def test_the_textbook_shares_no_energy_and_halves_what_serves_the_weights():
    found = savings(SIGNED, UNIPOLAR, REFERENCE_CIRCUITS[0])
    assert found[0, "signed-shared", "energy"] == pytest.approx(0)
    assert found[0, "unipolar-own", "energy"] == pytest.approx(found[0, "unipolar-shared", "energy"])
    rows = step_rows(SIGNED, UNIPOLAR, SPEC, REFERENCE_CIRCUITS[0], COMPONENTS)
    first = {row["component"]: row for row in rows if row["number"] == 0 and row["corner"] == "unipolar-own"}
    assert float(first["digital_subtractor"]["energy_share"]) > 0
    assert float(first["rescale"]["energy_share"]) == float(first["cell"]["energy_share"]) == 0  # same current


def test_every_step_changes_one_thing():
    found = list(states(SIGNED, UNIPOLAR, SPEC, REFERENCE_CIRCUITS[0]))
    first, then = found[:8], found[8:-2]
    for walk in (first, then):
        held = [set(state.held) for state in walk]
        assert all(later <= earlier for earlier, later in pairwise(held))
    assert set(first[4].held) == set(FIRST_ROUND) and not then[-1].held
    rows = [state.unipolar.rows.tolist() for state in first]
    assert rows[:6] == 6 * [[162, 576, 512]] and rows[6:] == 2 * [[162, 1152, 1024]]
    assert [state.unipolar.weight_mean[0] for state in first] == 5 * [0.3] + 2 * [0.47] + [0.15]
    pulses = [SPEC.textbook.pulse_ns] * 2 + [FIRST_ROUND["pulse_ns"]]
    assert [state.held["pulse_ns"] for state in first[:3]] == pulses


def test_networks_of_unequal_depth_take_the_last_steps_at_once():
    deeper = network("unipolar", [(162, 64, 32), (1152, 64, 16), (640, 128, 16), (1024, 6, 1)], 0.15, 0.2)
    found = [state.step for state in states(SIGNED, deeper, SPEC, REFERENCE_CIRCUITS[0]) if state.walk == TEXTBOOK]
    assert len(found) == 7 and "rows of the unipolar network" not in found


def test_layers_in_words():
    layers = layers_from("561x128x1 128x64x2")
    assert (
        layers.rows.tolist() == [561, 128] and layers.columns.tolist() == [128, 64] and layers.mvms.tolist() == [1, 2]
    )


def test_an_unknown_measure_is_one_clear_line():
    row = {"network": "x", "layers": "2x2x1", "corner": "unipolar-own", "bank": "own", "measure": "time"}
    with pytest.raises(ValueError, match="textbook: x: 'time' or 'unipolar-own' is unknown; known are area, energy"):
        list(prototype_rows([row], SPEC, COMPONENTS))
