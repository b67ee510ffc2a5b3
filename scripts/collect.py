"""the tables of all stages, the paper's claims -> one table of each kind, claims.csv"""

from xbar.config.claims import ClaimsSpec
from xbar.files import write_rows
from xbar.job import begin
from xbar.report.claims import PAPER_COLUMNS, check_claims
from xbar.report.collect import TABLES, checked, collect, collect_costs, collect_runs, to_frame
from xbar.report.origin import check_origins

snakemake = begin()

check_origins([*snakemake.input.weights, *snakemake.input.conductances], snakemake.params.origins)
tables = {
    "accuracy": collect("accuracy", snakemake.input.accuracy),
    "training": collect_runs("training", snakemake.input.history),
    "layers": collect_runs("layers", snakemake.input.layers),
    "cost": collect_costs("cost", snakemake.input.get("cost", [])),
    "performance": collect_costs("performance", snakemake.input.get("performance", [])),
    "layer_costs": collect_costs("layer_costs", snakemake.input.get("layer_costs", [])),
    "variants": collect("variants", snakemake.input.get("variants", [])),
    "errors": collect("errors", snakemake.input.get("errors", [])),
    "wires": collect_runs("wires", snakemake.input.get("wires", [])),
    "confusion": collect_runs("confusion", snakemake.input.get("confusion", [])),
    "sensitivity": collect("sensitivity", snakemake.input.get("sensitivity", [])),
    "conditions": collect("conditions", snakemake.input.get("conditions", [])),
    "validation": collect("validation", [snakemake.input.validation]),
    "steps": collect("steps", snakemake.input.get("steps", [])),
    "textbook": collect("textbook", [snakemake.input.textbook]),
    "search": collect("search", snakemake.input.get("search", [])),
}
given = snakemake.params
tables["claims"] = check_claims(
    to_frame("accuracy", tables["accuracy"], "accuracy"),
    to_frame("cost", tables["cost"], "cost"),
    checked(snakemake.input.paper, PAPER_COLUMNS),
    ClaimsSpec.model_validate(given.claims),
    given.comparisons,
    given.dataset_of,
    given.missing,
)
for name, rows in tables.items():
    write_rows(snakemake.output[name], TABLES[name].columns, rows)
