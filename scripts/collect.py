"""accuracy, history, layer, cost, variant, error, sensitivity and validation tables -> one table of each"""

from xbar.files import write_rows
from xbar.job import begin
from xbar.report.collect import TABLES, collect, collect_costs, collect_runs
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
for name, rows in tables.items():
    write_rows(snakemake.output[name], TABLES[name].columns, rows)
