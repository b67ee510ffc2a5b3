"""Prepare a dataset from its raw files: examples, labels, folds and test groups in {dataset}.safetensors."""

from importlib import import_module
from pathlib import Path

from xbar import files
from xbar.config.networks import DatasetSpec
from xbar.datasets import raw
from xbar.datasets.splits import check_splits
from xbar.job import begin

snakemake = begin()

name = snakemake.wildcards.dataset
spec = DatasetSpec(**snakemake.params.dataset)
folder = Path(snakemake.config["raw_data"])
checksums = files.read_json(snakemake.input.manifest)["files"]
dataset = import_module(f"xbar.datasets.{name}")

splits = dataset.splits(raw.verify(folder, checksums, dataset.ARCHIVES), spec.folds)
check_splits(name, splits, len(dataset.CLASSES), spec.axes)
about = {"dataset": name, "title": dataset.TITLE, "classes": list(dataset.CLASSES)}
about |= {"spec": spec.model_dump(), "checksums": checksums}
files.write_tensors(snakemake.output.dataset, splits.tensors(), about)
