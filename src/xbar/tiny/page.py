"""The tables of MLPerf Tiny's networks for a reader: costs beside boards, and accuracy over time."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from xbar.report.render import CODE, SIGNIFICANT, TEXT, WHOLE, Section, fixed, markdown
from xbar.tiny.cost import OURS
from xbar.tiny.networks import TINY

MODELLED = (
    "Of arrays, converters, buffers and the rescaling behind them, in the reference circuit with as many shared ADCs as"
    " the largest layer needs; energy: lowest and highest of the ADC models. Digital products are counted and not"
    " charged. Weights and inputs have the assumed means of circuit.textbook."
)
MEASURED = (
    "Whole inferences, measured at the supply of the device. They include memory, processor and data movement, which"
    " the model above leaves out, so that the two tables give no ratio. docs/tinyml.md says more."
)
SHARES = "Means over seeds and chips, on so many test images. Float: the reference itself. No chip: without noise."


def cost_page(costs: pd.DataFrame) -> str:
    """Two tables: the networks on arrays, and the boards that ran them."""
    ours = costs[(costs["system"] == OURS) & (costs["bank"] == "largest")]
    columns = {"network": CODE, "task": TEXT, "depthwise": TEXT, "bits": WHOLE, "products (million)": fixed(2, 1e-6)}
    columns |= {"digital (million)": fixed(2, 1e-6), "area (mm2)": SIGNIFICANT, "energy (uJ)": TEXT}
    columns |= {"latency (us)": SIGNIFICANT, "pJ a product": TEXT}
    by_choice = ours.groupby(["network", "depthwise", "converter_bits"], sort=False)
    rows = [_cost_row(keys, of_choice) for keys, of_choice in by_choice]
    boards = costs[costs["system"] != OURS]
    published = [[row.network, row.system, row.energy_uJ, row.latency_us * 1e-3] for row in boards.itertuples()]
    shown = {"network": CODE, "board": TEXT, "energy (uJ)": SIGNIFICANT, "time (ms)": SIGNIFICANT}
    return markdown(
        [
            Section("MLPerf Tiny's networks on arrays", columns, rows, [MODELLED]),
            Section("The same networks on published boards", shown, published, [MEASURED]),
        ]
    )


def _cost_row(of_choice: Any, rows: pd.DataFrame) -> list[Any]:
    """Area and latency of the last ADC model, E, that of the reference circuit."""
    (network, depthwise, bits), last = of_choice, rows.iloc[-1]
    low, high = rows["energy_uJ"].min(), rows["energy_uJ"].max()
    each = f"{low * 1e6 / last['products']:.2f} to {high * 1e6 / last['products']:.2f}"
    sizes = [last["products"], last["digital_products"], last["area_mm2"]]
    return [
        network, TINY[network].title, depthwise, bits, *sizes, f"{low:.3g} to {high:.3g}", last["latency_us"], each,
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
