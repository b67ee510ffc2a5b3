"""The published costs of MLPerf Tiny's networks, priced anew."""

from pathlib import Path

from xbar.circuit.components import price_tables
from xbar.config.config import Config
from xbar.config.tiny import TinySpec
from xbar.files import read_json, write_json, write_text
from xbar.report.provenance import commit, machine
from xbar.report.publish import readme
from xbar.tiny.page import write_costs


def reprice(folder: Path, root: Path, config: Config) -> list[str]:
    """Write the costs of the published report of `tinyml` anew, of the converters of that run; accuracies stay.

    Its provenance and its README say of which commit and machine the prices are. Returns the names of what was priced:
    nothing where no such report is published.
    """
    if not folder.is_dir():
        return []
    record, tables = read_json(folder / "provenance.json"), root / "workflow/reference"
    tiny = TinySpec.model_validate(record["config"]["tinyml"])
    write_costs(
        folder / "tables/tinyml-cost.csv", folder / "tables/tinyml-cost.md", tiny, tiny.converter_bits,
        config.devices[tiny.device], config.crossbars[tiny.crossbar], config.circuit, config.claims.reference,
        price_tables(tables, config.circuit), tables / "published-boards.csv",
    )  # fmt: skip
    record |= {"priced": {"commit": commit(), "machine": machine()}}
    write_json(folder / "provenance.json", record)
    write_text(folder / "README.md", readme(record, folder))
    return ["tinyml"]
