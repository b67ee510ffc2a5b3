"""Train a prepared network of one's own further with noise; write its weights and the loss of each epoch."""

from xbar import files
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.own import OwnNetworkSpec
from xbar.job import begin
from xbar.network.storage import state_of
from xbar.own.entry import examples_of, tuned, unpacked
from xbar.tables import OWN_TRAINING, write_table

snakemake = begin()

given, name = snakemake.params, snakemake.wildcards.own
device, crossbar = DeviceSpec(**given.device), CrossbarSpec(**given.crossbar)
with unpacked(snakemake.input.given, OwnNetworkSpec(**given.own)) as own:
    data, _ = examples_of(name, own, snakemake.input.get("dataset"))
    network, losses = tuned(name, own, data, crossbar.rows, device, given.laws)
files.write_tensors(snakemake.output.weights, state_of(network), {"own": given.own})
rows = [{"network": name, "epoch": epoch, "loss": loss} for epoch, loss in enumerate(losses, start=1)]
write_table(snakemake.output.history, OWN_TRAINING, rows)
