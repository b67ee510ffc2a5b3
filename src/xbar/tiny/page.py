"""The tables of MLPerf Tiny's networks for a reader: costs beside boards, and accuracy over time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from xbar.circuit.components import read_components
from xbar.config.circuit import AdcLaw, CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.tiny import TinyHardwareSpec
from xbar.files import read_by_line, write_text
from xbar.report.render import CODE, SIGNIFICANT, TEXT, WHOLE, Section, fixed, markdown
from xbar.tables import TINYML_COST, read_table, write_table
from xbar.tiny.cost import OURS, cost_rows
from xbar.tiny.networks import TINY

MODELLED = (
    "Of arrays, converters, buffers and the rescaling behind them, with ADC model {law} and {bank}; energy: lowest and"
    " highest of the ADC models. Digital products are counted and not charged; pJ a product is of the others. Weights"
    " and inputs have the assumed means of circuit.textbook."
)
MEASURED = (
    "Whole inferences, measured at the supply of the device. They include memory, processor and data movement, which"
    " the model above leaves out, so that the two tables give no ratio. docs/tinyml.md says more. Rounds of the"
    " benchmark and sources: workflow/reference/published-boards.csv."
)
SHARES = "Means over seeds and chips, on so many test images. Float: the reference itself. No chip: without noise."


def write_costs(
    table: str | Path, page: str | Path, spec: TinyHardwareSpec, converter_bits: Sequence[int], device: DeviceSpec,
    crossbar: CrossbarSpec, circuit: CircuitSpec, reference: ReferenceSpec, prices: Sequence[str | Path],
    boards: str | Path,
) -> None:  # fmt: skip
    """Price the networks: their `table` (`tables.TINYML_COST`) and its `page`. `prices`, `boards`: files to read."""
    components = read_components(prices, circuit.component_set)
    published = read_by_line(boards).values()
    rows = cost_rows(spec, converter_bits, device, crossbar, circuit, components, published)
    write_table(table, TINYML_COST, rows)
    write_text(page, cost_page(read_table(table, TINYML_COST), reference))


def cost_page(costs: pd.DataFrame, reference: ReferenceSpec) -> str:
    """Two tables: the networks on arrays, with bank and ADC model of the `reference`, and the boards that ran them."""
    ours = costs[(costs["system"] == OURS) & (costs["bank"] == str(reference.bank))]
    shared = (
        "as many shared ADCs as the largest layer needs"
        if reference.bank == "largest"
        else f"{reference.bank} shared ADCs"
    )
    columns = {"network": CODE, "task": TEXT, "depthwise": TEXT, "bits": WHOLE, "products (million)": fixed(2, 1e-6)}
    columns |= {"digital (million)": fixed(2, 1e-6), "area (mm2)": SIGNIFICANT, "energy (uJ)": TEXT}
    columns |= {"latency (us)": SIGNIFICANT, "pJ a product": TEXT}
    by_choice = ours.groupby(["network", "depthwise", "converter_bits"], sort=False)
    rows = [_cost_row(keys, of_choice, reference.adc_law) for keys, of_choice in by_choice]
    boards = costs[costs["system"] != OURS]
    published = [[row.network, row.system, row.energy_uJ, row.latency_us * 1e-3] for row in boards.itertuples()]
    shown = {"network": CODE, "board": TEXT, "energy (uJ)": SIGNIFICANT, "time (ms)": SIGNIFICANT}
    return markdown(
        [
            Section(
                "MLPerf Tiny's networks on arrays", columns, rows, [MODELLED.format(law=reference.adc_law, bank=shared)]
            ),
            Section("The same networks on published boards", shown, published, [MEASURED]),
        ]
    )


def _cost_row(of_choice: Any, rows: pd.DataFrame, law: AdcLaw) -> list[Any]:
    """Area and latency with one ADC model, energies over all of them."""
    (network, depthwise, bits), own = of_choice, rows.set_index("adc_law").loc[law]
    low, high = rows["energy_uJ"].min(), rows["energy_uJ"].max()
    on_arrays = own["products"] - own["digital_products"]  # the energy is theirs
    each = f"{low * 1e6 / on_arrays:.2f} to {high * 1e6 / on_arrays:.2f}"
    sizes = [own["products"], own["digital_products"], own["area_mm2"]]
    return [
        network, TINY[network].title, depthwise, bits, *sizes, f"{low:.3g} to {high:.3g}", own["latency_us"], each,
    ]  # fmt: skip


def accuracy_page(accuracy: pd.DataFrame) -> str:
    """One table: mean accuracy by condition, converters, time and compensation."""
    keys = ["condition", "scale", "converter_bits", "time_s", "compensation"]
    columns = {"condition": TEXT, "scale": TEXT, "bits": WHOLE, "time (s)": WHOLE, "compensation": TEXT}
    columns |= {"chips": WHOLE, "images": WHOLE, "accuracy (%)": fixed(2, 100)}
    found = accuracy.groupby(keys, sort=False, dropna=False)
    rows: list[Sequence[Any]] = [
        [*of_keys, rows["chip"].count(), rows["images"].iloc[0], rows["accuracy"].mean()] for of_keys, rows in found
    ]
    return markdown([Section("ResNet-8 on simulated chips", columns, rows, [SHARES])])
