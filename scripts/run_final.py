"""results of all trials, dataset -> result of one network of the finals trained fully with one fold held out"""

from pathlib import Path

from xbar.files import read_json, write_json
from xbar.job import begin
from xbar.search.choice import GIVEN, finalists
from xbar.search.setup import setup_of
from xbar.search.trials import given_network, run_final

snakemake = begin()

setup, finalist, fold = setup_of(snakemake), snakemake.wildcards.finalist, int(snakemake.wildcards.fold)
results = [result for path in snakemake.input.results for result in read_json(path)]
if finalist == GIVEN:
    chosen = [given_network(setup)]
else:
    number = snakemake.params.search["finals"]["networks"]
    chosen = finalists(results, number)[int(finalist) :][:1]  # none where the front has fewer
finished, code = Path(snakemake.params.finished), snakemake.params.code
found = [{"finalist": finalist} | run_final(setup, one, fold, finished, code=code) for one in chosen]
write_json(snakemake.output.result, found)
