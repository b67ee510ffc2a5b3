"""Map a trained network on arrays: conductances.safetensors and arrays.csv."""

from xbar.chips.mapped import map_network
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.hardware.arrays import write_array_table, write_arrays
from xbar.job import begin
from xbar.network.storage import read_network

snakemake = begin()

network, about = read_network(snakemake.input.weights)
crossbar, device = CrossbarSpec(**snakemake.params.crossbar), DeviceSpec(**snakemake.params.device)
mapped = map_network(network, device, crossbar)
about |= {"device": snakemake.params.device, "mapping": mapped.mapping}
write_arrays(snakemake.output.conductances, mapped.arrays, about)
write_array_table(snakemake.output.arrays, mapped.arrays, crossbar.rows, crossbar.columns, mapped.mapping)
