"""proposals.json, dataset -> results of the trials of one job of one rung"""

from pathlib import Path

from xbar.files import read_json, write_json
from xbar.job import begin
from xbar.search.choice import promoted
from xbar.search.setup import setup_of
from xbar.search.trials import run_trials

snakemake = begin()

setup, rung, job = setup_of(snakemake), int(snakemake.wildcards.rung), int(snakemake.wildcards.job)
proposals = {proposal["trial"]: proposal for proposal in read_json(snakemake.input.proposals)}
before = [result for path in snakemake.input.get("before", []) for result in read_json(path)]
trials = promoted(setup.search, rung, before) if rung else list(proposals)
size = setup.search.trials_per_job
mine = [proposals[trial] for trial in trials[job * size : (job + 1) * size]]
finished, code = Path(snakemake.params.finished), snakemake.params.code
write_json(snakemake.output.results, list(run_trials(setup, rung, mine, finished, code=code)))
