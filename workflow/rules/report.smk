rule collect:
    input:
        accuracy=expand("results/{run}/accuracy.csv", run=MEASURED),
        training=expand("results/networks/{run}/history.csv", run=RUNS),
        layers=expand("results/networks/{run}/layers.csv", run=RUNS),
        cost=expand("results/costs/{network}/cost.csv", network=PRICED),
        performance=expand("results/costs/{network}/performance.csv", network=PRICED),
        layer_costs=expand("results/costs/{network}/layer_costs.csv", network=PRICED),
        variants=expand("results/variants/{run}/accuracy.csv", run=VARIANTS),
        errors=expand("results/variants/{run}/errors.csv", run=VARIANTS),
        wires=expand("results/crossbars/{run}/wires.csv", run=WIRED),
        confusion=expand("results/crossbars/{run}/confusion.csv", run=CONFUSED),
        sensitivity=expand("results/comparisons/{comparison}/sensitivity.csv", comparison=COMPARISONS),
        conditions=expand("results/comparisons/{comparison}/conditions.csv", comparison=COMPARISONS),
        validation=[rules.validate_costs.output.validation],
        steps=expand("results/comparisons/{comparison}/steps.csv", comparison=COMPARISONS),
        textbook=[rules.validate_costs.output.textbook],
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
        claims=report(
            "results/report/claims.csv",
            caption="../report/claims.rst",
            category="1 Claims",
            labels={"kind": "data", "name": "claims"},
        ),
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
        paper=reference("claims.csv"),
        claims=lookup("claims", within=config),
        comparisons=COMPARISONS,
        dataset_of=DATASET_OF_CLAIMS,
        missing=MISSING,
        code=code_of("collect"),
    script:
        "../../scripts/collect.py"


rule make_tables:
    input:
        **rules.collect.output,
    output:
        tables=expand("results/report/tables/{table}.md", table=TABLES),
        pages=report(  # the tables as pages of the HTML report
            directory("results/report/pages"),
            patterns=["{table}.html"],
            caption="../report/table.rst",
            category=stage,
            labels={"kind": "table", "name": "{table}"},
        ),
    log:
        "results/logs/make_tables.log",
    benchmark:
        "results/benchmarks/make_tables.tsv"
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
        captions=contents.TABLES,
        code=code_of("make_tables"),
    script:
        "../../scripts/make_tables.py"


rule plot_figures:
    input:
        **rules.collect.output,
        signed=f"results/crossbars/{FIRST['signed']}/seed0/conductances.safetensors" if FIRST else [],
        unipolar=f"results/crossbars/{FIRST['unipolar']}/seed0/conductances.safetensors" if FIRST else [],
    output:
        figures=report(
            directory("results/report/figures"),
            patterns=["{figure}.svg"],
            caption="../report/figure.rst",
            category=stage,
            labels={"kind": "figure", "name": "{figure}"},
        ),
    log:
        "results/logs/plot_figures.log",
    benchmark:
        "results/benchmarks/plot_figures.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(30),
    params:
        figures=FIGURES,
        claims=lookup("claims", within=config),
        comparisons=COMPARISONS,
        devices=lookup("devices", within=config),
        captions=contents.FIGURES,
        code=code_of("plot_figures"),
    script:
        "../../scripts/plot_figures.py"


rule write_provenance:
    input:
        claims=rules.collect.output.claims,
        accuracy=rules.collect.output.accuracy,
        manifests=expand("results/datasets/{dataset}.raw.json", dataset=DATASETS),
        tables=rules.make_tables.output.tables,
        figures=rules.plot_figures.output.figures,
    output:
        provenance="results/report/provenance.json",
        page="results/report/index.html",
        time=report(
            "results/report/time.svg",
            caption="../report/time.rst",
            category="5 Run",
            labels={"kind": "figure", "name": "time"},
        ),
    log:
        "results/logs/write_provenance.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
        runtime=scaled(10),
    params:
        stages=STAGES,
        shown=SHOWN,
        note=CONFIG.run.note,
        jobs=JOBS,  # their benchmarks and logs are no inputs: a lost one is no reason to train again
        caption=contents.TIME,
        code=code_of("write_provenance"),
    script:
        "../../scripts/write_provenance.py"
