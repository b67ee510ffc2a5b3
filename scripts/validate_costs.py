"""published macros, component tables -> predicted beside published numbers"""

from xbar.circuit.components import read_components
from xbar.circuit.macros import COLUMNS, validation_rows
from xbar.files import read_rows, write_rows
from xbar.job import begin

snakemake = begin()

macros = read_rows(snakemake.input.macros)
tables = {name: read_components(snakemake.input.components, name) for name in {row["component_set"] for row in macros}}
write_rows(snakemake.output.validation, COLUMNS, validation_rows(macros, tables))
