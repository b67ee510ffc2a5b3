"""Train a prepared network of one's own further with noise; write its weights and the loss of each epoch."""

from xbar import files
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.own import OwnNetworkSpec
from xbar.job import begin
from xbar.network.classes import network_of
from xbar.network.storage import state_of
from xbar.own.entry import examples_of, measured_on, prepared, tune, unpacked
from xbar.tables import OWN_TRAINING, write_table

snakemake = begin()

given, name = snakemake.params, snakemake.wildcards.own
device, crossbar = DeviceSpec(**given.device), CrossbarSpec(**given.crossbar)
with unpacked(snakemake.input.given, OwnNetworkSpec(**given.own)) as own:
    data, _ = examples_of(name, own, snakemake.input.get("dataset"))
    network = prepared(own, network_of(own), measured_on(data), crossbar.rows)
    losses = tune(own, network, data, device, given.laws)
files.write_tensors(snakemake.output.weights, state_of(network), {"own": given.own})
rows = [{"network": name, "epoch": epoch, "loss": loss} for epoch, loss in enumerate(losses, start=1)]
write_table(snakemake.output.history, OWN_TRAINING, rows)
