"""results of all trials, dataset -> result of one finalist trained fully with one fold held out"""

from pathlib import Path

from xbar.files import read_json, write_json
from xbar.job import begin
from xbar.search.choice import finalists
from xbar.search.setup import setup_of
from xbar.search.trials import run_final

snakemake = begin()

setup, place, fold = setup_of(snakemake), int(snakemake.wildcards.place), int(snakemake.wildcards.fold)
results = [result for path in snakemake.input.results for result in read_json(path)]
number = snakemake.params.search["finals"]["networks"]
chosen = finalists(results, number)[place : place + 1]  # none where the front has fewer
finished, code = Path(snakemake.params.finished), snakemake.params.code
write_json(snakemake.output.result, [run_final(setup, one, fold, finished, code=code) for one in chosen])
