"""collected tables, claims.csv -> every table in Markdown, and as a page for the HTML report"""

from pathlib import Path

from xbar.files import write_text
from xbar.job import begin
from xbar.report.page import page
from xbar.report.results import read_results
from xbar.report.tables import TABLES

snakemake = begin()

results = read_results(snakemake.input, snakemake.params.claims, snakemake.params.comparisons, snakemake.params.devices)
paths = list(map(Path, snakemake.output.tables))
for path in paths:
    text = TABLES[path.stem](results)
    write_text(path, text)
    write_text(Path(snakemake.output.pages) / f"{path.stem}.html", page(text))
for stale in set(paths[0].parent.glob("*.md")) - set(paths):  # of a run with other tables
    stale.unlink()
