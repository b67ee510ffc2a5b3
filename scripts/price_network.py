"""Price a network by the layers.csv of all its seeds: costs by component and by layer, and performance."""

from xbar.circuit import priced
from xbar.circuit.components import read_components
from xbar.config.circuit import CircuitSpec
from xbar.files import read_rows
from xbar.job import begin
from xbar.tables import COST, LAYER_COSTS, PERFORMANCE, write_table

snakemake = begin()

circuit = CircuitSpec(**snakemake.params.circuit)
components = read_components(snakemake.params.components, circuit.component_set)
about = priced.read_priced(snakemake.params.network, snakemake.input.layers)
for path in snakemake.input.arrays:
    priced.check_arrays(about, circuit, read_rows(path))
corners = list(priced.corners(about, circuit, components))
cost = [row for corner in corners for row in priced.cost_rows(corner)]
layer_costs = [row for corner in corners for row in priced.layer_cost_rows(corner)]
performance = [priced.performance_row(corner) for corner in corners]
write_table(snakemake.output.cost, COST, cost)
write_table(snakemake.output.layer_costs, LAYER_COSTS, layer_costs)
write_table(snakemake.output.performance, PERFORMANCE, performance)
