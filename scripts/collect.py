"""Join the tables of all stages, one of each kind; compute intervals, gains of searches and verdicts on the claims."""

from xbar.chips.correctness import read_correctness
from xbar.config.claims import ClaimsSpec
from xbar.job import begin
from xbar.report.claims import judge_claims
from xbar.report.collect import collect
from xbar.report.gains import gain_rows
from xbar.report.intervals import interval_rows
from xbar.report.origin import check_origins
from xbar.savings.paper import read_paper
from xbar.tables import COLLECTED, read_table, to_frame, write_table

snakemake = begin()

given = snakemake.params
inputs = snakemake.input
check_origins([*inputs.weights, *inputs.conductances, *inputs.correctness], given.origins)
tables, rules = collect(inputs), ClaimsSpec.model_validate(given.claims)
accuracy = to_frame(tables["accuracy"], COLLECTED["accuracy"], "accuracy")
found = interval_rows(accuracy, map(read_correctness, inputs.correctness), rules.confidence, given.scale_pairs)
write_table(snakemake.output.intervals, COLLECTED["intervals"], found)
trials = to_frame(tables["search"], COLLECTED["search"], "search")
write_table(snakemake.output.search_gain, COLLECTED["search_gain"], gain_rows(trials, rules.confidence))
claims = judge_claims(
    accuracy,
    to_frame(tables["answer"], COLLECTED["answer"], "answer"),
    read_paper(given.paper),
    rules,
    given.comparisons,
    given.dataset_of,
    given.missing,
    read_table(snakemake.output.intervals, COLLECTED["intervals"]),
)
for name, rows in tables.items():
    write_table(snakemake.output[name], COLLECTED[name], rows)
write_table(snakemake.output.claims, COLLECTED["claims"], claims)
