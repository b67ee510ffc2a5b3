"""the tables of all stages, the paper's claims -> one table of each kind, claims.csv"""

from xbar.config.claims import ClaimsSpec
from xbar.files import write_rows
from xbar.job import begin
from xbar.report.claims import PAPER_COLUMNS, check_claims
from xbar.report.collect import TABLES, checked, collect, collect_runs, to_frame
from xbar.report.origin import check_origins

snakemake = begin()

given = snakemake.params
check_origins([*snakemake.input.weights, *snakemake.input.conductances], given.origins)
readers = dict.fromkeys(TABLES, collect)
readers |= dict.fromkeys(("training", "layers", "wires", "confusion"), collect_runs)
tables = {name: readers[name](name, snakemake.input.get(name, [])) for name in TABLES if name != "claims"}
tables["claims"] = check_claims(
    to_frame("accuracy", tables["accuracy"], "accuracy"),
    to_frame("cost", tables["cost"], "cost"),
    checked(given.paper, PAPER_COLUMNS),
    ClaimsSpec.model_validate(given.claims),
    given.comparisons,
    given.dataset_of,
    given.missing,
)
for name, rows in tables.items():
    write_rows(snakemake.output[name], TABLES[name].columns, rows)
