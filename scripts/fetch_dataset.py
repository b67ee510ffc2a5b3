"""Download the raw files of a dataset that are absent; write names and checksums of all into {dataset}.raw.json."""

from pathlib import Path

from xbar import files
from xbar.datasets import raw
from xbar.job import begin

snakemake = begin()

folder, table = Path(snakemake.config["raw_data"]), snakemake.params.table
checksums = raw.fetch(snakemake.wildcards.dataset, folder, table)
files.write_json(snakemake.output.manifest, {"files": checksums})
