"""Train one network of the finals of a search fully, with one fold held out, and write its result."""

from pathlib import Path

from xbar.files import read_json, write_json
from xbar.job import begin
from xbar.search.choice import GIVEN, finalists
from xbar.search.setup import setup_of
from xbar.search.trials import run_final, run_given

snakemake = begin()

setup, finalist, fold = setup_of(snakemake), snakemake.wildcards.finalist, int(snakemake.wildcards.fold)
results = [result for path in snakemake.input.results for result in read_json(path)]
finished, code = Path(snakemake.params.finished), snakemake.params.code
if finalist == GIVEN:
    found = [run_given(setup, fold, finished, code=code)]
else:
    chosen = finalists(results, snakemake.params.search["finals"]["networks"])[int(finalist) :][:1]
    found = [run_final(setup, one, fold, finished, code=code) for one in chosen]  # none where the front has fewer
write_json(snakemake.output.result, [{"finalist": finalist} | result for result in found])
