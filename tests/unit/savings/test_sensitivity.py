"""Which option decides: variance shares and Sobol indices against analytic functions."""

from pathlib import Path

import numpy as np
import pytest

from xbar.circuit.design import Design
from xbar.circuit.readers import SMALL
from xbar.config.circuit import SensitivitySpec
from xbar.savings import sensitivity
from xbar.savings.options import chosen, draw, fields_of, read_options
from xbar.tables import SENSITIVITY

OPTIONS = read_options(Path(__file__).parents[3] / "workflow" / "reference" / "options.csv")
pytestmark = pytest.mark.usefixtures("unchecked")


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
    base = Design(**SMALL, mapping="two-crossbars", bank="largest")
    few = SensitivitySpec(draws=400, sobol_samples=8, seed=0)
    results = simple(chosen(OPTIONS, indices))
    rows = list(sensitivity.sensitivity_rows(OPTIONS, indices, results, base, simple, few))
    assert {tuple(row) for row in rows} == {SENSITIVITY.names[1:]}
    for method in ("variance", "mean", "one at a time", "sobol ST"):
        assert {row["option"] for row in rows if row["method"] == method} - {""} == set(OPTIONS)
    for row in (row for row in rows if row["method"] == "one at a time"):
        circuit = base.model_dump() | (fields_of(row["option"], row["value"]) if row["option"] else {})
        (expected,) = {float(value) for value in simple(circuit).values()}
        assert float(row["number"]) == pytest.approx(expected, rel=1e-5)
    decisive = max((row for row in rows if row["method"] == "variance"), key=lambda row: float(row["number"]))
    assert decisive["option"] == "input_encoding dac pulse_ns"  # pulses from 1 to 50; the others stay below 2
