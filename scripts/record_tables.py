"""Write provenance.json beside tables that are made on demand."""

from xbar import files
from xbar.job import begin
from xbar.report.provenance import provenance

snakemake = begin()

record = provenance(snakemake.config, snakemake.input.manifests, snakemake.params.jobs)
files.write_json(snakemake.output.provenance, record)
