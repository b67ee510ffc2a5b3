"""layers.csv of two networks, prices, options, claims -> steps, sensitivity, conditions, answer, trade_offs"""

from functools import partial

from numpy.random import default_rng

from xbar import tables
from xbar.circuit.components import read_components
from xbar.circuit.priced import read_priced
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ClaimsSpec
from xbar.files import read_by_line
from xbar.job import begin
from xbar.savings import answer, conditions, sensitivity, textbook, trade_offs
from xbar.savings.draws import base_of, savings_of
from xbar.savings.options import chosen, draw, read_options

snakemake = begin()
given, params, output = snakemake.input, snakemake.params, snakemake.output
circuit, rules = CircuitSpec(**params.circuit), ClaimsSpec.model_validate(params.rules)
options, comparison = read_options(params.options), snakemake.wildcards.comparison
prices = {name: read_components(params.components, name) for name in [*options["component_set"], circuit.component_set]}
configured = prices[circuit.component_set]
pair = read_priced(params.signed, given.signed), read_priced(params.unipolar, given.unipolar)
claims, first = (list(read_by_line(params[name]).values()) for name in ("claims", "first_round"))
base = base_of(*pair, circuit, rules.reference)
evaluate, sides = partial(savings_of, *pair, base, prices), answer.sides_of(*pair, base, prices)
indices = draw(options, circuit.sensitivity.draws, default_rng(circuit.sensitivity.seed))
draws = chosen(options, indices)
found, published = evaluate(draws), next((row for row in first if row["comparison"] == comparison), None)
for path, table, rows in (
    (output.steps, tables.STEPS, textbook.step_rows(*pair, circuit, rules.reference, configured, published)),
    (output.sensitivity, tables.SENSITIVITY,
     sensitivity.sensitivity_rows(options, indices, found, base, evaluate, circuit.sensitivity)),
    (output.conditions, tables.CONDITIONS,
     conditions.condition_rows(draws, found, conditions.targets_of(claims, "v3"))),
    (output.answer, tables.ANSWER, answer.answer_rows(sides, circuit, rules, claims, options)),
    (output.trade_offs, tables.TRADE_OFFS, trade_offs.trade_off_rows(sides, circuit, configured, options)),
):  # fmt: skip
    tables.write_table(path, table, rows, comparison=comparison)
