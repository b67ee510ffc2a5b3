"""Price a network of one's own by its layers.csv: costs by component and by layer, and performance."""

from xbar.circuit.components import read_components
from xbar.circuit.own import price_own
from xbar.circuit.priced import check_arrays, cost_tables
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.job import begin
from xbar.tables import ARRAYS, OWN_LAYERS, read_text, write_table

snakemake = begin()

given, name = snakemake.params, snakemake.wildcards.own
own, circuit = given.own, CircuitSpec(**given.circuit)
corner = price_own(
    name,
    {key: own[key] for key in ("weight_bits", "dac_bits", "adc_bits")},
    own["polarity"],
    own["mapping"],
    device=DeviceSpec(**given.device),
    crossbar=CrossbarSpec(**given.crossbar),
    layers=read_text([snakemake.input.layers], OWN_LAYERS),
    circuit=circuit,
    reference=ReferenceSpec(**given.reference),
    components=read_components(given.components, circuit.component_set),
    dataset=own["dataset"] or "",
)
check_arrays(corner.network, circuit, read_text([snakemake.input.arrays], ARRAYS))
for table, rows in cost_tables([corner]).items():
    write_table(snakemake.output.get(table.name), table, rows)
