"""collected tables, claims.csv, what else figures read -> every figure as PNG and SVG"""

from pathlib import Path

from xbar.job import begin
from xbar.report.contents import made_by, shown
from xbar.report.figures.style import save, theme
from xbar.report.results import read_results

snakemake = begin()

given, folder = snakemake.params, Path(snakemake.output.figures)
results = read_results(dict(snakemake.input.items()), given.claims, given.comparisons, given.devices)
for entry in shown(given.has, "figure"):
    with results.of(entry), theme():
        save(made_by(entry)(results), folder / entry.name)
