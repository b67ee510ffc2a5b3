"""raw_data, raw_files.csv -> {dataset}.raw.json: name and checksum of every raw file, downloaded if absent"""

from pathlib import Path

from xbar import files
from xbar.datasets import raw
from xbar.job import begin

snakemake = begin()

table = list(files.read_by_line(snakemake.input.table).values())
checksums = raw.fetch(snakemake.wildcards.dataset, Path(snakemake.config["raw_data"]), table)
files.write_json(snakemake.output.manifest, {"files": checksums})
