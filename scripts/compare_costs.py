"""Compare the circuits of two networks by their layers.csv: steps, sensitivity, conditions, answer, trade_offs."""

from xbar.circuit.priced import read_priced
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ClaimsSpec
from xbar.job import begin
from xbar.savings.comparison import References, comparison_tables
from xbar.tables import write_table

snakemake = begin()

given, params, comparison = snakemake.input, snakemake.params, snakemake.wildcards.comparison
pair = read_priced(params.signed, given.signed), read_priced(params.unipolar, given.unipolar)
references = References(params.options, params.claims, params.first_round)
circuit, rules = CircuitSpec(**params.circuit), ClaimsSpec.model_validate(params.rules)
for table, rows in comparison_tables(comparison, pair, circuit, rules, params.components, references):
    write_table(snakemake.output[table.name], table, rows, comparison=comparison)
