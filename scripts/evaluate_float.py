"""Evaluate a floating-point network: accuracy.csv and correctness.safetensors."""

from xbar.chips.correctness import write_correctness
from xbar.chips.evaluate import Result, accuracy_rows, stored
from xbar.job import begin
from xbar.network.predict import predict
from xbar.network.storage import read_network
from xbar.tables import ACCURACY, write_table
from xbar.training.folds import evaluation_data
from xbar.training.machine import choose_device

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
splits, group = evaluation_data(snakemake.input.dataset, about)
results = [Result("float", "", split, predict(network, given.x) == given.y) for split, given in splits.items()]
rows = accuracy_rows(snakemake.wildcards.network, about, (result.row() for result in results), mapping="")
write_table(snakemake.output.accuracy, ACCURACY, rows)
write_correctness(snakemake.output.correctness, stored(results), group, about)
