"""collected tables, claims.csv -> one table in Markdown, and as a page for the HTML report"""

from xbar.files import atomic
from xbar.job import begin
from xbar.report.page import page
from xbar.report.results import read_results
from xbar.report.tables import TABLES

snakemake = begin()

results = read_results(snakemake.input, snakemake.params.claims, snakemake.params.comparisons, snakemake.params.devices)
text = TABLES[snakemake.wildcards.table](results)
with atomic(snakemake.output.table) as part:
    part.write_text(text)
with atomic(snakemake.output.page) as part:
    part.write_text(page(text))
