"""layers.csv, arrays.csv of both networks, component tables -> costs, the same by layer, performance, differences"""

from xbar.circuit import corners
from xbar.circuit.components import read_components
from xbar.circuit.sides import read_side
from xbar.circuit.textbook import step_rows
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.files import write_rows
from xbar.job import begin
from xbar.tables import COST, LAYER_COSTS, PERFORMANCE, STEPS, write_table

snakemake = begin()

circuit = CircuitSpec(**snakemake.params.circuit)
components = read_components(snakemake.params.components, circuit.component_set)
signed, unipolar = (
    read_side(snakemake.params[side], snakemake.input[f"{side}_layers"], snakemake.input[f"{side}_arrays"])
    for side in ("signed", "unipolar")
)
found = list(corners.corners(signed, unipolar, circuit, components))
cost = [row for corner in found for row in corners.cost_rows(corner)]
layers = [row for corner in found for row in corners.layer_rows(corner)]
layer_totals = [row for corner in found for row in corners.layer_total_rows(corner)]
performance = [corners.performance_row(corner) for corner in found]
write_table(snakemake.output.cost, COST, cost)
write_rows(snakemake.output.layers, corners.LAYER_COLUMNS, layers)
write_table(snakemake.output.layer_totals, LAYER_COSTS, layer_totals)
write_table(snakemake.output.performance, PERFORMANCE, performance)
steps = step_rows(signed, unipolar, circuit, ReferenceSpec(**snakemake.params.reference), components)
write_table(snakemake.output.steps, STEPS, steps, comparison=snakemake.wildcards.comparison)
