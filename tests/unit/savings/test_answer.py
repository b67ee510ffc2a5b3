"""The answer: verdicts from grids by hand, what decides by trying all sets, and draws against single circuits."""

from itertools import combinations, product

import numpy as np
import pytest
from support.configuration import CONFIG
from support.savings import OPTIONS, PAIR, REFERENCE, SPEC, TABLES, base_circuit

from xbar.circuit.cost import priced, totals
from xbar.circuit.design import Design
from xbar.config.claims import ClaimsSpec, SavingRuleSpec
from xbar.files import read_rows
from xbar.savings import answer
from xbar.savings.equal_time import equal_turns
from xbar.savings.options import crossed, fields_of, together
from xbar.savings.verdicts import EQUAL, MORE, NONE
from xbar.tables import ANSWER

FACTORS = np.array([1.0, 1.5, 4.0])  # of three banks, the largest first
HIGH, LOW = np.array([[0.8, 0.9]]), np.array([[0.8, 0.2]])
pytestmark = pytest.mark.usefixtures("unchecked")


@pytest.mark.parametrize(
    ("equal", "fast", "word", "bank"),
    [
        ([LOW, HIGH, HIGH], [LOW, HIGH, HIGH], EQUAL, 1),  # the fastest of two that hold
        ([LOW, LOW, LOW], [LOW, LOW, HIGH], MORE, 2),
        ([0.5 * LOW, LOW, 0.1 * LOW], [LOW, LOW, LOW], NONE, 1),  # the most saved at the reference circuit, the first
    ],
)
def test_verdicts_by_hand(equal, fast, word, bank):
    assert answer._verdict(np.concatenate(equal), np.concatenate(fast), FACTORS, 0.75) == (word, bank)


def test_a_saving_at_the_need_holds():
    assert answer._verdict(np.array([[0.75]]), np.array([[0.75]]), FACTORS[:1], 0.75) == (EQUAL, 0)


SHARED = SavingRuleSpec(measure="area_um2", corner="unipolar-shared", tolerance_points=5)


def judged(equal, fast, paper=80.0):
    """Two banks under three conditions, whose factors all differ; energy saves a tenth of the area."""
    saved = [
        {"area_um2": np.array([of]), "energy_pJ": 0.1 * np.array([of]), "power_mW": 0 * np.array([of])}
        for of in (fast, equal)
    ]
    latency = np.array([[[1.0, 1.1, 1.2], [2.0, 2.1, 2.6]]])
    found = answer.Compared(*saved, latency, latency + 10, latency + 20, latency + 30)
    return answer._judged(found, 0, SHARED, paper, ["largest", 16], {"memory": ["none", "edram"]})


@pytest.mark.parametrize(("lowest", "word"), [(0.76, EQUAL), (0.74, NONE)])
def test_the_paper_less_the_tolerance_is_asked_for(lowest, word):
    row = judged([[0.8, 0.9, lowest], [0.1, 0.1, 0.1]], [[0.1, 0.1, 0.1]] * 2)
    assert (row["verdict"], row["bank"], row["low"], row["high"]) == (word, "largest", str(lowest), "0.9")
    assert (row["reference_verdict"], row["reference_factor"]) == (EQUAL, "1")


def test_a_row_tells_the_bank_of_each_verdict_with_its_own_numbers():
    """With more time the second bank holds; in the reference circuit the first holds at equal time."""
    row = judged([[0.76, 0.7, 0.7], [0.74, 0.6, 0.5]], [[0.8, 0.7, 0.9], [0.78, 0.76, 0.95]])
    told = {
        "verdict": MORE, "bank": "16", "saving": "0.74", "area_saving": "0.74", "energy_saving": "0.074",
        "low": "0.5", "high": "0.74", "latency_factor": "2", "interval_factor": "12", "equal_interval_factor": "32",
        "fast_bank": "16", "fast_area_saving": "0.78", "fast_energy_saving": "0.078", "fast_low": "0.76",
        "fast_high": "0.95", "fast_latency_factor": "2", "fast_interval_factor": "12", "more_time_factor": "2.6",
        "reference_verdict": EQUAL, "reference_factor": "1",
    }  # fmt: skip
    assert {name: row[name] for name in told} == told


def test_where_no_bank_holds_each_road_shows_the_bank_that_saves_most():
    row = judged([[0.5, 0.4, 0.6], [0.3, 0.7, 0.7]], [[0.6, 0.1, 0.2], [0.7, 0.2, 0.3]])
    told = {"verdict": NONE, "bank": "largest", "latency_factor": "1", "fast_bank": "16", "fast_latency_factor": "2",
            "more_time_factor": "", "reference_verdict": NONE, "reference_factor": ""}  # fmt: skip
    assert {name: row[name] for name in told} == told


VALUES = {"memory": ["none", "edram"], "wire_area": ["0", "0.5", "1"], "bank_distance": ["0", "1"]}


def by_trying(saved, need):
    """Every set of one value, then of two, with all that is left open enumerated."""
    cases = list(product(*VALUES.values()))
    for count in (1, 2):
        found = set()
        for names in combinations(VALUES, count):
            for fixed in product(*(VALUES[name] for name in names)):
                places = [list(VALUES).index(name) for name in names]
                kept = [i for i, case in enumerate(cases) if tuple(case[place] for place in places) == fixed]
                if any(all(bank[i] >= need for i in kept) for bank in saved):
                    found.add(" and ".join(f"{name} = {value}" for name, value in zip(names, fixed, strict=True)))
        if found:
            return found
    return set()


@pytest.mark.parametrize("need", [0.2, 0.35, 0.5, 0.65, 0.9, 2.0])
def test_what_decides_by_trying_all_sets(need):
    saved = np.random.default_rng(2).random((3, 12))
    saved[0, :6] += 0.3
    assert set(answer.deciding(saved, need, VALUES)) == by_trying(saved, need)


def test_the_set_with_the_most_saved_in_the_worst_case_stands_first():
    saved = np.array([[0.1, 0.1, 0.7, 0.7, 0.8, 0.8] * 2])
    assert answer.deciding(saved, 0.6, VALUES) == ["wire_area = 1", "wire_area = 0.5"]


def test_banks_from_the_largest_down():
    assert answer.banks_of(100, ["largest", 16, 12], 4) == ["largest", 64, 32, 16, 12, 8, 4]
    assert answer.banks_of(64, ["largest"], 16) == ["largest", 32, 16]


CONDITIONS = ["memory", "input_encoding dac pulse_ns"]


@pytest.mark.parametrize("mapping", ["two-crossbars-shared-dac", "offset-column"])
def test_draws_are_the_single_circuits(mapping):
    """Every condition, bank and ADC model priced one by one, the baseline with the turns of the proposal."""
    base, (signed, unipolar) = base_circuit("two-crossbars-shared-dac", "E"), PAIR
    draws = crossed(together(OPTIONS, base, CONDITIONS), {"adc_law": ["B", "E"], "bank": ["largest", 8]})
    found = answer.compared(answer.sides_of(*PAIR, base, TABLES), draws, "unipolar-shared", [mapping])[mapping]
    memories, inputs = (OPTIONS[name] for name in CONDITIONS)
    values = [fields_of("memory", one) | fields_of(CONDITIONS[1], other) for one, other in product(memories, inputs)]
    values.insert(0, {})
    cases = list(product(["B", "E"], ["largest", 8], values))
    assert len(cases) == len(found.latency_factor)
    for place in range(0, len(cases), 5):
        law, bank, changes = cases[place]
        single = Design(**base.model_dump() | changes | {"adc_law": law, "bank": bank, "mapping": "unipolar"})
        fast = single.model_copy(update={"mapping": mapping, "bank": "own"})
        turns = equal_turns(signed.layers, fast, unipolar.layers, single)
        equal = fast.model_copy(update={"columns_per_adc": turns})
        ours = totals(priced(unipolar.layers, single, TABLES["neurram"]), single)
        for theirs, saved in ((fast, found.fast), (equal, found.equal)):
            whole = totals(priced(signed.layers, theirs, TABLES["neurram"]), theirs)
            assert saved["area_um2"][place] == pytest.approx(1 - ours.area_um2 / whole.area_um2)
            assert saved["energy_pJ"][place] == pytest.approx(1 - ours.energy_pJ / whole.energy_pJ)
            power = (ours.energy_pJ / ours.latency_ns) / (whole.energy_pJ / whole.latency_ns)
            assert saved["power_mW"][place] == pytest.approx(1 - power)


def test_rows_for_every_claim_baseline_and_model():
    block = CONFIG["claims"] | {"conditions": CONDITIONS}
    rules = ClaimsSpec.model_validate(block)
    paper = read_rows(REFERENCE / "claims.csv")
    sides = answer.sides_of(*PAIR, base_circuit("two-crossbars-shared-dac", "E"), TABLES)
    rows = list(answer.answer_rows(sides, SPEC, rules, paper, OPTIONS))
    assert all({"comparison", *row} == set(ANSWER.names) for row in rows)
    assert len(rows) == 4 * len(SPEC.mappings) * len(SPEC.adc_laws)
    assert {row["conditions"] for row in rows} == {1 + 2 * len(OPTIONS[CONDITIONS[1]])}
    for row in rows:
        numbers = {name: float(row[name]) for name in ("low", "saving", "high", "latency_factor", "fast_low")}
        assert numbers["low"] <= numbers["saving"] <= numbers["high"] and numbers["latency_factor"] >= 1
        assert (row["verdict"] == EQUAL) == (row["decided_by"] == "")
        if row["paper_version"] == "v1":  # no time is exchanged
            assert row["bank"] == "own" and numbers["latency_factor"] == 1 and row["low"] == row["fast_low"]
