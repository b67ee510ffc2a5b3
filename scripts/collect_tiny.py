"""Join the accuracies of ResNet-8 on chips and in floating point in tinyml.csv and tinyml.md."""

from xbar import files
from xbar.job import begin
from xbar.tables import TINYML, read_table, read_text, write_table
from xbar.tiny import accuracy, reference
from xbar.tiny.page import accuracy_page

snakemake = begin()

_, test = accuracy.examples_of(files.read_tensors(snakemake.input.dataset)[0], snakemake.params.fold)
network = reference.network(files.read_tensors(snakemake.input.reference)[0])
row = accuracy.float_row(network, test, snakemake.params.images)
write_table(snakemake.output.accuracy, TINYML, [row, *read_text(snakemake.input.chips, TINYML)])
files.write_text(snakemake.output.page, accuracy_page(read_table(snakemake.output.accuracy, TINYML)))
