"""raw files, {dataset}.raw.json -> {dataset}.safetensors: examples, labels and folds"""

from importlib import import_module
from pathlib import Path

from snakemake.iocontainers import Snakemake

from xbar import files
from xbar.config.networks import DatasetSpec
from xbar.datasets import raw

snakemake: Snakemake

name = snakemake.wildcards.dataset
spec = DatasetSpec(**snakemake.params.dataset)
folder = Path(snakemake.params.raw_data)
checksums = files.read_json(snakemake.input.manifest)["files"]
dataset = import_module(f"xbar.datasets.{name}")

raw.verify(folder, checksums, dataset.ARCHIVES)
splits = dataset.splits(folder, spec.folds)
about = {"dataset": name, "spec": spec.model_dump(), "checksums": checksums, "classes": list(dataset.CLASSES)}
files.write_tensors(snakemake.output.dataset, splits._asdict(), about)
