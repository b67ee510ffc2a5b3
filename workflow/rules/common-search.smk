"""The functions by which the rules of searches name files and parameters."""

# Input files


def dataset_of_search(wildcards):
    return f"results/datasets/{CONFIG.networks[CONFIG.searches[wildcards.search].network].dataset}.safetensors"


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
    """The float networks that trials start from or learn from, one for each fold: that of the seed of its number."""

    def files(wildcards):
        name, folds = base_network(wildcards)[role], CONFIG.searches[wildcards.search].folds
        return [f"results/networks/{name}/seed{fold}/weights.safetensors" for fold in folds] if name else []

    return files


# Parameters


def search_of(wildcards):
    """The search without what is no choice of any one trial: how many seeds and generations, and who is chosen."""
    unread = {"seeds": 1, "generations": 1, "choice": {"measure": "area_um2", "within_points": 0.0}}
    return config["searches"][wildcards.search] | unread


def base_network(wildcards):
    return config["networks"][config["searches"][wildcards.search]["network"]] | {"seeds": 1}


def entry_of_search(block, key):
    """The entry of a block of the configuration that the search names under `key`."""

    def chosen(wildcards):
        return config[block][config["searches"][wildcards.search][key]]

    return chosen


def entry_of_base(block, key):
    """The entry of a block of the configuration that the base network of the search names under `key`."""

    def chosen(wildcards):
        return config[block][base_network(wildcards)[key]]

    return chosen


def fixed_architecture(wildcards):
    """The architecture of all candidates of a search that has no lists of layers."""
    if CONFIG.searches[wildcards.search].space.depth is not None:
        return None
    return config["architectures"][base_network(wildcards)["architecture"]]


def folds_of_search(wildcards):
    return config["datasets"][base_network(wildcards)["dataset"]]["folds"]


def part_of_base(key):
    """What the base network of the search says under `key`."""

    def part(wildcards):
        return base_network(wildcards)[key]

    return part
