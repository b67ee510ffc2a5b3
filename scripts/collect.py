"""the tables of all stages, the paper's claims -> one table of each kind, claims.csv"""

from xbar.config.claims import ClaimsSpec
from xbar.files import read_rows
from xbar.job import begin
from xbar.report.claims import PAPER_COLUMNS, judge_claims
from xbar.report.collect import collect
from xbar.report.origin import check_origins
from xbar.tables import ACCURACY, ANSWER, CLAIMS, COLLECTED, to_frame, write_table

snakemake = begin()

given = snakemake.params
check_origins([*snakemake.input.weights, *snakemake.input.conductances], given.origins)
tables = collect(snakemake.input)
claims = judge_claims(
    to_frame(tables["accuracy"], ACCURACY, "accuracy"),
    to_frame(tables["answer"], ANSWER, "answer"),
    read_rows(given.paper, PAPER_COLUMNS, exact=True),
    ClaimsSpec.model_validate(given.claims),
    given.comparisons,
    given.dataset_of,
    given.missing,
)
for name, rows in tables.items():
    write_table(snakemake.output[name], COLLECTED[name], rows)
write_table(snakemake.output.claims, CLAIMS, claims)
