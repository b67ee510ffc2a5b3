"""Set the cost model beside published chips, their parts, prices of others and a textbook circuit by a prototype."""

from xbar.config.circuit import CircuitSpec
from xbar.job import begin
from xbar.savings.validation import PUBLISHED, validation_tables
from xbar.tables import write_table

snakemake = begin()

params = snakemake.params
paths = {name: params[name] for name in PUBLISHED}
for table, rows in validation_tables(CircuitSpec(**params.circuit), params.components, paths):
    write_table(snakemake.output[table.name], table, rows)
