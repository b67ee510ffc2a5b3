rule price_network:
    input:
        layers=lambda wildcards: expand("results/networks/{run}/layers.csv", run=runs_of(wildcards.network)),
        arrays=lambda wildcards: expand("results/crossbars/{run}/arrays.csv", run=runs_of(wildcards.network)),
    output:
        cost="results/costs/{network}/cost.csv",
        layer_costs="results/costs/{network}/layer_costs.csv",
        performance="results/costs/{network}/performance.csv",
    log:
        "results/logs/price_network/{network}.log",
    benchmark:
        "results/benchmarks/price_network/{network}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=30),
    params:
        network=lambda wildcards: priced(wildcards.network),
        circuit=CIRCUIT,
        components=prices,
        code=code_of("price_network"),
    script:
        "../../scripts/price_network.py"


rule price_own:
    input:
        layers="results/own/{own}/layers.csv",
        arrays="results/own/{own}/arrays.csv",
    output:
        cost="results/own/{own}/cost.csv",
        layer_costs="results/own/{own}/layer_costs.csv",
        performance="results/own/{own}/performance.csv",
    log:
        "results/logs/price_own/{own}.log",
    benchmark:
        "results/benchmarks/price_own/{own}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=30),
    params:
        own=entry("{own}/priced", OWN),
        device=entry("{own}/device", OWN),
        crossbar=entry("{own}/crossbar", OWN),
        circuit=CIRCUIT,
        reference=config["claims"]["reference"],
        components=prices,
        code=code_of("price_own"),
    script:
        "../../scripts/price_own.py"


rule simulate_system:
    input:
        layers=lambda wildcards: expand("results/networks/{run}/layers.csv", run=runs_of(wildcards.network)),
    output:
        system="results/costs/{network}/system.csv",
        events="results/costs/{network}/events.csv",
    log:
        "results/logs/simulate_system/{network}.log",
    benchmark:
        "results/benchmarks/simulate_system/{network}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=30),
    params:
        network=lambda wildcards: priced(wildcards.network),
        circuit=CIRCUIT,
        components=prices,
        system=config["system"],
        reference=config["claims"]["reference"],
        code=code_of("simulate_system"),
    script:
        "../../scripts/simulate_system.py"


rule compare_costs:
    input:
        signed=layers_of_side("signed"),
        unipolar=layers_of_side("unipolar"),
    output:
        steps="results/comparisons/{comparison}/steps.csv",
        sensitivity="results/comparisons/{comparison}/sensitivity.csv",
        conditions="results/comparisons/{comparison}/conditions.csv",
        answer="results/comparisons/{comparison}/answer.csv",
        trade_offs="results/comparisons/{comparison}/trade_offs.csv",
    log:
        "results/logs/compare_costs/{comparison}.log",
    benchmark:
        "results/benchmarks/compare_costs/{comparison}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=30),
    params:
        signed=priced_side("signed"),
        unipolar=priced_side("unipolar"),
        circuit=CIRCUIT,
        components=prices,
        rules=config["claims"],
        options=reference("options.csv"),
        claims=reference("claims.csv"),
        first_round=reference("first_round.csv"),
        code=code_of("compare_costs"),
    script:
        "../../scripts/compare_costs.py"


rule validate_costs:
    output:
        validation="results/costs/validation.csv",
        parts="results/costs/parts.csv",
        bounds="results/costs/bounds.csv",
        library="results/costs/library.csv",
        textbook="results/costs/textbook.csv",
    log:
        "results/logs/validate_costs.log",
    benchmark:
        "results/benchmarks/validate_costs.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=30),
    params:
        circuit=CIRCUIT,
        components=prices,
        chips=reference("chips.csv"),
        parts=reference("parts.csv"),
        bounds=reference("adc_bounds.csv"),
        library=reference("library.csv"),
        textbook=reference("textbook.csv"),
        code=code_of("validate_costs"),
    script:
        "../../scripts/validate_costs.py"
