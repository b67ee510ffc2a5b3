"""Two networks that were never trained, the configured circuit and the project's tables, for tests of savings."""

from pathlib import Path

import numpy as np

from support.configuration import CONFIG
from xbar.circuit.components import read_components
from xbar.circuit.footprint import Layers
from xbar.circuit.priced import PricedNetwork
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.savings.draws import base_of
from xbar.savings.options import read_options

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "workflow" / "reference"
SPEC = CircuitSpec(**CONFIG["circuit"])
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


def base_circuit(mapping="two-crossbars", law="B", bank="largest", spec=SPEC):
    return base_of(*PAIR, spec, ReferenceSpec(mapping=mapping, adc_law=law, bank=bank))
