rule train_network:
    input:
        unpack(trained_with),
        unpack(searched_of),
        dataset=dataset_of,
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
    threads: 1
    resources:
        mem_mb=scaled(4000),
        runtime=scaled(240),
        gpu=GPU,
    params:
        network=network,
        architecture=architecture_of,
        training=entry("training", "training"),
        crossbar=entry("crossbars", "crossbar"),
        device=training_device,
        laws=laws_of(training_device),
        checkpoint="results/checkpoints/{network}-seed{seed}.pt",
        code=code_of("train_network"),
    script:
        "../../scripts/train_network.py"


rule evaluate_float:
    input:
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        dataset=dataset_of,
    output:
        accuracy="results/networks/{network}/seed{seed}/accuracy.csv",
    log:
        "results/logs/evaluate_float/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/evaluate_float/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network=one_of(FLOAT),
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(4000),
        runtime=scaled(30),
        gpu=GPU,
    params:
        code=code_of("evaluate_float"),
    script:
        "../../scripts/evaluate_float.py"
