"""accuracy.csv, cost.csv, the paper's claims -> claims.csv"""

from xbar.config.claims import ClaimsSpec
from xbar.files import write_rows
from xbar.job import begin
from xbar.report.claims import PAPER_COLUMNS, check_claims
from xbar.report.collect import TABLES, checked, read_table

snakemake = begin()

rows = check_claims(
    read_table("accuracy", snakemake.input.accuracy),
    read_table("cost", snakemake.input.cost),
    checked(snakemake.params.paper, PAPER_COLUMNS),
    ClaimsSpec.model_validate(snakemake.params.claims),
    snakemake.params.comparisons,
)
write_rows(snakemake.output.claims, TABLES["claims"].columns, rows)
