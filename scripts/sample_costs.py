"""layer tables of both networks, component and option tables, claims -> sensitivity of the savings, conditions"""

from functools import partial

from numpy.random import default_rng

from xbar.circuit import conditions, sensitivity
from xbar.circuit.components import read_components
from xbar.circuit.draws import savings_of
from xbar.circuit.options import chosen, draw, read_options
from xbar.circuit.sides import read_side
from xbar.config.circuit import CircuitSpec
from xbar.files import read_by_line
from xbar.job import begin
from xbar.tables import CONDITIONS, SENSITIVITY, write_table

snakemake = begin()
given, params = snakemake.input, snakemake.params
circuit = CircuitSpec(**params.circuit)
options = read_options(params.options)
sets = [*options["component_set"], circuit.component_set]
tables = {name: read_components(params.components, name) for name in sets}
sides = [read_side(params[side], given[f"{side}_layers"], given[f"{side}_arrays"]) for side in ("signed", "unipolar")]
evaluate = partial(savings_of, *sides, circuit, tables)
base = sensitivity.base_of(*sides, circuit, **params.reference)
indices = draw(options, circuit.sensitivity.draws, default_rng(circuit.sensitivity.seed))
draws = chosen(options, indices)
found, comparison = evaluate(draws), snakemake.wildcards.comparison
rows = sensitivity.sensitivity_rows(options, indices, found, base, evaluate, circuit.sensitivity)
write_table(snakemake.output.sensitivity, SENSITIVITY, rows, comparison=comparison)
claims = list(read_by_line(params.claims).values())
rows = conditions.condition_rows(draws, found, conditions.targets_of(claims, "v3"))
write_table(snakemake.output.conditions, CONDITIONS, rows, comparison=comparison)
