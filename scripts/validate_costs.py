"""published macros, textbook networks, component tables -> predictions beside published and independent numbers"""

from xbar.circuit.components import read_components
from xbar.config.circuit import CircuitSpec
from xbar.files import read_by_line
from xbar.job import begin
from xbar.savings.macros import validation_rows
from xbar.savings.textbook import independent_rows
from xbar.tables import TEXTBOOK, VALIDATION, write_table

snakemake = begin()

macros, textbook = (list(read_by_line(snakemake.params[name]).values()) for name in ("macros", "textbook"))
tables = {name: read_components(snakemake.params.components, name) for name in {row["component_set"] for row in macros}}
write_table(snakemake.output.validation, VALIDATION, validation_rows(macros, tables))
circuit = CircuitSpec(**snakemake.params.circuit)
components = read_components(snakemake.params.components, circuit.component_set)
rows = independent_rows(textbook, circuit, components)
write_table(snakemake.output.textbook, TEXTBOOK, rows)
