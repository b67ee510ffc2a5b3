"""Run the trials of one job of a search, and write their results."""

from pathlib import Path

from xbar.files import read_json, write_json
from xbar.job import begin
from xbar.search.setup import setup_of
from xbar.search.trials import run_trials

snakemake = begin()

setup, job, size = setup_of(snakemake), int(snakemake.wildcards.job), snakemake.params.search["trials_per_job"]
mine = read_json(snakemake.input.proposals)[job * size : (job + 1) * size]
finished, code = Path(snakemake.params.finished), snakemake.params.code
write_json(snakemake.output.results, list(run_trials(setup, mine, finished, code=code)))
