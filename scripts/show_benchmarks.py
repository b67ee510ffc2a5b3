"""tables of benchmarks, measured on demand -> one table as Markdown, a figure as PNG and SVG"""

from xbar.files import atomic
from xbar.job import begin
from xbar.report.benchmarks import benchmarks, read_benchmarks
from xbar.report.figures.benchmarks import benchmarks as figure
from xbar.report.figures.style import save, theme

snakemake = begin()

rows = read_benchmarks(list(snakemake.input))
with atomic(snakemake.output.table) as part:
    part.write_text(benchmarks(rows))
with theme():
    save(figure(rows), snakemake.output.png, snakemake.output.svg)
