"""The costs of MLPerf Tiny's networks written as a table and a page, in a run and in the published report."""

from collections.abc import Sequence
from pathlib import Path

from xbar.circuit.components import read_components
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.config import Config
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.tiny import TinyHardwareSpec, TinySpec
from xbar.files import read_by_line, read_json, write_json, write_text
from xbar.report.provenance import commit, machine
from xbar.report.publish import readme
from xbar.tables import TINYML_COST, read_table, write_table
from xbar.tiny.cost import cost_rows
from xbar.tiny.page import cost_page


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


def reprice(folder: Path, root: Path, config: Config) -> None:
    """Write the costs of the published report of `tinyml` anew, of the converters of that run; accuracies stay.

    Its provenance and its README say of which commit and machine the prices are.
    """
    record, tables = read_json(folder / "provenance.json"), root / "workflow/reference"
    tiny = TinySpec.model_validate(record["config"]["tinyml"])
    write_costs(
        folder / "tables/tinyml-cost.csv", folder / "tables/tinyml-cost.md", tiny, tiny.converter_bits,
        config.devices[tiny.device], config.crossbars[tiny.crossbar], config.circuit, config.claims.reference,
        [tables / "components.csv", *config.circuit.extra_components], tables / "published-boards.csv",
    )  # fmt: skip
    record |= {"priced": {"commit": commit(), "machine": machine()}}
    write_json(folder / "provenance.json", record)
    write_text(folder / "README.md", readme(record, folder))
