"""conductances.safetensors, weights.safetensors, dataset -> confusion.csv over simulated chips, test split"""

from xbar.config.crossbars import DeviceSpec
from xbar.hardware.arrays import read_arrays
from xbar.job import begin
from xbar.network.storage import read_network
from xbar.tables import CONFUSION, write_table
from xbar.training.confusion import confusion_rows
from xbar.training.evaluate import evaluation_splits
from xbar.training.machine import choose_device

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
mapped, _ = read_arrays(snakemake.input.conductances)
device, examples = DeviceSpec(**snakemake.params.device), evaluation_splits(snakemake.input.dataset, about)["test"]
rows = confusion_rows(
    network, mapped, device, examples, snakemake.params.chips, seed=about["seed"], laws=snakemake.params.laws
)
names = snakemake.wildcards
write_table(snakemake.output.confusion, CONFUSION, rows, network=names.network, seed=names.seed)
