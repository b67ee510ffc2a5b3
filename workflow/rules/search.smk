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


def folds_of_search(wildcards):
    return config["datasets"][base_network(wildcards)["dataset"]]["folds"]


def polarity_of_search(wildcards):
    return base_network(wildcards)["polarity"]


rule propose_trials:
    input:
        dataset=dataset_of_search,
        results=earlier_results,
        components=[reference("components.csv"), *CONFIG.circuit.extra_components],
        laws=reference("devices.csv"),
    output:
        proposals="results/searches/{search}/seed{search_seed}/generation{generation}/proposals.json",
    log:
        "results/logs/propose_trials/{search}/seed{search_seed}/generation{generation}.log",
    benchmark:
        "results/benchmarks/propose_trials/{search}/seed{search_seed}/generation{generation}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(30),
    params:
        search=search_of,
        network=base_network,
        training=entry_of_search("training", "training"),
        device=entry_of_base("devices", "device"),
        crossbar=entry_of_base("crossbars", "crossbar"),
        circuit=lookup("circuit", within=config),
        folds=folds_of_search,
        code=code_of("propose_trials"),
    script:
        "../../scripts/propose_trials.py"


rule run_trials:
    input:
        dataset=dataset_of_search,
        proposals="results/searches/{search}/seed{search_seed}/generation{generation}/proposals.json",
        before=rung_before,
        components=[reference("components.csv"), *CONFIG.circuit.extra_components],
        laws=reference("devices.csv"),
    output:
        results="results/searches/{search}/seed{search_seed}/generation{generation}/rung{rung}/job{job}.json",
    log:
        "results/logs/run_trials/{search}/seed{search_seed}/generation{generation}/rung{rung}-job{job}.log",
    benchmark:
        "results/benchmarks/run_trials/{search}/seed{search_seed}/generation{generation}/rung{rung}-job{job}.tsv"
    priority: 2  # the networks that a search chooses wait for them
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(4000),
        runtime=scaled(240),
        gpu=GPU,
    params:
        search=search_of,
        network=base_network,
        training=entry_of_search("training", "training"),
        device=entry_of_base("devices", "device"),
        crossbar=entry_of_base("crossbars", "crossbar"),
        circuit=lookup("circuit", within=config),
        folds=folds_of_search,
        finished="results/searches/{search}/seed{search_seed}/trials",
        code=code_of("run_trials"),
    script:
        "../../scripts/run_trials.py"


rule choose_architecture:
    input:
        results=all_results,
    output:
        architecture="results/searches/{search}/architecture.json",
        trials="results/searches/{search}/trials.csv",
    log:
        "results/logs/choose_architecture/{search}.log",
    benchmark:
        "results/benchmarks/choose_architecture/{search}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000),
        runtime=scaled(10),
    params:
        search=lookup("searches/{search}", within=config),
        polarity=polarity_of_search,
        code=code_of("choose_architecture"),
    script:
        "../../scripts/choose_architecture.py"
