"""raw-file checksums, benchmarks of all jobs -> provenance.json"""

from snakemake.iocontainers import Snakemake

from xbar import files
from xbar.report.provenance import provenance

snakemake: Snakemake

record = provenance(snakemake.config, snakemake.input.manifests, snakemake.params.benchmarks)
files.write_json(snakemake.output.provenance, record)
