"""Propose the candidates of one generation of a search from the results of earlier ones: proposals.json."""

import optuna

from xbar.files import read_json, read_tensors, write_json
from xbar.job import begin
from xbar.search.limits import appraiser
from xbar.search.pool import Source
from xbar.search.propose import propose
from xbar.search.setup import setup_of
from xbar.search.space import draw_candidate
from xbar.search.trials import steps_of

snakemake = begin()
optuna.logging.set_verbosity(optuna.logging.WARNING)

setup, generation = setup_of(snakemake), int(snakemake.wildcards.generation)
search, mixed = setup.search, setup.base.polarity == "mixed"
fixed = setup.architecture if search.space.depth is None else None
data, _ = read_tensors(snakemake.input.dataset)
classes, shape = int(data["train_y"].max()) + 1, tuple(data["train_x"].shape[1:])
source = Source(
    lambda drawn: draw_candidate(drawn, search.space, classes, mixed=mixed, fixed=fixed),
    appraiser(setup, shape),
)
earlier = [result for path in snakemake.input.get("results", []) for result in read_json(path)]
found = {result["trial"]: result for result in earlier}
training = setup.training.model_copy(update={"epochs": search.epochs})
options = propose(search, setup.seed, generation, found, source, steps_of(setup.dataset, search.folds, training))
first = generation * search.trials
write_json(snakemake.output.proposals, [{"trial": first + i} | option.as_json() for i, option in enumerate(options)])
