"""Choose the network of a search from its trials and finals; write architecture.json, trials.csv and finals.csv."""

from xbar.config.search import SearchRunSpec
from xbar.files import read_json, write_json
from xbar.job import begin
from xbar.search.choice import choose, description, final_rows, judged, trial_rows
from xbar.tables import FINALS, SEARCH, write_table

snakemake = begin()

name, search = snakemake.wildcards.search, SearchRunSpec(**snakemake.params.search)
results = [result for path in snakemake.input.results for result in read_json(path)]
results.sort(key=lambda result: (result["search_seed"], result["trial"]))
finals = [result for path in snakemake.input.get("finals", []) for result in read_json(path)]
found, given = judged(finals)
chosen = choose(found or results, search.choice, given)
write_json(snakemake.output.architecture, description(name, snakemake.params.polarity, chosen))
about = {"search": name, "dataset": snakemake.params.dataset}
trials = trial_rows(about | {"sampler": search.sampler}, search, results, chosen)
write_table(snakemake.output.trials, SEARCH, trials)
write_table(snakemake.output.finals, FINALS, final_rows(about, finals, chosen))
