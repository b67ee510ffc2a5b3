"""results of earlier generations, search of the configuration -> proposals.json of one generation"""

import optuna

from xbar.files import read_json, read_tensors, write_json
from xbar.job import begin
from xbar.search.bench import bench_of
from xbar.search.propose import propose
from xbar.search.rungs import latest
from xbar.search.space import draw_candidate
from xbar.search.trials import refusal

snakemake = begin()
optuna.logging.set_verbosity(optuna.logging.WARNING)

bench, wildcards = bench_of(snakemake), snakemake.wildcards
data, _ = read_tensors(snakemake.input.dataset)
classes, shape = int(data["train_y"].max()) + 1, tuple(data["train_x"].shape[1:])
mixed, generation = bench.base.polarity == "mixed", int(wildcards.generation)
candidates = propose(
    bench.search, bench.seed, generation,
    latest(result for path in snakemake.input.get("results", []) for result in read_json(path)),
    draw=lambda trial: draw_candidate(trial, bench.search.space, classes, mixed=mixed, fixed=bench.architecture),
    refuse=refusal(bench, shape),
)  # fmt: skip
first = generation * bench.search.trials
write_json(snakemake.output.proposals, [{"trial": first + i} | c.as_json() for i, c in enumerate(candidates)])
