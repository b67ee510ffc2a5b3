"""Draws: priced together as the single circuits are."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from xbar.circuit.components import read_components
from xbar.circuit.footprint import Layers
from xbar.circuit.priced import PricedNetwork, corners, performance_row
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.mappings import MAPPINGS
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


@pytest.mark.usefixtures("unchecked")
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
