"""collected tables, claims.csv -> one figure as PNG and SVG"""

from xbar.job import begin
from xbar.report.figures.gallery import FIGURES
from xbar.report.figures.style import save, theme
from xbar.report.results import read_results

snakemake = begin()

results = read_results(snakemake.input, snakemake.params.claims, snakemake.params.comparisons, snakemake.params.devices)
with theme():
    save(FIGURES[snakemake.wildcards.figure](results), snakemake.output.png, snakemake.output.svg)
