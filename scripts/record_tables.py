"""tables made on demand, raw-file checksums, benchmarks of their jobs -> provenance.json beside the tables"""

from xbar import files
from xbar.job import begin
from xbar.report.provenance import provenance

snakemake = begin()

record = provenance(snakemake.config, snakemake.input.manifests, snakemake.params.jobs)
files.write_json(snakemake.output.provenance, record)
