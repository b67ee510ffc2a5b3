"""collected tables, claims.csv -> one table in Markdown"""

from xbar.files import atomic
from xbar.job import begin
from xbar.report.results import read_results
from xbar.report.tables import TABLES

snakemake = begin()

results = read_results(snakemake.input, snakemake.params.claims, snakemake.params.comparisons, snakemake.params.devices)
with atomic(snakemake.output.table) as part:
    part.write_text(TABLES[snakemake.wildcards.table](results))
