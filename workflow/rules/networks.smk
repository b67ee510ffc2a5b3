rule train_network:
    input:
        unpack(trained_with),
        dataset=entry("{network}/examples", NETWORKS),
    output:
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        layers="results/networks/{network}/seed{seed}/layers.csv",
        history="results/networks/{network}/seed{seed}/history.csv",
    log:
        "results/logs/train_network/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/train_network/{network}/seed{seed}.tsv"
    priority: 1  # the longest jobs, and all else waits for them
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=240),
        gpu=GPU,
    params:
        network=entry("{network}/network", NETWORKS),
        architecture=entry("{network}/architecture", NETWORKS),
        training=entry("{network}/training", NETWORKS),
        crossbar=entry("{network}/crossbar", NETWORKS),
        device=entry("{network}/device", NOISE),
        laws=entry("{network}/laws", NOISE),
        checkpoint="results/checkpoints/{network}-seed{seed}.pt",
        code=code_of("train_network"),
    script:
        "../../scripts/train_network.py"


rule score_inputs:  # of a teacher: computed once for all its students of a seed and of the same inputs
    input:
        teacher="results/networks/{network}/seed{seed}/weights.safetensors",
        dataset=entry("{network}/examples", NETWORKS),
    output:
        scores="results/networks/{network}/seed{seed}/scores-{inputs}.safetensors",
    log:
        "results/logs/score_inputs/{network}/seed{seed}-{inputs}.log",
    benchmark:
        "results/benchmarks/score_inputs/{network}/seed{seed}-{inputs}.tsv"
    wildcard_constraints:
        network=one_of(FLOAT),
    priority: 1  # students wait for it
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=60),
        gpu=GPU,
    params:
        inputs=entry("{inputs}", TAUGHT),
        code=code_of("score_inputs"),
    script:
        "../../scripts/score_inputs.py"


rule evaluate_float:
    input:
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        dataset=entry("{network}/examples", NETWORKS),
    output:
        accuracy="results/networks/{network}/seed{seed}/accuracy.csv",
        correctness="results/networks/{network}/seed{seed}/correctness.safetensors",
    log:
        "results/logs/evaluate_float/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/evaluate_float/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network=one_of(FLOAT),
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=30),
        gpu=GPU,
    params:
        code=code_of("evaluate_float"),
    script:
        "../../scripts/evaluate_float.py"
