"""Count how simulated chips confuse the classes of the test split: confusion.csv."""

from xbar.chips.deployment import Deployment
from xbar.chips.evaluate import confusion_rows
from xbar.chips.mapped import read_mapped
from xbar.config.crossbars import DeviceSpec
from xbar.job import begin
from xbar.network.storage import read_network
from xbar.tables import CONFUSION, write_table
from xbar.training.folds import evaluation_splits
from xbar.training.machine import choose_device

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
mapped, device = read_mapped(snakemake.input.conductances), DeviceSpec(**snakemake.params.device)
deployment = Deployment(network, mapped, device, seed=about["seed"], laws=snakemake.params.laws)
rows = confusion_rows(deployment, evaluation_splits(snakemake.input.dataset, about)["test"], snakemake.params.chips)
names = snakemake.wildcards
write_table(snakemake.output.confusion, CONFUSION, rows, network=names.network, seed=names.seed)
