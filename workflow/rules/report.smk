rule collect:
    input:
        accuracy=expand("results/{run}/accuracy.csv", run=MEASURED),
        history=expand("results/networks/{run}/history.csv", run=RUNS),
        layers=expand("results/networks/{run}/layers.csv", run=RUNS),
        cost=expand("results/costs/{comparison}/cost.csv", comparison=COMPARISONS),
        performance=expand("results/costs/{comparison}/performance.csv", comparison=COMPARISONS),
        layer_costs=expand("results/costs/{comparison}/layer_totals.csv", comparison=COMPARISONS),
        variants=expand("results/variants/{run}/accuracy.csv", run=VARIANTS),
        errors=expand("results/variants/{run}/errors.csv", run=VARIANTS),
        wires=expand("results/crossbars/{run}/wires.csv", run=WIRED),
        confusion=expand("results/crossbars/{run}/confusion.csv", run=CONFUSED),
        sensitivity=expand("results/costs/{comparison}/sensitivity.csv", comparison=COMPARISONS),
        conditions=expand("results/costs/{comparison}/conditions.csv", comparison=COMPARISONS),
        validation=rules.validate_costs.output.validation,
        steps=expand("results/costs/{comparison}/steps.csv", comparison=COMPARISONS),
        textbook=rules.validate_costs.output.textbook,
        search=expand("results/searches/{search}/trials.csv", search=SEARCHES),
        weights=expand("results/networks/{run}/weights.safetensors", run=RUNS),
        conductances=expand("results/crossbars/{run}/conductances.safetensors", run=MAPPED),
    output:
        accuracy="results/report/tables/accuracy.csv",
        training="results/report/tables/training.csv",
        layers="results/report/tables/layers.csv",
        cost="results/report/tables/cost.csv",
        performance="results/report/tables/performance.csv",
        layer_costs="results/report/tables/layer_costs.csv",
        variants="results/report/tables/variants.csv",
        errors="results/report/tables/errors.csv",
        wires="results/report/tables/wires.csv",
        confusion="results/report/tables/confusion.csv",
        sensitivity="results/report/tables/sensitivity.csv",
        conditions="results/report/tables/conditions.csv",
        validation="results/report/tables/validation.csv",
        steps="results/report/tables/steps.csv",
        textbook="results/report/tables/textbook.csv",
        search="results/report/tables/search.csv",
    log:
        "results/logs/collect.log",
    benchmark:
        "results/benchmarks/collect.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(30),
    params:
        origins=ORIGINS,
        code=code_of("collect"),
    script:
        "../../scripts/collect.py"


rule check_claims:
    input:
        accuracy=rules.collect.output.accuracy,
        cost=rules.collect.output.cost,
    output:
        claims=report(
            "results/report/claims.csv",
            caption="../report/claims.rst",
            category="1 Claims",
            labels={"kind": "data", "name": "claims"},
        ),
    log:
        "results/logs/check_claims.log",
    benchmark:
        "results/benchmarks/check_claims.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(30),
    params:
        claims=lookup("claims", within=config),
        comparisons=COMPARISONS,
        paper=reference("claims.csv"),
        code=code_of("check_claims"),
    script:
        "../../scripts/check_claims.py"


rule make_table:
    input:
        **rules.collect.output,
        claims=rules.check_claims.output.claims,
    output:
        table="results/report/tables/{table}.md",
        page=report(
            "results/report/pages/{table}.html",
            caption="../report/table.rst",
            category=stage,
            labels={"kind": "table", "name": "{table}"},
        ),
    log:
        "results/logs/make_table/{table}.log",
    benchmark:
        "results/benchmarks/make_table/{table}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(30),
    params:
        claims=lookup("claims", within=config),
        comparisons=COMPARISONS,
        devices=lookup("devices", within=config),
        code=code_of("make_table"),
    script:
        "../../scripts/make_table.py"


rule plot_figure:
    input:
        **rules.collect.output,
        claims=rules.check_claims.output.claims,
    output:
        png="results/report/figures/{figure}.png",
        svg=report(
            "results/report/figures/{figure}.svg",
            caption="../report/figure.rst",
            category=stage,
            labels={"kind": "figure", "name": "{figure}"},
        ),
    log:
        "results/logs/plot_figure/{figure}.log",
    benchmark:
        "results/benchmarks/plot_figure/{figure}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(30),
    params:
        claims=lookup("claims", within=config),
        comparisons=COMPARISONS,
        devices=lookup("devices", within=config),
        code=code_of("plot_figure"),
    script:
        "../../scripts/plot_figure.py"


rule plot_conductances:
    input:
        bipolar=f"results/crossbars/{FIRST['bipolar']}/seed0/conductances.safetensors" if FIRST else [],
        unipolar=f"results/crossbars/{FIRST['unipolar']}/seed0/conductances.safetensors" if FIRST else [],
    output:
        png="results/report/figures/conductances.png",
        svg=report(
            "results/report/figures/conductances.svg",
            caption="../report/conductances.rst",
            category="3 Hardware",
            labels={"kind": "figure", "name": "conductances"},
        ),
    log:
        "results/logs/plot_conductances.log",
    benchmark:
        "results/benchmarks/plot_conductances.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(10),
    params:
        names=list(FIRST.values()),
        code=code_of("plot_conductances"),
    script:
        "../../scripts/plot_conductances.py"


rule write_provenance:
    input:
        claims=rules.check_claims.output.claims,
        manifests=expand("results/datasets/{dataset}.raw.json", dataset=DATASETS),
        tables=expand("results/report/tables/{table}.md", table=TABLES),
        figures=expand("results/report/figures/{figure}.svg", figure=FIGURES),
    output:
        provenance="results/report/provenance.json",
    log:
        "results/logs/write_provenance.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000),
        runtime=scaled(10),
    params:
        jobs=JOBS,  # their benchmarks and logs are no inputs: a lost one is no reason to train again
        code=code_of("write_provenance"),
    script:
        "../../scripts/write_provenance.py"


rule plot_time:
    input:
        provenance=rules.write_provenance.output.provenance,
    output:
        png="results/report/figures/time.png",
        svg=report(
            "results/report/figures/time.svg",
            caption="../report/time.rst",
            category="5 Run",
            labels={"kind": "figure", "name": "time"},
        ),
    log:
        "results/logs/plot_time.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(10),
    params:
        code=code_of("plot_time"),
    script:
        "../../scripts/plot_time.py"


rule show_benchmarks:
    input:
        BENCHMARKS,
    output:
        table=report(
            "results/report/tables/benchmarks.md",
            caption="../report/benchmarks.rst",
            category="5 Run",
            labels={"table": "benchmarks"},
        ),
        png="results/report/figures/benchmarks.png",
        svg=report(
            "results/report/figures/benchmarks.svg",
            caption="../report/benchmarks.rst",
            category="5 Run",
            labels={"figure": "benchmarks"},
        ),
    log:
        "results/logs/show_benchmarks.log",
    benchmark:
        "results/benchmarks/show_benchmarks.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(10),
    params:
        code=code_of("show_benchmarks"),
    script:
        "../../scripts/show_benchmarks.py"
