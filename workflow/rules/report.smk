from xbar.report import contents
from xbar.report.choices import choices, scale_pairs
from xbar.tables import COLLECTED


rule collect:
    input:
        **OF_TRAININGS,
        accuracy=expand("results/{run}/accuracy.csv", run=MEASURED),
        correctness=expand("results/{run}/correctness.safetensors", run=MEASURED),
        cost=expand("results/costs/{network}/cost.csv", network=PRICED),
        performance=expand("results/costs/{network}/performance.csv", network=PRICED),
        layer_costs=expand("results/costs/{network}/layer_costs.csv", network=PRICED),
        system=expand("results/costs/{network}/system.csv", network=PRICED),
        events=[f"results/costs/{FIRST['unipolar']}/events.csv"] if FIRST else [],
        variants=expand("results/variants/{run}/accuracy.csv", run=VARIANTS),
        errors=expand("results/variants/{run}/errors.csv", run=VARIANTS),
        wires=expand("results/crossbars/{run}/wires.csv", run=WIRED),
        confusion=expand("results/crossbars/{run}/confusion.csv", run=CONFUSED),
        sensitivity=expand("results/comparisons/{comparison}/sensitivity.csv", comparison=COMPARISONS),
        conditions=expand("results/comparisons/{comparison}/conditions.csv", comparison=COMPARISONS),
        answer=expand("results/comparisons/{comparison}/answer.csv", comparison=COMPARISONS),
        trade_offs=expand("results/comparisons/{comparison}/trade_offs.csv", comparison=COMPARISONS),
        validation=[rules.validate_costs.output.validation],
        parts=[rules.validate_costs.output.parts],
        bounds=[rules.validate_costs.output.bounds],
        library=[rules.validate_costs.output.library],
        steps=expand("results/comparisons/{comparison}/steps.csv", comparison=COMPARISONS),
        textbook=[rules.validate_costs.output.textbook],
        search=expand("results/searches/{search}/trials.csv", search=SEARCHES),
        finals=expand("results/searches/{search}/finals.csv", search=SEARCHES),
        weights=expand("results/networks/{run}/weights.safetensors", run=RUNS),
        conductances=expand("results/crossbars/{run}/conductances.safetensors", run=MAPPED),
    output:
        **{name: f"results/report/tables/{name}.csv" for name in COLLECTED if name != "claims"},
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
    resources:
        **need(2000, minutes=30),
    params:
        origins=ORIGINS,
        paper=reference("claims.csv"),
        claims=config["claims"],
        comparisons=COMPARISONS,
        dataset_of=DATASET_OF_CLAIMS,
        missing=MISSING,
        scale_pairs=scale_pairs(CONFIG),
        code=code_of("collect", "tables"),
    script:
        "../../scripts/collect.py"


rule make_tables:
    input:
        **read_by("table"),
    output:
        tables=[f"results/report/tables/{entry.name}.md" for entry in contents.shown(HAS, "table")],
        pages=report(  # the tables as pages of the HTML report
            directory("results/report/pages"),
            patterns=["{name}.html"],
            caption="../report/entry.rst",
            category=stage_of("table"),
            labels={"kind": "table", "name": "{name}"},
        ),
    log:
        "results/logs/make_tables.log",
    benchmark:
        "results/benchmarks/make_tables.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=30),
    params:
        claims=config["claims"],
        comparisons=COMPARISONS,
        devices=config["devices"],
        choices={name: choices(CONFIG, name) for name in CONFIG.run.networks},
        has=HAS,
        captions=contents.captions("table"),
        code=code_of("make_tables", "tables", *contents.modules("table")),
    script:
        "../../scripts/make_tables.py"


rule plot_figures:
    input:
        **read_by("figure"),
    output:
        figures=report(
            directory("results/report/figures"),
            patterns=["{name}.svg"],
            caption="../report/entry.rst",
            category=stage_of("figure"),
            labels={"kind": "figure", "name": "{name}"},
        ),
    log:
        "results/logs/plot_figures.log",
    benchmark:
        "results/benchmarks/plot_figures.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=30),
    params:
        claims=config["claims"],
        comparisons=COMPARISONS,
        devices=config["devices"],
        has=HAS,
        captions=contents.captions("figure"),
        code=code_of("plot_figures", "tables", *contents.modules("figure")),
    script:
        "../../scripts/plot_figures.py"


rule write_provenance:
    input:
        claims=rules.collect.output.claims,
        accuracy=rules.collect.output.accuracy,
        manifests=expand("results/datasets/{dataset}.raw.json", dataset=DATASETS),
        pages=rules.make_tables.output.pages,
        figures=rules.plot_figures.output.figures,
        own=OWN_DONE,
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
    resources:
        **need(2000, minutes=10),
    params:
        has=HAS,
        networks=SHOWN,
        note=CONFIG.run.note,
        jobs=JOBS,  # their benchmarks and logs are no inputs: a lost one is no reason to train again
        caption=contents.TIME,
        code=code_of("write_provenance"),
    script:
        "../../scripts/write_provenance.py"
