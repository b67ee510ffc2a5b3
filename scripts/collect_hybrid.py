"""Join the accuracies of trainings on cells and of repaired chips in hybrid.csv; write its page and its figure."""

from pathlib import Path

from xbar import files
from xbar.hybrid.law import read_pulse_law
from xbar.hybrid.page import hybrid_figure, hybrid_page
from xbar.job import begin
from xbar.report.figures.style import save, theme
from xbar.tables import HYBRID, read_table, read_text, write_table

snakemake = begin()

given = snakemake.params
write_table(snakemake.output.table, HYBRID, read_text(snakemake.input.rows, HYBRID))
rows = read_table(snakemake.output.table, HYBRID)
files.write_text(snakemake.output.page, hybrid_page(rows))
with theme():
    save(hybrid_figure(rows, read_pulse_law(given.pulses, given.law)), Path(snakemake.output.figure[0]).with_suffix(""))
