"""conductances.safetensors, weights.safetensors, dataset -> accuracy.csv over simulated chips"""

from xbar.chips.conditions import Deployment
from xbar.chips.evaluate import accuracy_rows, chip_accuracies
from xbar.chips.mapped import read_mapped
from xbar.config.crossbars import DeviceSpec, EvaluationSpec
from xbar.job import begin
from xbar.network.storage import read_network
from xbar.tables import ACCURACY, write_table
from xbar.training.folds import evaluation_splits
from xbar.training.machine import choose_device

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
mapped = read_mapped(snakemake.input.conductances)
device, evaluation = DeviceSpec(**snakemake.params.device), EvaluationSpec(**snakemake.params.evaluation)
deployment = Deployment(network, mapped, device, seed=about["seed"], laws=snakemake.params.laws)
results = chip_accuracies(deployment, evaluation, evaluation_splits(snakemake.input.dataset, about))
rows = accuracy_rows(snakemake.wildcards.network, about, results, mapping=mapped.mapping)
write_table(snakemake.output.accuracy, ACCURACY, rows)
