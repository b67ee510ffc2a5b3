"""Price MLPerf Tiny's networks on arrays, and set published boards beside them: tinyml-cost.csv and tinyml-cost.md."""

from xbar.circuit.components import read_components
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.tiny import TinyHardwareSpec
from xbar.files import read_by_line, write_text
from xbar.job import begin
from xbar.tables import TINYML_COST, read_table, write_table
from xbar.tiny.cost import cost_rows
from xbar.tiny.page import cost_page

snakemake = begin()

given = snakemake.params
spec, circuit = TinyHardwareSpec(**given.tinyml), CircuitSpec(**given.circuit)
reference = ReferenceSpec(**given.reference)
device, crossbar = DeviceSpec(**given.device), CrossbarSpec(**given.crossbar)
components = read_components(given.components, circuit.component_set)
boards = read_by_line(given.boards).values()
rows = cost_rows(spec, given.bits, device, crossbar, circuit, components, boards)
write_table(snakemake.output.cost, TINYML_COST, rows)
write_text(snakemake.output.page, cost_page(read_table(snakemake.output.cost, TINYML_COST), reference))
