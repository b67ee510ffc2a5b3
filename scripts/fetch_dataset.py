"""raw_data, raw_files.csv -> {dataset}.raw.json: name and checksum of every raw file, downloaded if absent"""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from xbar import files
from xbar.datasets import raw

snakemake: Snakemake

table = files.read_rows(snakemake.input.table)
checksums = raw.fetch(snakemake.wildcards.dataset, Path(snakemake.params.raw_data), table)
files.write_json(snakemake.output.manifest, {"files": checksums})
