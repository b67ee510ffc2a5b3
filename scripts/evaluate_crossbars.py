"""Evaluate simulated chips of one network by its weights and conductances: accuracy.csv, correctness.safetensors."""

from xbar.chips.correctness import write_correctness
from xbar.chips.deployment import Deployment
from xbar.chips.evaluate import accuracy_rows, chip_results, stored
from xbar.chips.mapped import read_mapped
from xbar.config.crossbars import DeviceSpec, EvaluationSpec
from xbar.job import begin
from xbar.network.storage import read_network
from xbar.tables import ACCURACY, write_table
from xbar.training.folds import evaluation_data
from xbar.training.machine import choose_device

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
mapped = read_mapped(snakemake.input.conductances)
device, evaluation = DeviceSpec(**snakemake.params.device), EvaluationSpec(**snakemake.params.evaluation)
deployment = Deployment(network, mapped, device, seed=about["seed"], laws=snakemake.params.laws)
splits, group = evaluation_data(snakemake.input.dataset, about)
results = list(chip_results(deployment, evaluation, splits))
rows = accuracy_rows(snakemake.wildcards.network, about, (result.row() for result in results), mapping=mapped.mapping)
write_table(snakemake.output.accuracy, ACCURACY, rows)
about |= {"device": snakemake.params.device, "mapping": mapped.mapping}
write_correctness(snakemake.output.correctness, stored(results), group, about)
