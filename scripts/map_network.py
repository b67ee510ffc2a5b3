"""weights.safetensors -> conductances.safetensors, arrays.csv"""

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.hardware.arrays import write_array_table, write_arrays
from xbar.job import begin
from xbar.mappings import MAPPING_OF_POLARITY
from xbar.network.storage import read_network
from xbar.training.chips import map_network

snakemake = begin()

network, about = read_network(snakemake.input.weights)
crossbar, device = CrossbarSpec(**snakemake.params.crossbar), DeviceSpec(**snakemake.params.device)
mapping = MAPPING_OF_POLARITY[network.hardware.polarity]
mapped = map_network(network, device, crossbar)
write_arrays(snakemake.output.conductances, mapped, about | {"device": snakemake.params.device, "mapping": mapping})
write_array_table(snakemake.output.arrays, mapped, crossbar.rows, crossbar.columns, mapping)
