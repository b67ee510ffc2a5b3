"""What the trials of each search read, and the functions by which the rules of searches name files."""

TRIALS = {
    name: {
        "search": fields(search, SearchSpec),
        "training": config["training"][search["training"]],
        "folds": config["datasets"][config["networks"][search["network"]]["dataset"]]["folds"],
        "architecture": None,  # every candidate has one of its own
    }
    | {key: NETWORKS[search["network"]][key] for key in ("network", "examples", "device", "laws", "crossbar")}
    | ({} if search["space"]["depth"] else {"architecture": NETWORKS[search["network"]]["architecture"]})
    for name, search in config["searches"].items()
}

# Input files


def results_of_rung(folder, spec, rung):
    return [f"{folder}/rung{rung}/job{job}.json" for job in range(jobs_of_rung(spec, rung))]


def results_of_generations(wildcards, search_seed, generations):
    """The results of all rungs of the first so many generations of one search seed."""
    spec, folder = CONFIG.searches[wildcards.search], f"results/searches/{wildcards.search}/seed{search_seed}"
    return [
        path
        for generation in range(generations)
        for rung in range(len(spec.rungs))
        for path in results_of_rung(f"{folder}/generation{generation}", spec, rung)
    ]


def earlier_results(wildcards):
    return results_of_generations(wildcards, wildcards.search_seed, int(wildcards.generation))


def all_results(wildcards):
    spec = CONFIG.searches[wildcards.search]
    return [path for seed in range(spec.seeds) for path in results_of_generations(wildcards, seed, spec.generations)]


def rung_before(wildcards):
    """The results from which the candidates of a rung are promoted; none for the first rung."""
    folder = "results/searches/{search}/seed{search_seed}/generation{generation}".format(**wildcards)
    rung = int(wildcards.rung)
    return results_of_rung(folder, CONFIG.searches[wildcards.search], rung - 1) if rung else []


def floats_of_search(role):
    """The floating-point networks that trials start from or learn from, one for each fold: that of the seed of its number."""

    def files(wildcards):
        name, folds = TRIALS[wildcards.search]["network"][role], CONFIG.searches[wildcards.search].folds
        return [f"results/networks/{name}/seed{fold}/weights.safetensors" for fold in folds] if name else []

    return files
