"""layers.csv of two networks, component and option tables, claims -> steps from a textbook, sensitivity, conditions"""

from functools import partial

from numpy.random import default_rng

from xbar.circuit.components import read_components
from xbar.circuit.priced import read_priced
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.files import read_by_line
from xbar.job import begin
from xbar.savings import conditions, sensitivity, textbook
from xbar.savings.draws import base_of, savings_of
from xbar.savings.options import chosen, draw, read_options
from xbar.tables import CONDITIONS, SENSITIVITY, STEPS, write_table

snakemake = begin()
given, params, output = snakemake.input, snakemake.params, snakemake.output
circuit, reference = CircuitSpec(**params.circuit), ReferenceSpec(**params.reference)
options = read_options(params.options)
sets = [*options["component_set"], circuit.component_set]
tables = {name: read_components(params.components, name) for name in sets}
signed, unipolar = (read_priced(params[side], given[side]) for side in ("signed", "unipolar"))
comparison = snakemake.wildcards.comparison
rows = textbook.step_rows(signed, unipolar, circuit, reference, tables[circuit.component_set])
write_table(output.steps, STEPS, rows, comparison=comparison)
base = base_of(signed, unipolar, circuit, reference)
evaluate = partial(savings_of, signed, unipolar, base, tables)
indices = draw(options, circuit.sensitivity.draws, default_rng(circuit.sensitivity.seed))
draws = chosen(options, indices)
found = evaluate(draws)
rows = sensitivity.sensitivity_rows(options, indices, found, base, evaluate, circuit.sensitivity)
write_table(output.sensitivity, SENSITIVITY, rows, comparison=comparison)
claims = list(read_by_line(params.claims).values())
rows = conditions.condition_rows(draws, found, conditions.targets_of(claims, "v3"))
write_table(output.conditions, CONDITIONS, rows, comparison=comparison)
