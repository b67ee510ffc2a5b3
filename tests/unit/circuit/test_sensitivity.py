"""Draws, variance shares and conditions: against single circuits, analytic functions and counted tables."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from xbar.circuit import conditions, sensitivity
from xbar.circuit.components import read_components
from xbar.circuit.corners import corners, performance_row
from xbar.circuit.draws import savings_of
from xbar.circuit.footprint import Layers
from xbar.circuit.options import chosen, draw, one_at_a_time, read_options
from xbar.circuit.sides import Side
from xbar.config.circuit import CircuitSpec, SensitivitySpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.files import read_rows

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "workflow" / "reference"
SPEC = CircuitSpec(**yaml.safe_load((ROOT / "config.yaml").read_text())["circuit"])
OPTIONS = read_options(REFERENCE / "options.csv")
TABLES = {name: read_components([REFERENCE / "components.csv"], name) for name in OPTIONS["component_set"]}


def side_from(polarity):
    """A network that was never trained, of the size of the HAR network in the literature notes, on large arrays."""
    sizes = [(45, 32, 128), (160, 32, 64), (928, 64, 1), (64, 6, 1)]
    rows, columns, mvms = (np.array(values, dtype=float) for values in zip(*sizes, strict=True))
    one = np.ones(4)
    network = NetworkSpec(
        dataset="har", architecture="x", polarity=polarity, training="x", weight_bits=2, scale="network"
    )
    device = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0)
    layers = Layers(rows, columns, one, mvms, 0.3 * one, 0.25 * one, np.array([0.001, 0.01, 0.2, 1.0]))
    return Side(f"har-{polarity}", network, device, CrossbarSpec(rows=1152, columns=256), layers)


PAIR = side_from("signed"), side_from("unipolar")


def evaluate(draws):
    return savings_of(*PAIR, SPEC, TABLES, draws)


@pytest.mark.parametrize("mapping", ["differential-columns", "differential-crossbars", "offset"])
@pytest.mark.parametrize("law", ["A", "B", "C", "D"])
@pytest.mark.parametrize("bank", ["largest", 16])
@pytest.mark.parametrize("own_adc_bits", ["network", "measured"])
def test_the_base_of_the_draws_is_the_circuit_of_the_cost_table(mapping, law, bank, own_adc_bits):
    """Layers that reach little of the ADC's range: by `measured` they take as few bits as the law of the draw has."""
    only = {"mappings": [mapping], "adc_laws": [law], "banks": [bank]}
    spec = SPEC.model_copy(update={"own_adc_bits": own_adc_bits} | only)
    base = sensitivity.base_of(*PAIR, spec, mapping, law, bank)
    _, draws = one_at_a_time({option: [] for option in OPTIONS}, base)
    found = savings_of(*PAIR, spec, TABLES, draws)
    names = ("area_mm2", "energy_nJ", "latency_us", "array_energy_share")
    rows = {
        row["corner"]: {name: float(row[name]) for name in names}
        for row in (performance_row(corner) for corner in corners(*PAIR, spec, TABLES[spec.component_set]))
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
    """The same function: no interaction, so first-order and total indices are both 0.9 and 0.1."""
    options = {"columns_per_adc": ["1", "2"], "bank": ["8", "16"]}

    def known(draws):
        values = 3 * (draws["columns_per_adc"] - 1) + (draws["bank"] - 8) / 8
        return dict.fromkeys(sensitivity.MEASURES, values)

    rows = list(sensitivity.sobol_rows(options, 256, 0, known))
    found = {(row["method"], row["option"]): float(row["number"]) for row in rows}
    for order in ("S1", "ST"):
        assert found[f"sobol {order}", "columns_per_adc"] == pytest.approx(0.9, abs=0.03)
        assert found[f"sobol {order}", "bank"] == pytest.approx(0.1, abs=0.03)


def test_every_method_reports_every_option():
    def simple(draws):
        saving = 1 / draws["columns_per_adc"] + (draws["scheme"] == OPTIONS["scheme"][0])
        return dict.fromkeys((*sensitivity.MEASURES, "latency_factor"), saving + draws["pulse_ns"])

    indices = draw(OPTIONS, 400, np.random.default_rng(0))
    base = sensitivity.base_of(*PAIR, SPEC, "differential-crossbars", "B", "largest")
    few = SensitivitySpec(draws=400, sobol_samples=8, seed=0)
    results = simple(chosen(OPTIONS, indices))
    rows = list(sensitivity.sensitivity_rows(OPTIONS, indices, results, base, simple, few))
    assert {tuple(row) for row in rows} == {sensitivity.COLUMNS[1:]}
    for method in ("variance", "mean", "one at a time", "sobol S1", "sobol ST"):
        assert {row["option"] for row in rows if row["method"] == method} - {""} == set(OPTIONS)
    decisive = max((row for row in rows if row["method"] == "variance"), key=lambda row: float(row["number"]))
    assert decisive["option"] == "pulse_ns"  # spreads from 5 to 200; the others stay below 2


def test_conditions_counted_by_hand():
    draws = {
        "scheme": np.array(["a", "a", "b", "b"], dtype=object),
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
    assert by_key["a", "largest", "", ""]["area_saving_median"] == "0.7"
    assert by_key["", "16", "1", ""]["draws"] == 2 and by_key["", "16", "1", ""]["energy_holds"] == "0.5"
    assert by_key["b", "", "", "above 40 %"]["latency_factor_median"] == "1"
    assert ("b", "largest", "", "") not in by_key


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("colour,red,x", "unknown option 'colour'"),
        ("bank,many,x", "bank needs numbers, not many"),
        ("bank,-1,x", "bank must be positive, not -1"),
        ("bank,inf,x", "bank needs whole numbers, not inf"),
        ("bank,2.5,x", "bank needs whole numbers, not 2.5"),
        ("pulse_ns,nan,x", "pulse_ns needs finite numbers, not nan"),
        ("pulse_ns,1e999,x", "pulse_ns needs finite numbers, not 1e999"),
        ("pulse_ns,largest,x", "pulse_ns needs numbers, not largest"),
        ("pulse_ns,,x", "pulse_ns needs numbers, not "),
        ("scheme,offset mirrored,x", "scheme: 'offset mirrored' is not one of differential-columns mirror, "),
        ("arrays,tiled 128,x", "arrays: 'tiled 128' is not exact, tiled or packed with rows x columns"),
        ("bank_parts,front_end,x", "bank_parts: 'front_end' is not one of dac, adc, dac adc, front_end adc, dac fron"),
        ("adc_law,E,x", "adc_law: 'E' is not one of A, B, C, D"),
        ("own_adc_bits,measure,x", "own_adc_bits: 'measure' is not one of network, measured"),
        ("front_end,ita,x", "front_end: 'ita' is not one of integrator, tia"),
        ("digital_rescale,none,x", "digital_rescale: 'none' is not one of everywhere, signed, nowhere"),
        ("bank,largest,x", "bank largest stands there twice"),
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
    with pytest.raises(ValueError, match="no values for scheme, arrays"):
        read_options(path)
