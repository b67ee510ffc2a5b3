"""conductances.safetensors, weights.safetensors, dataset -> accuracy.csv over simulated chips"""

from xbar.config.crossbars import DeviceSpec, EvaluationSpec
from xbar.hardware.arrays import read_arrays
from xbar.job import begin
from xbar.network.storage import read_network
from xbar.tables import ACCURACY, write_table
from xbar.training.chips import chip_accuracies
from xbar.training.evaluate import accuracy_rows, evaluation_splits
from xbar.training.machine import choose_device

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
mapped, mapping_about = read_arrays(snakemake.input.conductances)
device, evaluation = DeviceSpec(**snakemake.params.device), EvaluationSpec(**snakemake.params.evaluation)
splits = evaluation_splits(snakemake.input.dataset, about)
results = chip_accuracies(network, mapped, device, evaluation, splits, seed=about["seed"], laws=snakemake.params.laws)
rows = accuracy_rows(snakemake.wildcards.network, about, results, mapping=mapping_about["mapping"])
write_table(snakemake.output.accuracy, ACCURACY, rows)
