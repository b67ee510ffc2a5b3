"""state dict of an nn.Sequential, dataset, device laws -> conductances, arrays, accuracy per chip, errors by layer"""

from xbar import files
from xbar.chips.own import evaluate_own
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.own import OwnNetworkSpec
from xbar.hardware.arrays import write_array_table, write_arrays
from xbar.job import begin
from xbar.tables import ERRORS, VARIANTS, write_table

snakemake = begin()

given, name = snakemake.params, snakemake.wildcards.own
own, device, crossbar = OwnNetworkSpec(**given.own), DeviceSpec(**given.device), CrossbarSpec(**given.crossbar)
data, about = files.read_tensors(snakemake.input.dataset)
laws, classes = snakemake.params.laws, len(about.get("classes", ()))
mapped, rows, errors = evaluate_own(name, own, own.weights, data, device, crossbar, laws, classes)
write_arrays(
    snakemake.output.conductances, mapped.arrays, {"own": given.own, "device": given.device, "mapping": own.mapping}
)
write_array_table(snakemake.output.arrays, mapped.arrays, crossbar.rows, crossbar.columns, own.mapping)
write_table(snakemake.output.accuracy, VARIANTS, rows)
write_table(snakemake.output.errors, ERRORS, errors)
