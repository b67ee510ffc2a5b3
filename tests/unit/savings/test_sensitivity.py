"""Draws, variance shares and conditions: against single circuits, analytic functions and counted tables."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from xbar.circuit.components import read_components
from xbar.circuit.footprint import Layers
from xbar.circuit.network import PricedNetwork, corners, performance_row
from xbar.config.circuit import CircuitSpec, SensitivitySpec
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.files import read_rows
from xbar.mappings import MAPPINGS
from xbar.savings import conditions, sensitivity
from xbar.savings.draws import base_of, savings_of
from xbar.savings.options import chosen, draw, one_at_a_time, read_options

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "workflow" / "reference"
SPEC = CircuitSpec(**yaml.safe_load((ROOT / "config.yaml").read_text())["circuit"])
OPTIONS = read_options(REFERENCE / "options.csv")
TABLES = {name: read_components([REFERENCE / "components.csv"], name) for name in OPTIONS["component_set"]}


def network_from(polarity):
    """A network that was never trained, of the size of the HAR network in the literature notes, on large arrays."""
    sizes = [(45, 32, 128), (160, 32, 64), (928, 64, 1), (64, 6, 1)]
    rows, columns, mvms = (np.array(values, dtype=float) for values in zip(*sizes, strict=True))
    one = np.ones(4)
    network = NetworkSpec(
        dataset="har", architecture="x", polarity=polarity, training="x", weight_bits=2, scale="network"
    )
    device = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0)
    layers = Layers(rows, columns, one, mvms, 0.3 * one, 0.25 * one, np.array([0.001, 0.01, 0.2, 1.0]))
    return PricedNetwork(f"har-{polarity}", network, device, CrossbarSpec(rows=1152, columns=256), layers)


PAIR = network_from("signed"), network_from("unipolar")


def base(mapping="two-crossbars", law="B", bank="largest", spec=SPEC):
    return base_of(*PAIR, spec, ReferenceSpec(mapping=mapping, adc_law=law, bank=bank))


def evaluate(draws):
    return savings_of(*PAIR, base(), TABLES, draws)


@pytest.mark.parametrize("mapping", sorted(set(MAPPINGS) - {"unipolar"}))
@pytest.mark.parametrize("law", ["A", "B", "C", "D"])
@pytest.mark.parametrize("bank", ["largest", 16])
@pytest.mark.parametrize("own_adc_bits", ["network", "measured"])
def test_the_base_of_the_draws_is_the_circuit_of_the_cost_table(mapping, law, bank, own_adc_bits):
    """Layers that reach little of the ADC's range: by `measured` they take as few bits as the law of the draw has."""
    only = {"mappings": [mapping], "adc_laws": [law], "banks": [bank]}
    spec = SPEC.model_copy(update={"own_adc_bits": own_adc_bits} | only)
    configured = base(mapping, law, bank, spec)
    _, draws = one_at_a_time({option: [] for option in OPTIONS}, configured)
    found = savings_of(*PAIR, configured, TABLES, draws)
    names = ("area_mm2", "energy_nJ", "latency_us", "array_energy_share")
    rows = {
        row["corner"]: {name: float(row[name]) for name in names}
        for row in (
            performance_row(corner) for network in PAIR for corner in corners(network, spec, TABLES[spec.component_set])
        )
    }
    signed = rows["signed-own"]
    for step, corner in (("both", "unipolar-shared"), ("unipolar alone", "unipolar-own")):
        assert found[f"area_saving {step}"] == pytest.approx([1 - rows[corner]["area_mm2"] / signed["area_mm2"]])
        assert found[f"energy_saving {step}"] == pytest.approx([1 - rows[corner]["energy_nJ"] / signed["energy_nJ"]])
    shared = rows["unipolar-shared"]
    assert found["latency_factor"] == pytest.approx([shared["latency_us"] / signed["latency_us"]])
    assert found["array_energy_share"] == pytest.approx([signed["array_energy_share"]])


def test_draws_do_not_depend_on_their_company():
    """A draw evaluated alone gives what it gives among others, whatever group it falls into."""
    indices = draw(OPTIONS, 12, np.random.default_rng(3))
    together = evaluate(chosen(OPTIONS, indices))
    for i in range(0, 12, 4):
        alone = evaluate(chosen(OPTIONS, {option: values[i : i + 1] for option, values in indices.items()}))
        assert all(alone[name][0] == pytest.approx(values[i]) for name, values in together.items())


def test_equal_generators_draw_equal_circuits():
    first, second = (draw(OPTIONS, 50, np.random.default_rng(1)) for _ in range(2))
    assert all(np.array_equal(first[option], second[option]) for option in OPTIONS)


def test_variance_share_of_a_known_function():
    """y = 3 a + b over all pairs of a in {0, 1} and b in {0, 1}: shares 9/10 and 1/10."""
    a, b = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    y = 3.0 * a + b
    assert sensitivity.variance_share([y[a == 0], y[a == 1]]) == pytest.approx(0.9)
    assert sensitivity.variance_share([y[b == 0], y[b == 1]]) == pytest.approx(0.1)
    assert sensitivity.variance_share([np.ones(3), np.ones(2)]) == 0.0


def test_sobol_indices_of_a_known_function():
    """The same function: no interaction, so the total indices are 0.9 and 0.1 too."""
    options = {"columns_per_adc": ["1", "2"], "bank": ["8", "16"]}

    def known(draws):
        values = 3 * (draws["columns_per_adc"] - 1) + (draws["bank"] - 8) / 8
        return dict.fromkeys(sensitivity.MEASURES, values)

    assert total_indices(options, known, 256) == pytest.approx({"columns_per_adc": 0.9, "bank": 0.1}, abs=0.03)


def test_sobol_indices_with_interactions():
    """Ishigami and Homma (1990): sin x + 7 sin^2 y + 0.1 z^4 sin x, all within pi; 0.5576, 0.4424 and 0.2437."""
    steps = 200  # of each variable, at the middle of equal parts of its range
    names = ("pulse_ns", "read_voltage_V", "g_max_uS")
    options = {name: [str(value) for value in np.arange(1, steps + 1)] for name in names}

    def ishigami(draws):
        x, y, z = (np.pi * ((2 * draws[name] - 1) / steps - 1) for name in names)
        return dict.fromkeys(sensitivity.MEASURES, np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))

    expected = dict(zip(names, (0.5576, 0.4424, 0.2437), strict=True))
    assert total_indices(options, ishigami, 1024) == pytest.approx(expected, abs=0.02)


def total_indices(options, function, samples):
    rows = list(sensitivity.sobol_rows(options, samples, 0, function))
    assert {row["method"] for row in rows} == {"sobol ST"} and len(rows) == 2 * len(options)
    return {row["option"]: float(row["number"]) for row in rows}


def test_every_method_reports_every_option():
    def simple(draws):
        saving = 1 / draws["columns_per_adc"] + (draws["mapping"] == OPTIONS["mapping"][0])
        return dict.fromkeys((*sensitivity.MEASURES, "latency_factor"), saving + draws["pulse_ns"])

    indices = draw(OPTIONS, 400, np.random.default_rng(0))
    few = SensitivitySpec(draws=400, sobol_samples=8, seed=0)
    results = simple(chosen(OPTIONS, indices))
    rows = list(sensitivity.sensitivity_rows(OPTIONS, indices, results, base(), simple, few))
    assert {tuple(row) for row in rows} == {sensitivity.COLUMNS[1:]}
    for method in ("variance", "mean", "one at a time", "sobol ST"):
        assert {row["option"] for row in rows if row["method"] == method} - {""} == set(OPTIONS)
    decisive = max((row for row in rows if row["method"] == "variance"), key=lambda row: float(row["number"]))
    assert decisive["option"] == "pulse_ns"  # spreads from 5 to 200; the others stay below 2


def test_conditions_counted_by_hand():
    draws = {
        "mapping": np.array(["two-crossbars", "two-crossbars", "offset-column", "offset-column"], dtype=object),
        "bank": np.array([16.0, np.inf, 16.0, 16.0]),
        "columns_per_adc": np.array([1.0, 1.0, 1.0, 8.0]),
    }
    results = {
        "area_saving both": np.array([0.9, 0.7, 0.85, 0.1]),
        "energy_saving both": np.array([0.5, 0.5, 0.1, 0.1]),
        "latency_factor": np.array([2.0, 1.0, 2.0, 1.0]),
        "array_energy_share": np.array([0.05, 0.05, 0.2, 0.5]),
    }
    targets = conditions.targets_of(read_rows(REFERENCE / "claims.csv"), "v3")
    assert targets == {"area_saving": 0.8, "energy_saving": 0.45}
    rows = list(conditions.condition_rows(draws, results, targets))
    assert all(tuple(row) == conditions.COLUMNS[1:] for row in rows)
    by_key = {tuple(row[name] for name in conditions.CONDITIONS): row for row in rows}
    assert by_key["", "", "", ""]["draws"] == 4 and by_key["", "", "", ""]["area_holds"] == "0.5"
    assert by_key["", "", "", ""]["both_hold"] == "0.25"
    assert by_key["two-crossbars", "largest", "", ""]["area_saving_median"] == "0.7"
    assert by_key["", "16", "1", ""]["draws"] == 2 and by_key["", "16", "1", ""]["energy_holds"] == "0.5"
    assert by_key["offset-column", "", "", "above 40 %"]["latency_factor_median"] == "1"
    assert ("offset-column", "largest", "", "") not in by_key


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("colour,red,x", "unknown option 'colour'"),
        ("bank,many,x", "bank: 'many' is not allowed: Input should be 'largest'; Input should be a valid integer"),
        ("bank,own,x", "bank: 'own' is not allowed: Input should be 'largest'"),  # every draw has that corner
        ("bank,-1,x", "bank: '-1' is not allowed: Input should be 'largest'; Input should be greater than 0"),
        ("bank,inf,x", "bank: 'inf' is not allowed"),
        ("bank,2.5,x", "bank: '2.5' is not allowed: Input should be 'largest'; Input should be a valid integer"),
        ("pulse_ns,nan,x", "pulse_ns: 'nan' is not allowed"),
        ("pulse_ns,1e999,x", "pulse_ns: '1e999' is not allowed: numbers are finite"),
        ("pulse_ns,largest,x", "pulse_ns: 'largest' is not allowed: Input should be a valid number"),
        ("pulse_ns,,x", "pulse_ns: '' is not allowed: Input should be a valid number"),
        ("mapping,offset,x", "mapping: 'offset' is not allowed: Input should be 'paired-columns-converted', "),
        (
            "arrays crossbar,tiled 128,x",
            "arrays crossbar: 'tiled 128' is not allowed: an array is rows x columns, such",
        ),
        (
            "arrays crossbar,tiled,x",
            "arrays crossbar: 'tiled' is not allowed: it needs 2 words, for arrays and crossbar",
        ),
        (
            "bank_parts,front_end,x",
            "bank_parts: 'front_end' is not allowed: front ends can be shared only with the ADCs",
        ),
        ("adc_law,E,x", "adc_law: 'E' is not allowed: Input should be 'A', 'B', 'C' or 'D'"),
        ("own_adc_bits,measure,x", "own_adc_bits: 'measure' is not allowed: Input should be 'network' or 'measured'"),
        ("front_end,ita,x", "front_end: 'ita' is not allowed: Input should be 'integrator' or 'tia'"),
        ("digital_rescale,none,x", "digital_rescale: 'none' is not allowed: Input should be 'everywhere', 'signed' or"),
        ("node_nm,14,x", "unknown option 'node_nm'; known are component_set, cell"),
        ("bank,largest,x", "duplicate value largest of bank"),
        ("bank,9,", "bank 9 has no source"),
    ],
)
def test_a_faulty_option_is_one_clear_line(tmp_path, line, message):
    path = tmp_path / "options.csv"
    path.write_text((REFERENCE / "options.csv").read_text() + "\n,,\n" + line + "\n")
    with pytest.raises(ValueError) as error:
        read_options(path)
    number = len(path.read_text().splitlines())
    assert str(error.value).startswith(f"{path}:{number}: {message}") and "\n" not in str(error.value)


def test_a_missing_option_is_one_clear_line(tmp_path):
    path = tmp_path / "options.csv"
    path.write_text("option,value,source\nbank,8,x\n")
    with pytest.raises(ValueError, match="no values for component_set, cell, analog_scaling"):
        read_options(path)
