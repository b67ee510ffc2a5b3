"""raw-file checksums, benchmarks and logs of all jobs -> provenance.json, time.svg, index.html"""

from pathlib import Path

from xbar import files
from xbar.job import begin
from xbar.report import page
from xbar.report.contents import shown
from xbar.report.figures.style import save, theme
from xbar.report.figures.time import time
from xbar.report.provenance import provenance
from xbar.report.summary import summary

snakemake = begin()

given = snakemake.params
record = provenance(snakemake.config, snakemake.input.manifests, given.jobs)
with theme():
    save(time(record["jobs"]), Path(snakemake.output.time).with_suffix(""))
tables = files.read_json(Path(snakemake.input.pages) / "tables.json")
found = summary(Path(snakemake.input.claims).parent, given.networks, given.note)
files.write_text(snakemake.output.page, page.index(record, found, shown(given.has), tables))
files.write_json(snakemake.output.provenance, record)  # last, so that a report that has it is complete
