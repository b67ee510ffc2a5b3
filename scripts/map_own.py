"""Map and evaluate a network of one's own: conductances, arrays, layers, digital products, accuracy, errors."""

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.own import OwnNetworkSpec
from xbar.hardware.arrays import write_array_table, write_arrays
from xbar.job import begin
from xbar.network.classes import network_of
from xbar.network.products import digital_products
from xbar.own import layer_rows
from xbar.own.entry import evaluated, examples_of, measured_on, prepared, restore, unpacked
from xbar.tables import OWN_ACCURACY, OWN_DIGITAL, OWN_ERRORS, OWN_LAYERS, write_table

snakemake = begin()

given, name, output = snakemake.params, snakemake.wildcards.own, snakemake.output
device, crossbar = DeviceSpec(**given.device), CrossbarSpec(**given.crossbar)
with unpacked(snakemake.input.given, OwnNetworkSpec(**given.own)) as own:
    data, classes = examples_of(name, own, snakemake.input.get("dataset"))
    plain, inputs = network_of(own), measured_on(data)
    network = prepared(own, plain, inputs, crossbar.rows)
    if "weights" in dict(snakemake.input.items()):
        restore(network, snakemake.input.weights)
    mapped, rows, errors = evaluated(name, own, plain, network, data, classes, device, crossbar, given.laws)
write_arrays(output.conductances, mapped.arrays, {"own": given.own, "device": given.device, "mapping": mapped.mapping})
write_array_table(output.arrays, mapped.arrays, crossbar.rows, crossbar.columns, mapped.mapping)
write_table(output.accuracy, OWN_ACCURACY, rows)
write_table(output.errors, OWN_ERRORS, errors, network=name)
write_table(output.layers, OWN_LAYERS, layer_rows(network, inputs), network=name, seed=0)
write_table(output.digital, OWN_DIGITAL, (part._asdict() for part in digital_products(network, inputs[:1])))
