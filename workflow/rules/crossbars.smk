rule map_network:
    input:
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        layers="results/networks/{network}/seed{seed}/layers.csv",
    output:
        conductances="results/crossbars/{network}/seed{seed}/conductances.safetensors",
        arrays="results/crossbars/{network}/seed{seed}/arrays.csv",
    log:
        "results/logs/map_network/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/map_network/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network="|".join(ANALOG),
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(4000),
        runtime=scaled(30),
    params:
        device=entry("devices", "device"),
        crossbar=entry("crossbars", "crossbar"),
        code=code_of("map_network"),
    script:
        "../../scripts/map_network.py"


rule evaluate_crossbars:
    input:
        conductances="results/crossbars/{network}/seed{seed}/conductances.safetensors",
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        dataset=dataset_of,
        laws=reference("devices.csv"),
    output:
        accuracy="results/crossbars/{network}/seed{seed}/accuracy.csv",
    log:
        "results/logs/evaluate_crossbars/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/evaluate_crossbars/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network="|".join(ANALOG),
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(4000),
        runtime=scaled(120),
        gpu=GPU,
    params:
        device=entry("devices", "device"),
        evaluation=lookup("evaluation", within=config),
        code=code_of("evaluate_crossbars"),
    script:
        "../../scripts/evaluate_crossbars.py"


rule evaluate_variant:
    input:
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        dataset=dataset_of,
        laws=reference("devices.csv"),
    output:
        accuracy="results/variants/{variant}/{network}/seed{seed}/accuracy.csv",
        errors="results/variants/{variant}/{network}/seed{seed}/errors.csv",
    log:
        "results/logs/evaluate_variant/{variant}/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/evaluate_variant/{variant}/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network="|".join(ANALOG),
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(4000),
        runtime=scaled(120),
    params:
        variant=variant,
        device=variant_entry("devices", "device"),
        device_name=variant_entry("devices", "device", named=True),
        crossbar=variant_entry("crossbars", "crossbar"),
        code=code_of("evaluate_variant"),
    script:
        "../../scripts/evaluate_variant.py"


rule estimate_cost:
    input:
        bipolar_layers=of_side("bipolar", "results/networks/{run}/layers.csv"),
        bipolar_arrays=of_side("bipolar", "results/crossbars/{run}/arrays.csv"),
        unipolar_layers=of_side("unipolar", "results/networks/{run}/layers.csv"),
        unipolar_arrays=of_side("unipolar", "results/crossbars/{run}/arrays.csv"),
        components=[reference("components.csv"), *CONFIG.circuit.extra_components],
    output:
        cost="results/costs/{comparison}/cost.csv",
        layers="results/costs/{comparison}/layers.csv",
        performance="results/costs/{comparison}/performance.csv",
    log:
        "results/logs/estimate_cost/{comparison}.log",
    benchmark:
        "results/benchmarks/estimate_cost/{comparison}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(30),
    params:
        bipolar=side_of_comparison("bipolar"),
        unipolar=side_of_comparison("unipolar"),
        circuit=lookup("circuit", within=config),
        code=code_of("estimate_cost"),
    script:
        "../../scripts/estimate_cost.py"
