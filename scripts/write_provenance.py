"""Write the page of the run, index.html, with time.svg, and provenance.json: what made the results."""

from pathlib import Path

from xbar import files
from xbar.job import begin
from xbar.report import page
from xbar.report.contents import shown
from xbar.report.figures.style import save, theme
from xbar.report.figures.time import time
from xbar.report.own import own_networks
from xbar.report.provenance import provenance
from xbar.report.summary import summary

snakemake = begin()

given, drawn = snakemake.params, Path(snakemake.output.time)
record = provenance(snakemake.config, snakemake.input.manifests, given.jobs)
with theme():
    save(time(record["jobs"]), drawn.with_suffix(""))
tables = files.read_json(Path(snakemake.input.pages) / "tables.json")
entries = shown(given.has)
text = page.index(
    record,
    summary(Path(snakemake.input.claims).parent, given.networks, given.note),
    page.Shown(entries, page.svgs_of(Path(snakemake.input.figures), entries), tables),
    drawn.read_text(encoding="utf-8"),
    own_networks(Path(path).parent for path in snakemake.input.own),
)
files.write_text(snakemake.output.page, text)
files.write_json(snakemake.output.provenance, record)  # last, so that a report that has it is complete
