"""Evaluate simulated chips of the reference ResNet-8, with its own weights or with those of a further training."""

from xbar import files
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.tiny import TinyChipsSpec
from xbar.job import begin
from xbar.tables import TINYML, write_table
from xbar.tiny import accuracy, reference

snakemake = begin()

given, chosen = snakemake.params, snakemake.wildcards
spec = TinyChipsSpec(**given.tinyml)
device, crossbar = DeviceSpec(**given.device), CrossbarSpec(**given.crossbar)
train, test = accuracy.examples_of(files.read_tensors(snakemake.input.dataset)[0], given.fold)
original = reference.network(files.read_tensors(snakemake.input.reference)[0])
bits, seed = int(chosen.bits), int(chosen.seed)
network = accuracy.on_crossbars(
    original, train.x, spec, device, crossbar, given.laws, bits=bits, scale=chosen.scale, condition=chosen.condition
)
if trained := snakemake.input.get("weights"):
    accuracy.take_over(network, files.read_tensors(trained)[0])
rows = accuracy.chip_rows(network, test, spec, device, crossbar, given.laws, seed=seed)
rows = accuracy.about_rows(rows, bits, chosen.scale, chosen.condition)
write_table(snakemake.output.accuracy, TINYML, rows)
