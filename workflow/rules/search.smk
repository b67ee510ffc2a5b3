rule propose_trials:
    input:
        dataset=dataset_of_search,
        results=earlier_results,
    output:
        proposals="results/searches/{search}/seed{search_seed}/generation{generation}/proposals.json",
    log:
        "results/logs/propose_trials/{search}/seed{search_seed}/generation{generation}.log",
    benchmark:
        "results/benchmarks/propose_trials/{search}/seed{search_seed}/generation{generation}.tsv"
    priority: 2
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
        circuit=CIRCUIT,
        components=prices,
        laws=laws_of(entry_of_base("devices", "device")),
        folds=folds_of_search,
        architecture=fixed_architecture,
        code=code_of("propose_trials"),
    script:
        "../../scripts/propose_trials.py"


rule run_trials:
    input:
        dataset=dataset_of_search,
        proposals="results/searches/{search}/seed{search_seed}/generation{generation}/proposals.json",
        before=rung_before,
        warm_starts=floats_of_search("warm_start"),
        teachers=floats_of_search("teacher"),
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
        circuit=CIRCUIT,
        components=prices,
        laws=laws_of(entry_of_base("devices", "device")),
        folds=folds_of_search,
        architecture=fixed_architecture,
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
        polarity=part_of_base("polarity"),
        dataset=part_of_base("dataset"),
        code=code_of("choose_architecture"),
    script:
        "../../scripts/choose_architecture.py"
