"""Download MLPerf Tiny's reference ResNet-8 where it is absent, and write it as safetensors."""

from hashlib import sha256
from pathlib import Path

from xbar import files
from xbar.job import begin
from xbar.tiny import reference

snakemake = begin()

content = reference.find(Path(snakemake.config["raw_data"]), snakemake.params.table)
layout = list(files.read_by_line(snakemake.params.layout).values())
state = reference.read(content, layout)
reference.network(state)  # ValueError where it is another network
files.write_tensors(snakemake.output.weights, state, {"source": sha256(content).hexdigest()})
