"""results of all trials and finals -> architecture.json of the chosen one, trials.csv"""

from xbar.config.search import SearchRunSpec
from xbar.files import read_json, write_json
from xbar.job import begin
from xbar.search.choice import choose, description, judged, table_rows
from xbar.tables import SEARCH, write_table

snakemake = begin()

name, search = snakemake.wildcards.search, SearchRunSpec(**snakemake.params.search)
results = [result for path in snakemake.input.results for result in read_json(path)]
results.sort(key=lambda result: (result["search_seed"], result["trial"]))
finals = judged([result for path in snakemake.input.get("finals", []) for result in read_json(path)])
chosen = choose(finals or results, search.choice)
write_json(snakemake.output.architecture, description(name, snakemake.params.polarity, chosen))
about = {"search": name, "dataset": snakemake.params.dataset, "sampler": search.sampler}
write_table(snakemake.output.trials, SEARCH, table_rows(about, search, results, finals, chosen))
