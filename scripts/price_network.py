"""Price a network by the layers.csv of all its seeds: costs by component and by layer, and performance."""

from xbar.circuit import priced
from xbar.circuit.components import read_components
from xbar.config.circuit import CircuitSpec
from xbar.job import begin
from xbar.tables import ARRAYS, read_text, write_table

snakemake = begin()

circuit = CircuitSpec(**snakemake.params.circuit)
components = read_components(snakemake.params.components, circuit.component_set)
about = priced.read_priced(snakemake.params.network, snakemake.input.layers)
for path in snakemake.input.arrays:
    priced.check_arrays(about, circuit, read_text([path], ARRAYS))
for table, rows in priced.cost_tables(list(priced.corners(about, circuit, components))).items():
    write_table(snakemake.output.get(table.name), table, rows)
