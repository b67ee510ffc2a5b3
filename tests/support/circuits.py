"""Circuits of a few layers for tests that count and price them by hand."""

from pathlib import Path

import numpy as np

from xbar.circuit.bill import bill_of_materials
from xbar.circuit.components import read_components
from xbar.circuit.cost import priced, totals
from xbar.circuit.design import PLAIN, Design
from xbar.circuit.footprint import Layers
from xbar.circuit.priced import PricedCorner, PricedNetwork
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec

REFERENCE = Path(__file__).parents[2] / "workflow" / "reference"
COMPONENTS = read_components([REFERENCE / "components.csv"], "neurram")
GIVEN = PLAIN | {
    "component_set": "neurram", "node_nm": 28.0, "supply_V": 0.9, "cell": "cell", "analog_scaling": "survey",
    "bank": "own", "adc_law": "B", "read_voltage_V": 0.2, "pulse_ns": 10.0, "sample_rate_MHz": 20.0,
    "digital_rate_MHz": 80.0,
    "crossbar": CrossbarSpec(rows=64, columns=64), "dac_bits": 4, "adc_bits": 6, "g_max_uS": 20.0,
    "digital_rescale": "everywhere",
}  # fmt: skip


def layers_from(*sizes, weight_mean=0.5, activity=0.25):
    """Layers of (rows, columns, products), kernels of one position, the ADC's whole range in use."""
    rows, columns, mvms = (np.array(values, dtype=float) for values in zip(*sizes, strict=True))
    same = np.ones_like(rows)
    return Layers(rows, columns, same, mvms, weight_mean * same, activity * same, same)


def design_from(mapping="unipolar", **changes):
    """A digital unit serves four ADCs."""
    return Design(**GIVEN | {"mapping": mapping} | changes)


def changed(design, **changes):
    return design.model_copy(update=changes)


def costs_of(layers, design):
    return priced(layers, design, COMPONENTS)


def total(layers, design):
    return totals(costs_of(layers, design), design)


def counts(layers, design):
    return {
        name: (int(part.count.sum()), int(part.uses.sum())) for name, part in bill_of_materials(layers, design).items()
    }


SYSTEM = {"overheads": "charged", "memory": "edram", "bank_distance": 0.5, "wire_area": 0.5}


def corner_of(*sizes, **changes) -> PricedCorner:
    """A made-up network with everything charged, of three layers where none is given."""
    layers, design = layers_from(*sizes or [(27, 16, 40), (144, 32, 10), (320, 7, 1)]), design_from(**SYSTEM | changes)
    spec = {"dataset": "har", "architecture": "x", "training": "x", "polarity": "unipolar", "weight_bits": 2}
    device = DeviceSpec(g_min_uS=0.0, g_max_uS=20.0, programming_noise=0.0)
    network = PricedNetwork("made-up", NetworkSpec(**spec | {"scale": "network"}), device, design.crossbar, layers)
    return PricedCorner(network, design, costs_of(layers, design))
