rule propose_trials:
    input:
        dataset=entry("{search}/examples", TRIALS),
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
    resources:
        **need(2000, minutes=30),
    params:
        **OF_TRIALS,
        code=code_of("propose_trials", "config/polarity"),
    script:
        "../../scripts/propose_trials.py"


rule run_trials:
    input:
        dataset=entry("{search}/examples", TRIALS),
        proposals="results/searches/{search}/seed{search_seed}/generation{generation}/proposals.json",
        warm_starts=floats_of_search("warm_start"),
        teachers=floats_of_search("teacher"),
    output:
        results="results/searches/{search}/seed{search_seed}/generation{generation}/job{job}.json",
    log:
        "results/logs/run_trials/{search}/seed{search_seed}/generation{generation}/job{job}.log",
    benchmark:
        "results/benchmarks/run_trials/{search}/seed{search_seed}/generation{generation}/job{job}.tsv"
    priority: 2  # the networks that a search chooses wait for them
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=240),
        gpu=GPU,
    params:
        **OF_TRIALS,
        finished="results/searches/{search}/seed{search_seed}/trials",
        code=code_of("run_trials", "config/polarity"),
    script:
        "../../scripts/run_trials.py"


rule run_final:
    input:
        dataset=entry("{search}/examples", TRIALS),
        results=all_results,
    output:
        result="results/searches/{search}/finals/{finalist}-fold{fold}.json",
    log:
        "results/logs/run_final/{search}/{finalist}-fold{fold}.log",
    benchmark:
        "results/benchmarks/run_final/{search}/{finalist}-fold{fold}.tsv"
    priority: 2  # the networks that a search chooses wait for them
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=240),
        gpu=GPU,
    params:
        **OF_FINALS,
        finished="results/searches/{search}/finals/trained",
        code=code_of("run_final", "config/polarity"),
    script:
        "../../scripts/run_final.py"


rule choose_architecture:
    input:
        results=all_results,
        finals=all_finals,
    output:
        architecture="results/searches/{search}/architecture.json",
        trials="results/searches/{search}/trials.csv",
        finals="results/searches/{search}/finals.csv",
    log:
        "results/logs/choose_architecture/{search}.log",
    benchmark:
        "results/benchmarks/choose_architecture/{search}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(1000, minutes=10),
    params:
        search=entry("{search}", config["searches"]),
        polarity=entry("{search}/network/polarity", TRIALS),
        dataset=entry("{search}/network/dataset", TRIALS),
        code=code_of("choose_architecture", "tables"),
    script:
        "../../scripts/choose_architecture.py"
