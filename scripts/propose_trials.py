"""results of earlier generations, search of the configuration -> proposals.json of one generation"""

import optuna

from xbar.files import read_json, read_tensors, write_json
from xbar.job import begin
from xbar.search.choice import latest
from xbar.search.limits import refusal
from xbar.search.propose import propose
from xbar.search.setup import setup_of
from xbar.search.space import draw_candidate

snakemake = begin()
optuna.logging.set_verbosity(optuna.logging.WARNING)

setup, wildcards = setup_of(snakemake), snakemake.wildcards
data, _ = read_tensors(snakemake.input.dataset)
classes, shape = int(data["train_y"].max()) + 1, tuple(data["train_x"].shape[1:])
mixed, generation = setup.base.polarity == "mixed", int(wildcards.generation)
candidates = propose(
    setup.search, setup.seed, generation,
    latest(result for path in snakemake.input.get("results", []) for result in read_json(path)),
    draw=lambda trial: draw_candidate(trial, setup.search.space, classes, mixed=mixed, fixed=setup.architecture),
    refuse=refusal(setup, shape),
)  # fmt: skip
first = generation * setup.search.trials
write_json(snakemake.output.proposals, [{"trial": first + i} | c.as_json() for i, c in enumerate(candidates)])
