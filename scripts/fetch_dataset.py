"""raw_data, rows of raw_files.csv -> {dataset}.raw.json: name and checksum of every raw file, downloaded if absent"""

from pathlib import Path

from xbar import files
from xbar.datasets import raw
from xbar.job import begin

snakemake = begin()

folder, table = Path(snakemake.config["raw_data"]), snakemake.params.table
checksums = raw.fetch(snakemake.wildcards.dataset, folder, table)
files.write_json(snakemake.output.manifest, {"files": checksums})
