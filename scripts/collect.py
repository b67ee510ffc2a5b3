"""the tables of all stages, the paper's claims -> one table of each kind, claims.csv"""

from xbar.chips.correctness import read_correctness
from xbar.config.claims import ClaimsSpec
from xbar.files import read_rows
from xbar.job import begin
from xbar.report.claims import PAPER_COLUMNS, judge_claims
from xbar.report.collect import collect
from xbar.report.gains import gain_rows
from xbar.report.intervals import interval_rows
from xbar.report.origin import check_origins
from xbar.tables import (
    ACCURACY,
    ANSWER,
    CLAIMS,
    COLLECTED,
    INTERVALS,
    SEARCH,
    SEARCH_GAIN,
    read_table,
    to_frame,
    write_table,
)  # fmt: skip

snakemake = begin()

given = snakemake.params
inputs = snakemake.input
check_origins([*inputs.weights, *inputs.conductances, *inputs.correctness], given.origins)
tables, rules = collect(inputs), ClaimsSpec.model_validate(given.claims)
accuracy = to_frame(tables["accuracy"], ACCURACY, "accuracy")
found = interval_rows(accuracy, map(read_correctness, inputs.correctness), rules.confidence)
write_table(snakemake.output.intervals, INTERVALS, found)
trials = to_frame(tables["search"], SEARCH, "search")
write_table(snakemake.output.search_gain, SEARCH_GAIN, gain_rows(trials, rules.confidence))
claims = judge_claims(
    accuracy,
    to_frame(tables["answer"], ANSWER, "answer"),
    read_rows(given.paper, PAPER_COLUMNS, exact=True),
    rules,
    given.comparisons,
    given.dataset_of,
    given.missing,
    read_table(snakemake.output.intervals, INTERVALS),
)
for name, rows in tables.items():
    write_table(snakemake.output[name], COLLECTED[name], rows)
write_table(snakemake.output.claims, CLAIMS, claims)
