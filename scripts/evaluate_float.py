"""weights.safetensors, dataset -> accuracy.csv of a floating-point network"""

from xbar.chips.evaluate import accuracy_rows
from xbar.job import begin
from xbar.network.predict import accuracy
from xbar.network.storage import read_network
from xbar.tables import ACCURACY, write_table
from xbar.training.folds import evaluation_splits
from xbar.training.machine import choose_device

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
results = [
    {"condition": "float", "chip": "", "split": split, "accuracy": accuracy(network, examples)}
    for split, examples in evaluation_splits(snakemake.input.dataset, about).items()
]
rows = accuracy_rows(snakemake.wildcards.network, about, results, mapping="")
write_table(snakemake.output.accuracy, ACCURACY, rows)
