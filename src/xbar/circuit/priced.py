"""A trained network as the cost model sees it, priced in each of its corners: own or shared converters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from xbar.circuit.bill import GROUPS
from xbar.circuit.components import Components
from xbar.circuit.cost import Cost, priced, totals
from xbar.circuit.design import Design, Number
from xbar.circuit.footprint import Layers, footprint
from xbar.config.circuit import AdcLaw, Bank, CircuitOptions, CircuitSpec
from xbar.config.claims import Corner
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.files import BROKEN, read_rows
from xbar.mappings import MappingName, mapping_named
from xbar.tables import COST, LAYER_COSTS, PERFORMANCE, Table
from xbar.tables.columns import CIRCUIT

MEASURES = ("area_um2", "energy_pJ", "latency_ns")
SIZES = ("rows", "columns", "kernel_area", "mvms_per_inference")
SHARES = ("x_max", "w_max", "i_max", "weight_mean", "activity", "current_range")


class PricedNetwork(NamedTuple):
    """A trained network with the hardware it was mapped on, and the sizes and measured means of its layers."""

    name: str
    network: NetworkSpec
    device: DeviceSpec
    crossbar: CrossbarSpec
    layers: Layers

    @property
    def signed(self) -> bool:
        """Whether its polarity is signed; a mixed network, with one sign in each column, is mapped as unipolar."""
        return self.network.polarity == "signed"


def read_priced(about: Mapping[str, Any], layers: Iterable[str | Path]) -> PricedNetwork:
    """A network with the layer tables of all its seeds; ValueError where they differ in size or one is empty.

    `about`: name, network, device and crossbar as they stand in the configuration.
    """
    return PricedNetwork(
        about["name"],
        NetworkSpec(**about["network"]),
        DeviceSpec(**about["device"]),
        CrossbarSpec(**about["crossbar"]),
        _layers_of_run(about["name"], list(layers)),
    )


def _layers_of_run(name: str, paths: Sequence[str | Path]) -> Layers:
    try:
        return layers_of([read_rows(path, (*SIZES, *SHARES)) for path in paths])
    except ValueError as error:
        raise ValueError(f"{', '.join(map(str, paths))}: {name}: {error}") from None


def layers_of(seeds: Sequence[Sequence[Mapping[str, str]]]) -> Layers:
    """The layer tables of all seeds of a network as one: sizes must agree, measured shares are averaged.

    Raises ValueError for an empty table or seeds that differ in size.
    """
    if not seeds or not all(seeds):
        raise ValueError("no table of layers, or one without rows; needed is a row for each layer")
    tables = [[_numbers(row) for row in rows] for rows in seeds]
    sizes = [[row[:4] for row in table] for table in tables]
    for number, of_table in enumerate(sizes):
        if of_table != sizes[0]:
            raise ValueError(
                f"layer sizes of seed table {number + 1} differ from those of table 1; allowed are equal ones"
            )
    means = np.mean(np.asarray(tables, dtype=float), axis=0)
    return Layers(*means.T)


def _numbers(row: Mapping[str, str]) -> list[float]:
    sizes = [float(row[name]) for name in SIZES]
    full_scale = float(row["x_max"]) * float(row["w_max"]) * float(row["i_max"])
    return [*sizes, float(row["weight_mean"]), float(row["activity"]), float(row["current_range"]) / full_scale]


def design_of(
    network: PricedNetwork, circuit: CircuitSpec, *, mapping: MappingName, adc_law: AdcLaw, bank: Bank
) -> Design:
    """The configured circuit of a network; `mapping` is that of signed weights; others have the mapping unipolar."""
    device, spec = network.device, network.network
    return Design(
        **{name: getattr(circuit, name) for name in CircuitOptions.model_fields},
        mapping=mapping if network.signed else "unipolar",
        adc_law=adc_law,
        bank=bank,
        crossbar=network.crossbar,
        dac_bits=spec.dac_bits,
        adc_bits=spec.adc_bits,
        g_max_uS=device.g_max_uS,
        on_off_ratio=device.g_max_uS / device.g_min_uS if device.g_min_uS > 0 else "inf",
        common_mode=spec.common_mode,
    )


def check_arrays(network: PricedNetwork, circuit: CircuitSpec, rows: Sequence[Mapping[str, str]]) -> None:
    """Hold the bill to arrays.csv: ValueError where a layer has other numbers of arrays or cells than the bill.

    ValueError also for a file without rows.
    """
    if not rows:
        raise ValueError(f"{network.name}: arrays.csv has no rows; {BROKEN}")
    mapping = mapping_named(rows[0]["mapping"])
    design = design_of(network, circuit, mapping=mapping, adc_law=circuit.adc_laws[0], bank="own")
    at = footprint(network.layers, design.model_copy(update={"arrays": "exact"}))
    cells = (at.cells / design.rules.crossbars).astype(int)
    counted = list(zip((at.row_blocks * at.column_blocks).astype(int).tolist(), cells.tolist(), strict=True))
    mapped = [[row for row in rows if int(row["layer"]) == layer] for layer in range(len(counted))]
    found = [(len(part), sum(int(row["rows_used"]) * int(row["columns_used"]) for row in part)) for part in mapped]
    if counted != found:
        raise ValueError(
            f"{network.name}: (arrays, cells) per layer are {found} in arrays.csv; the bill counts {counted}"
        )


class PricedCorner(NamedTuple):
    """A network in one design with the costs of all components."""

    network: PricedNetwork
    design: Design
    costs: dict[str, Cost]

    @property
    def name(self) -> Corner:
        """signed-own, signed-shared, unipolar-own or unipolar-shared."""
        return corner_name(self.design)

    @property
    def keys(self) -> dict[str, str]:
        """The columns that identify the corner."""
        network, design = self.network, self.design
        values = (
            network.name, network.network.dataset, self.name, design.mapping, design.adc_law, str(design.bank)
        )  # fmt: skip
        return dict(zip((column.name for column in CIRCUIT), values, strict=True))


def corner_name(design: Design) -> Corner:
    """The polarity of the weights, and whether layers have own or shared converters."""
    if design.signed:
        return "signed-shared" if design.shared else "signed-own"
    return "unipolar-shared" if design.shared else "unipolar-own"


def corners(network: PricedNetwork, circuit: CircuitSpec, components: Components) -> Iterator[PricedCorner]:
    """A network in every corner, with every ADC model, mapping of signed weights and bank of `circuit`."""
    mappings: Sequence[MappingName] = circuit.mappings if network.signed else ["unipolar"]
    banks: Sequence[Bank] = ["own", *circuit.banks]
    for law, mapping, bank in product(circuit.adc_laws, mappings, banks):
        yield price(network, design_of(network, circuit, mapping=mapping, adc_law=law, bank=bank), components)


def price(network: PricedNetwork, design: Design, components: Components) -> PricedCorner:
    """A network in one design; ValueError for a node, bits or a part without a price."""
    return PricedCorner(network, design, priced(network.layers, design, components))


def cost_rows(corner: PricedCorner) -> Iterator[dict[str, str]]:
    """One row per component, summed over layers and bank."""
    for component, cost in corner.costs.items():
        values = (
            np.sum(cost.count) + cost.bank,
            np.sum(cost.area_um2) + cost.bank_area_um2,
            np.sum(cost.energy_pJ),
            np.sum(cost.latency_ns),
        )
        yield corner.keys | {"component": component} | _named(("count", *MEASURES), values)


def group_costs(corner: PricedCorner) -> dict[str, dict[str, float]]:
    """Area (um2), energy (pJ) and latency (ns) of every group of parts of the report, summed over layers and bank."""
    rows = {row["component"]: row for row in cost_rows(corner)}
    return {
        group: {measure: sum(float(rows[name][measure]) for name in parts) for measure in MEASURES}
        for group, parts in GROUPS.items()
    }


def layer_cost_rows(corner: PricedCorner) -> Iterator[dict[str, str]]:
    """One row per layer with all its components, and one for the area of what layers share.

    Every addend is rounded to ten digits, as in cost.csv.
    """
    sums: dict[str, list[float]] = {}
    for cost in corner.costs.values():
        columns = np.broadcast_arrays(cost.area_um2, cost.energy_pJ, cost.latency_ns)
        parts: dict[str, Sequence[Number]] = {
            str(layer): values for layer, values in enumerate(zip(*columns, strict=True))
        }
        if corner.design.shared or np.any(cost.bank_area_um2):
            parts["bank"] = (cost.bank_area_um2, 0.0, 0.0)
        for layer, values in parts.items():
            before = sums.setdefault(layer, [0.0] * len(MEASURES))
            sums[layer] = [total + float(digits(value)) for total, value in zip(before, values, strict=True)]
    for layer, values in sums.items():
        yield corner.keys | {"layer": layer} | _named(MEASURES, values)


def performance_row(corner: PricedCorner) -> dict[str, str]:
    """The whole network: two operations per multiply-accumulate, zero weights and doubled rows included."""
    total = totals(corner.costs, corner.design)
    macs = corner.network.layers.macs
    numbers = {
        "area_mm2": total.area_um2 * 1e-6,
        "energy_nJ": total.energy_pJ * 1e-3,
        "latency_us": total.latency_ns * 1e-3,
        "interval_us": total.interval_ns * 1e-3,
        "macs": macs,
        "tops_per_W": 2 * macs / total.energy_pJ,
        "tops_per_mm2": 2 * macs / total.interval_ns * 1e-3 / (total.area_um2 * 1e-6),
        "array_energy_share": total.array_energy_share,
    }
    return corner.keys | {name: digits(number) for name, number in numbers.items()}


def _named(columns: Sequence[str], values: Sequence[Number]) -> dict[str, str]:
    return dict(zip(columns, map(digits, values), strict=True))


def cost_tables(corners: Sequence[PricedCorner]) -> dict[Table, list[dict[str, str]]]:
    """The tables of costs by component and by layer and of performance, with their rows."""
    return {
        COST: [row for corner in corners for row in cost_rows(corner)],
        LAYER_COSTS: [row for corner in corners for row in layer_cost_rows(corner)],
        PERFORMANCE: [performance_row(corner) for corner in corners],
    }


def digits(number: Number) -> str:
    """A number of a table, to ten digits."""
    return f"{float(number):.10g}"
