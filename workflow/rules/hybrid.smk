# Training on simulated devices, on demand: results/hybrid/hybrid.csv

HYBRID = config["hybrid"]
SCRATCH, REPAIR = HYBRID["scratch"], HYBRID["repair"]
SEEDED = [
    *expand("scratch/{method}/seed{seed}", method=SCRATCH["rules"], seed=range(HYBRID["seeds"])),
    *expand("repair/{network}/seed{seed}", network=REPAIR["networks"], seed=range(HYBRID["seeds"])),
]
LEARNED = sorted({SCRATCH["dataset"], *(CONFIG.networks[name].dataset for name in REPAIR["networks"])})


rule train_hybrid:
    input:
        dataset=f"results/datasets/{SCRATCH['dataset']}.safetensors",
    output:
        accuracy="results/hybrid/scratch/{method}/seed{seed}/accuracy.csv",
    log:
        "results/logs/train_hybrid/{method}/seed{seed}.log",
    benchmark:
        "results/benchmarks/train_hybrid/{method}/seed{seed}.tsv"
    wildcard_constraints:
        method=one_of(SCRATCH["rules"]),
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=60),
    params:
        scratch=SCRATCH,
        writing=HYBRID["writing"],
        law=HYBRID["law"],
        pulses=reference("pulses.csv"),
        architecture=config["architectures"][SCRATCH["architecture"]],
        crossbar=config["crossbars"][SCRATCH["crossbar"]],
        code=code_of("train_hybrid"),
    script:
        "../../scripts/train_hybrid.py"


rule repair_chips:
    input:
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        dataset=entry("{network}/examples", NETWORKS),
    output:
        accuracy="results/hybrid/repair/{network}/seed{seed}/accuracy.csv",
    log:
        "results/logs/repair_chips/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/repair_chips/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network=one_of(REPAIR["networks"]),
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=120),
    params:
        repair=REPAIR,
        writing=HYBRID["writing"],
        law=HYBRID["law"],
        pulses=reference("pulses.csv"),
        cell={key: hardware(REPAIR["device"], SCRATCH["crossbar"])[key] for key in ("device", "laws")},
        code=code_of("repair_chips"),
    script:
        "../../scripts/repair_chips.py"


rule collect_hybrid:
    input:
        rows=expand("results/hybrid/{run}/accuracy.csv", run=SEEDED),
    output:
        table="results/hybrid/hybrid.csv",
        page="results/hybrid/hybrid.md",
        figure=multiext("results/hybrid/hybrid", ".png", ".svg"),
    log:
        "results/logs/collect_hybrid.log",
    benchmark:
        "results/benchmarks/collect_hybrid.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=30),
    params:
        law=HYBRID["law"],
        pulses=reference("pulses.csv"),
        code=code_of("collect_hybrid", "tables"),
    script:
        "../../scripts/collect_hybrid.py"


use rule record_tiny as record_hybrid with:
    input:
        manifests=expand("results/datasets/{dataset}.raw.json", dataset=LEARNED),
        tables="results/hybrid/hybrid.csv",
    output:
        provenance="results/hybrid/provenance.json",
    log:
        "results/logs/record_hybrid.log",
    params:
        jobs=[run.replace("scratch/", "train_hybrid/").replace("repair/", "repair_chips/") for run in SEEDED],
