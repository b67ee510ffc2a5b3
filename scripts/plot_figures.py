"""Draw every figure of the report as PNG and SVG, from the collected tables and what else figures read."""

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
