"""What the reference networks cost on arrays, by their shapes alone, beside boards that ran them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from xbar.circuit.components import Components
from xbar.circuit.footprint import Layers
from xbar.circuit.priced import PricedNetwork, design_of, performance_row, price
from xbar.config.base import check_name
from xbar.config.circuit import CircuitSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.config.tiny import TinyHardwareSpec
from xbar.files import number_of
from xbar.network.contexts import crossbar_layers, matrix_layers
from xbar.network.hardware import Hardware
from xbar.network.own import prepare_trained
from xbar.network.products import crossbar_sizes, digital_products
from xbar.savings.textbook import assumed
from xbar.seeds import generator
from xbar.tiny.networks import TINY

Depthwise = Literal["none", "dense", "digital", "replaced"]
Rows = Iterator[dict[str, Any]]


class Shape(NamedTuple):
    """A network by its sizes. `weights`, `products`: of the network itself, biases left out; `digital`: of these
    products, those that stay off the arrays; `layers`: on arrays, with dense matrices for groups and halved inputs.
    """

    weights: int
    products: int
    digital: int
    layers: Layers


def choices(name: str) -> tuple[Depthwise, ...]:
    """What may become of the depthwise layers of a network."""
    return ("dense", "digital", "replaced") if TINY[name].depthwise else ("none",)


@torch.no_grad()
def shape_of(name: str, depthwise: Depthwise, hardware: Hardware, circuit: CircuitSpec) -> Shape:
    """Sizes of a network, with the mean weight and input that `circuit.textbook` assumes: there are no data for them.

    Depthwise layers are `dense` block-diagonal matrices on arrays, `digital`, or `replaced` by full convolutions.
    """
    tiny = TINY[name]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # of weights that no size depends on
        network = tiny.make(replaced=depthwise == "replaced").eval()
    inputs = torch.rand(2, *tiny.shape, generator=generator(0, "shape")) - (0.5 if tiny.signed else 0.0)
    mapped = prepare_trained(network, inputs, hardware, grouped="digital" if depthwise == "digital" else "arrays")
    digital = sum(found.products or 0 for found in digital_products(mapped, inputs))
    return Shape(*counts(network, inputs), digital, _layers(mapped, inputs, circuit))


def _layers(mapped: nn.Module, inputs: Tensor, circuit: CircuitSpec) -> Layers:
    """Sizes on arrays. Between groups weights are zero, and of two halves of an input one is zero."""
    sizes = crossbar_sizes(mapped, inputs)
    columns = ([size[field] for size in sizes] for field in range(2, 6))  # of LayerSize: rows to products
    rows, outputs, area, products = (np.array(column, dtype=float) for column in columns)
    one = np.ones_like(rows)
    plain = assumed(Layers(rows, outputs, area, products, weight_mean=one, activity=one, range_use=one), circuit)
    kinds = list(crossbar_layers(mapped).values())
    filled = np.array([1 / layer.blocks for layer in kinds])
    driven = np.array([0.5 if layer.takes == "halved" else 1.0 for layer in kinds])
    return replace(plain, weight_mean=plain.weight_mean * filled, activity=plain.activity * driven)


def counts(network: nn.Module, inputs: Tensor) -> tuple[int, int]:
    """Weights of linear and convolution layers, and their products for one input, as torch counts them."""
    weights = sum(layer.weight.numel() for layer in matrix_layers(network).values())
    return weights, sum(found.products or 0 for found in digital_products(network, inputs))


def cost_rows(
    spec: TinyHardwareSpec, converter_bits: Sequence[int], device: DeviceSpec, crossbar: CrossbarSpec,
    circuit: CircuitSpec, components: Components, boards: Iterable[Mapping[str, str]],
) -> Rows:  # fmt: skip
    """Rows of `tables.TINYML_COST`: every network with every choice, bits, ADC model and bank, then published boards.

    `boards`: rows of published-boards.csv, each of the network as MLPerf Tiny has it.
    """
    published: dict[str, dict[str, int]] = {}
    for name in TINY:
        for depthwise in choices(name):
            shape = shape_of(name, depthwise, hardware_for(spec, 8, crossbar), circuit)
            sizes = {"weights": shape.weights, "products": shape.products, "digital_products": shape.digital}
            published.setdefault(name, {"weights": shape.weights, "products": shape.products})
            about = {"network": name, "system": OURS, "depthwise": depthwise} | sizes
            for bits in converter_bits:
                network = priced_network(name, spec, bits, device, crossbar, shape.layers)
                yield from ({**about, **row} for row in circuit_rows(network, spec, circuit, components))
    for board in boards:
        check_name(board["network"], published, f"published-boards.csv: network of {board['system']}")
        yield published[board["network"]] | _of_board(board)


OURS = "arrays and converters"


def hardware_for(spec: TinyHardwareSpec, bits: int, crossbar: CrossbarSpec) -> Hardware:
    """Signed weights, and converters of so many bits."""
    return Hardware(
        polarity="signed", weight_bits=spec.weight_bits, dac_bits=bits, adc_bits=bits, rows=crossbar.rows
    )  # fmt: skip


def priced_network(
    name: str, spec: TinyHardwareSpec, bits: int, device: DeviceSpec, crossbar: CrossbarSpec, layers: Layers
) -> PricedNetwork:
    """A network with converters of so many bits, as the cost model reads it."""
    of_network = {"dataset": "", "architecture": name, "training": "", "polarity": "signed", "scale": "layer"}
    of_bits = {"weight_bits": spec.weight_bits, "dac_bits": bits, "adc_bits": bits}
    return PricedNetwork(name, NetworkSpec.model_validate(of_network | of_bits), device, crossbar, layers)


def circuit_rows(network: PricedNetwork, spec: TinyHardwareSpec, circuit: CircuitSpec, components: Components) -> Rows:
    """What one inference costs with every ADC model and bank of the circuit."""
    cells = network.layers.rows * network.layers.columns
    for law, bank in product(circuit.adc_laws, circuit.banks):
        corner = price(network, design_of(network, circuit, mapping=spec.mapping, adc_law=law, bank=bank), components)
        total = performance_row(corner)
        yield {
            "converter_bits": network.network.adc_bits, "mapping": spec.mapping, "adc_law": law, "bank": str(bank),
            "matrix_elements": int(cells.sum()), "array_products": total["macs"], "area_mm2": total["area_mm2"],
            "energy_uJ": f"{float(total['energy_nJ']) * 1e-3:.6g}", "latency_us": total["latency_us"],
        }  # fmt: skip


def _of_board(board: Mapping[str, str]) -> dict[str, str]:
    where = f"published-boards.csv: inferences_per_s of {board['system']}"
    if (rate := number_of(board["inferences_per_s"], where)) <= 0:
        raise ValueError(f"{where}: {rate:g} is not allowed: above 0")
    return {
        "network": board["network"],
        "system": f"{board['system']}, {board['supply']}, {board['clock_MHz']} MHz",
        "energy_uJ": board["energy_uJ"],
        "latency_us": f"{1e6 / rate:.6g}",
        "source": board["source"],
    }
