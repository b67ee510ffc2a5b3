"""published macros, textbook networks, component tables -> predictions beside published and independent numbers"""

from xbar.circuit.components import read_components
from xbar.circuit.macros import COLUMNS, validation_rows
from xbar.circuit.textbook import INDEPENDENT_COLUMNS, independent_rows
from xbar.config.circuit import CircuitSpec
from xbar.files import read_rows, write_rows
from xbar.job import begin

snakemake = begin()

macros = read_rows(snakemake.params.macros)
tables = {name: read_components(snakemake.params.components, name) for name in {row["component_set"] for row in macros}}
write_rows(snakemake.output.validation, COLUMNS, validation_rows(macros, tables))
circuit = CircuitSpec(**snakemake.params.circuit)
components = read_components(snakemake.params.components, circuit.component_set)
rows = independent_rows(read_rows(snakemake.params.textbook), circuit, components)
write_rows(snakemake.output.textbook, INDEPENDENT_COLUMNS, rows)
