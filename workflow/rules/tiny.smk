# MLPerf Tiny's reference networks, on demand: results/tiny/tinyml.csv and results/tiny/tinyml-cost.csv


rule fetch_reference:
    output:
        weights="results/tiny/resnet-8.safetensors",
    log:
        "results/logs/fetch_reference.log",
    benchmark:
        "results/benchmarks/fetch_reference.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(1000, minutes=30),
    params:
        table=[row for row in RAW_FILES if row["dataset"] == "mlperf-tiny"],
        layout=reference("resnet8_layout.csv"),
        code=code_of("fetch_reference"),
    script:
        "../../scripts/fetch_reference.py"


rule train_float_tiny:
    input:
        dataset="results/datasets/cifar10.safetensors",
    output:
        weights="results/tiny/resnet-8-fold{fold}.safetensors",
    log:
        "results/logs/train_float_tiny/fold{fold}.log",
    benchmark:
        "results/benchmarks/train_float_tiny/fold{fold}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(6000, minutes=240),
        gpu=GPU,
    params:
        training=config["training"][TINY["float_training"]],
        code=code_of("train_float_tiny"),
    script:
        "../../scripts/train_float_tiny.py"


rule price_tiny:
    output:
        cost="results/tiny/tinyml-cost.csv",
        page="results/tiny/tinyml-cost.md",
    log:
        "results/logs/price_tiny.log",
    benchmark:
        "results/benchmarks/price_tiny.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=30),
    params:
        tinyml=fields(TINY, TinyHardwareSpec),
        bits=TINY["converter_bits"],
        device=TINY_HARDWARE["device"],
        crossbar=TINY_HARDWARE["crossbar"],
        circuit=CIRCUIT,
        components=prices,
        boards=reference("published-boards.csv"),
        reference=config["claims"]["reference"],
        code=code_of("price_tiny", "tables"),
    script:
        "../../scripts/price_tiny.py"


rule train_tiny:
    input:
        reference=f"results/tiny/{TINY_FLOAT}.safetensors",
        dataset="results/datasets/cifar10.safetensors",
    output:
        weights="results/tiny/trained/{scale}-{bits}b/seed{seed}/weights.safetensors",
        history="results/tiny/trained/{scale}-{bits}b/seed{seed}/history.csv",
    log:
        "results/logs/train_tiny/{scale}-{bits}b/seed{seed}.log",
    benchmark:
        "results/benchmarks/train_tiny/{scale}-{bits}b/seed{seed}.tsv"
    wildcard_constraints:
        scale="network|layer|gain",
        bits=r"\d+",
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(6000, minutes=600),
        gpu=GPU,
    params:
        **TINY_HARDWARE,
        tinyml=fields(TINY, TinyHardwareSpec),
        training=config["training"][TINY["training"]],
        fold=TINY["fold"],
        code=code_of("train_tiny"),
    script:
        "../../scripts/train_tiny.py"


rule evaluate_tiny:
    input:
        unpack(trained_weights),
        reference=f"results/tiny/{TINY_FLOAT}.safetensors",
        dataset="results/datasets/cifar10.safetensors",
    output:
        accuracy="results/tiny/{condition}/{scale}-{bits}b/seed{seed}/accuracy.csv",
    log:
        "results/logs/evaluate_tiny/{condition}/{scale}-{bits}b/seed{seed}.log",
    benchmark:
        "results/benchmarks/evaluate_tiny/{condition}/{scale}-{bits}b/seed{seed}.tsv"
    wildcard_constraints:
        condition="direct|trained",
        scale="network|layer|gain",
        bits=r"\d+",
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=240),
    params:
        **TINY_HARDWARE,
        tinyml=fields(TINY, TinyChipsSpec),
        fold=TINY["fold"],
        code=code_of("evaluate_tiny"),
    script:
        "../../scripts/evaluate_tiny.py"


rule collect_tiny:
    input:
        chips=expand("results/tiny/{chips}/accuracy.csv", chips=TINY_CHIPS),
        reference=f"results/tiny/{TINY_FLOAT}.safetensors",
        dataset="results/datasets/cifar10.safetensors",
    output:
        accuracy="results/tiny/tinyml.csv",
        page="results/tiny/tinyml.md",
    log:
        "results/logs/collect_tiny.log",
    benchmark:
        "results/benchmarks/collect_tiny.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=60),
    params:
        images=TINY["test_images"],
        fold=TINY["fold"],
        code=code_of("collect_tiny", "tables"),
    script:
        "../../scripts/collect_tiny.py"


rule record_tiny:
    input:
        manifests=["results/datasets/cifar10.raw.json"],
        tables=["results/tiny/tinyml.csv", "results/tiny/tinyml-cost.csv"],
    output:
        provenance="results/tiny/provenance.json",
    log:
        "results/logs/record_tiny.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=10),
    params:
        jobs=TINY_JOBS,
        code=code_of("record_tables"),
    script:
        "../../scripts/record_tables.py"
