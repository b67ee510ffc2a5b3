"""Draws: priced together as the single circuits are."""

from itertools import product

import numpy as np
import pytest
from support.savings import OPTIONS, PAIR, SPEC, TABLES, base_circuit

from xbar.circuit.priced import corners, performance_row
from xbar.mappings import MAPPINGS
from xbar.savings.draws import savings_of
from xbar.savings.options import chosen, draw, one_at_a_time

CHOICES = product(sorted(set(MAPPINGS) - {"unipolar"}), ["largest", 16], ["network", "measured"])
CASES = [(*choice, "ABCDE"[n % 5]) for n, choice in enumerate(CHOICES)]  # each model with each bank and kind of bits


def evaluate(draws):
    return savings_of(*PAIR, base_circuit(), TABLES, draws)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("mapping", "bank", "own_adc_bits", "law"), CASES)
def test_the_base_of_the_draws_is_the_circuit_of_the_cost_table(mapping, bank, own_adc_bits, law):
    """Layers that reach little of the ADC's range: by `measured` they take as few bits as the law of the draw has."""
    only = {"mappings": [mapping], "adc_laws": [law], "banks": [bank]}
    spec = SPEC.model_copy(update={"own_adc_bits": own_adc_bits} | only)
    configured = base_circuit(mapping, law, bank, spec)
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


def test_draws_of_one_structure_do_not_mix():
    """All in one group, with banks and latencies of their own: what one leaks is not what the slowest leaks."""
    indices = draw(OPTIONS, 8, np.random.default_rng(5))
    alike = ("mapping", "arrays crossbar", "bank_parts", "on_off_ratio")
    indices |= {option: np.zeros_like(indices[option]) for option in alike}
    together = evaluate(chosen(OPTIONS, indices))
    for i in range(8):
        alone = evaluate(chosen(OPTIONS, {option: values[i : i + 1] for option, values in indices.items()}))
        assert all(alone[name][0] == pytest.approx(values[i]) for name, values in together.items())
