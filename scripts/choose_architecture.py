"""results of all trials -> architecture.json of the chosen one, trials.csv, map of its signs"""

from xbar.config.search import SearchRunSpec
from xbar.files import read_json, write_json, write_rows
from xbar.job import begin
from xbar.search.choice import COLUMNS, choose, description, table_rows
from xbar.search.rungs import latest

snakemake = begin()

name, search = snakemake.wildcards.search, SearchRunSpec(**snakemake.params.search)
results = []
for seed in range(search.seeds):
    paths = [path for path in snakemake.input.results if f"/seed{seed}/" in path]
    found = latest(result for path in paths for result in read_json(path))
    results += [result | {"search_seed": seed} for result in found.values()]
chosen = choose(results, search.choice)
write_json(snakemake.output.architecture, description(name, snakemake.params.polarity, chosen))
about = {"search": name, "dataset": snakemake.params.dataset, "sampler": search.sampler}
write_rows(snakemake.output.trials, COLUMNS, table_rows(about, search.trials, results, chosen))
