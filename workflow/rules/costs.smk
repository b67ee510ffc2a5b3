rule estimate_cost:
    input:
        signed_layers=of_side("signed", "results/networks/{run}/layers.csv"),
        signed_arrays=of_side("signed", "results/crossbars/{run}/arrays.csv"),
        unipolar_layers=of_side("unipolar", "results/networks/{run}/layers.csv"),
        unipolar_arrays=of_side("unipolar", "results/crossbars/{run}/arrays.csv"),
    output:
        cost="results/costs/{comparison}/cost.csv",
        layers="results/costs/{comparison}/layers.csv",
        layer_totals="results/costs/{comparison}/layer_totals.csv",
        performance="results/costs/{comparison}/performance.csv",
        steps="results/costs/{comparison}/steps.csv",
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
        signed=side_of_comparison("signed"),
        unipolar=side_of_comparison("unipolar"),
        circuit=CIRCUIT,
        components=prices,
        reference=lookup("claims/reference", within=config),
        code=code_of("estimate_cost"),
    script:
        "../../scripts/estimate_cost.py"


rule sample_costs:
    input:
        signed_layers=of_side("signed", "results/networks/{run}/layers.csv"),
        signed_arrays=of_side("signed", "results/crossbars/{run}/arrays.csv"),
        unipolar_layers=of_side("unipolar", "results/networks/{run}/layers.csv"),
        unipolar_arrays=of_side("unipolar", "results/crossbars/{run}/arrays.csv"),
    output:
        sensitivity="results/costs/{comparison}/sensitivity.csv",
        conditions="results/costs/{comparison}/conditions.csv",
    log:
        "results/logs/sample_costs/{comparison}.log",
    benchmark:
        "results/benchmarks/sample_costs/{comparison}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(4000),
        runtime=scaled(30),
    params:
        signed=side_of_comparison("signed"),
        unipolar=side_of_comparison("unipolar"),
        circuit=CIRCUIT,
        components=prices,
        reference=lookup("claims/reference", within=config),
        options=reference("options.csv"),
        claims=reference("claims.csv"),
        code=code_of("sample_costs"),
    script:
        "../../scripts/sample_costs.py"


rule validate_costs:
    output:
        validation="results/costs/validation.csv",
        textbook="results/costs/textbook.csv",
    log:
        "results/logs/validate_costs.log",
    benchmark:
        "results/benchmarks/validate_costs.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(30),
    params:
        circuit=CIRCUIT,
        components=prices,
        macros=reference("macros.csv"),
        textbook=reference("textbook.csv"),
        code=code_of("validate_costs"),
    script:
        "../../scripts/validate_costs.py"
