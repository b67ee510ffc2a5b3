"""results of all trials -> architecture.json of the chosen one, trials.csv"""

from xbar.config.search import SearchRunSpec
from xbar.files import read_json, write_json
from xbar.job import begin
from xbar.search.choice import choose, description, latest, table_rows
from xbar.tables import SEARCH, write_table

snakemake = begin()

name, search = snakemake.wildcards.search, SearchRunSpec(**snakemake.params.search)
trials = [result for path in snakemake.input.results for result in read_json(path)]
seeds = ([one for one in trials if one["search_seed"] == seed] for seed in range(search.seeds))
results = [result for of_seed in seeds for result in latest(of_seed).values()]
chosen = choose(results, search.choice)
write_json(snakemake.output.architecture, description(name, snakemake.params.polarity, chosen))
about = {"search": name, "dataset": snakemake.params.dataset, "sampler": search.sampler}
write_table(snakemake.output.trials, SEARCH, table_rows(about, search.trials, results, chosen))
