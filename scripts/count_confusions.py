"""conductances.safetensors, weights.safetensors, dataset -> confusion.csv over simulated chips, test split"""

from xbar.chips.conditions import Deployment
from xbar.chips.evaluate import CONFUSION_COLUMNS, confusion_rows
from xbar.chips.mapped import read_mapped
from xbar.config.crossbars import DeviceSpec
from xbar.files import write_rows
from xbar.job import begin
from xbar.network.storage import read_network
from xbar.training.folds import evaluation_splits
from xbar.training.machine import choose_device

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
mapped, device = read_mapped(snakemake.input.conductances), DeviceSpec(**snakemake.params.device)
deployment = Deployment(network, mapped, device, seed=about["seed"], laws=snakemake.params.laws)
test = evaluation_splits(snakemake.input.dataset, about)["test"]
write_rows(snakemake.output.confusion, CONFUSION_COLUMNS, confusion_rows(deployment, test, snakemake.params.chips))
