"""proposals.json, dataset -> results of the trials of one job of one rung"""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from xbar.files import read_json, write_json
from xbar.search.bench import bench_of
from xbar.search.propose import promoted
from xbar.search.trials import run_trials

snakemake: Snakemake

bench, rung, job = bench_of(snakemake), int(snakemake.wildcards.rung), int(snakemake.wildcards.job)
proposals = {proposal["trial"]: proposal for proposal in read_json(snakemake.input.proposals)}
before = [result for path in snakemake.input.get("before", []) for result in read_json(path)]
trials = promoted(bench.search, rung, before) if rung else list(proposals)
size = bench.search.trials_per_job
mine = [proposals[trial] for trial in trials[job * size : (job + 1) * size]]
params, log = snakemake.params, Path(snakemake.log[0])
results = list(run_trials(bench, rung, mine, Path(params.finished), code=params.code, log=log))
write_json(snakemake.output.results, results)
