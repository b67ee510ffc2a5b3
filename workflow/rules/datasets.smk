rule fetch_dataset:
    output:
        manifest="results/datasets/{dataset}.raw.json",
    log:
        "results/logs/fetch_dataset/{dataset}.log",
    benchmark:
        "results/benchmarks/fetch_dataset/{dataset}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(1000, minutes=120),
    params:
        table=entry("{dataset}", PUBLISHED),
        code=code_of("fetch_dataset"),
    script:
        "../../scripts/fetch_dataset.py"


rule prepare_dataset:
    input:
        manifest="results/datasets/{dataset}.raw.json",
    output:
        dataset="results/datasets/{dataset}.safetensors",
    log:
        "results/logs/prepare_dataset/{dataset}.log",
    benchmark:
        "results/benchmarks/prepare_dataset/{dataset}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=30),
    params:
        dataset=entry("{dataset}", config["datasets"]),
        code=code_of("prepare_dataset", "datasets/{dataset}"),
    script:
        "../../scripts/prepare_dataset.py"
