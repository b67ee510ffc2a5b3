"""accuracy.csv, history.csv, layers.csv and costs of all stages -> one table of each"""

from snakemake.iocontainers import Snakemake

from xbar.files import write_rows
from xbar.report.collect import TABLES, collect, collect_costs, collect_runs

snakemake: Snakemake

tables = {
    "accuracy": collect("accuracy", snakemake.input.accuracy),
    "training": collect_runs("training", snakemake.input.history),
    "layers": collect_runs("layers", snakemake.input.layers),
    "cost": collect_costs(snakemake.input.get("cost", [])),
}
for name, rows in tables.items():
    write_rows(snakemake.output[name], TABLES[name].columns, rows)
