"""What the trials of each search read, and the functions by which the rules of searches name files."""

from xbar.config.search import SearchSpec
from xbar.search.choice import jobs_of_generation

TRIALS = {
    name: {
        "search": fields(search, SearchSpec) | {"finals": None},  # another choice of finals repeats no trial
        "training": config["training"][search["training"]],
        "folds": config["datasets"][config["networks"][search["network"]]["dataset"]]["folds"],
    }
    | {
        key: NETWORKS[search["network"]][key]
        for key in ("network", "architecture", "examples", "device", "laws", "crossbar")
    }
    for name, search in config["searches"].items()
}
FINALS = {
    name: TRIALS[name]
    | {
        "search": fields(search, SearchSpec),
        "finals_training": config["training"][search["finals"]["training"]] if search["finals"] else None,
    }
    for name, search in config["searches"].items()
}
PARTS = ("search", "network", "architecture", "training", "folds", "device", "laws", "crossbar")
OF_TRIALS = {part: entry(f"{{search}}/{part}", TRIALS) for part in PARTS} | {"circuit": CIRCUIT, "components": prices}
OF_FINALS = OF_TRIALS | {part: entry(f"{{search}}/{part}", FINALS) for part in ("search", "finals_training")}

# Input files


def results_of_generations(wildcards, search_seed, generations):
    """The results of the first so many generations of one search seed."""
    spec, folder = CONFIG.searches[wildcards.search], f"results/searches/{wildcards.search}/seed{search_seed}"
    return [
        f"{folder}/generation{generation}/job{job}.json"
        for generation in range(generations)
        for job in range(jobs_of_generation(spec))
    ]


def earlier_results(wildcards):
    """The results of all generations of a search seed before this one."""
    return results_of_generations(wildcards, wildcards.search_seed, int(wildcards.generation))


def all_results(wildcards):
    """The results of all generations of all search seeds."""
    spec = CONFIG.searches[wildcards.search]
    return [path for seed in range(spec.seeds) for path in results_of_generations(wildcards, seed, spec.generations)]


def all_finals(wildcards):
    """The results of the finals; none where the search has no finals."""
    return [f"results/searches/{wildcards.search}/finals/{name}.json" for name in finals_of(wildcards.search)]


def floats_of_search(role):
    """The floating-point network that trials start from or learn from: that of the seed whose fold they hold out."""

    def files(wildcards):
        name, folds = TRIALS[wildcards.search]["network"][role], CONFIG.searches[wildcards.search].folds
        return [f"results/networks/{name}/seed{fold}/weights.safetensors" for fold in folds] if name else []

    return files
