"""Repair chips of a trained network that have stuck cells, by every method, and measure their accuracy."""

from xbar import files
from xbar.config.crossbars import DeviceSpec
from xbar.config.hybrid import RepairSpec, WritingSpec
from xbar.hybrid.law import read_pulse_law
from xbar.hybrid.repair import Plant, repair_rows
from xbar.job import begin
from xbar.network.storage import read_network
from xbar.tables import HYBRID, write_table

snakemake = begin()

given = snakemake.params
network, about = read_network(snakemake.input.weights)
pulses, writing = read_pulse_law(given.pulses, given.law), WritingSpec(**given.writing)
plant = Plant(DeviceSpec(**given.cell["device"]), given.cell["laws"], pulses, writing)
data, _ = files.read_tensors(snakemake.input.dataset)
rows = repair_rows(network, data, RepairSpec(**given.repair), plant, seed=about["seed"])
chosen = snakemake.wildcards
write_table(snakemake.output.accuracy, HYBRID, rows, task="repair", network=chosen.network, seed=chosen.seed)
