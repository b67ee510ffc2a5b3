from snakemake.utils import min_version

min_version("9.19")


configfile: f"{workflow.basedir}/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/common-run.smk"
include: "workflow/rules/datasets.smk"
include: "workflow/rules/common-search.smk"
include: "workflow/rules/search.smk"
include: "workflow/rules/networks.smk"
include: "workflow/rules/crossbars.smk"
include: "workflow/rules/costs.smk"
include: "workflow/rules/report.smk"


localrules:  # cheap enough for the machine from which jobs are submitted; downloads and raw files need it
    all,
    fetch_dataset,
    prepare_dataset,
    choose_architecture,
    estimate_cost,
    sample_costs,
    validate_costs,
    collect,
    check_claims,
    make_table,
    plot_figure,
    write_provenance,
    plot_conductances,
    plot_time,


rule all:
    input:
        "results/report/claims.csv",
        "results/report/provenance.json",
        expand("results/report/tables/{table}.md", table=TABLES),
        expand("results/report/figures/{figure}.svg", figure=FIGURES),
        "results/report/figures/conductances.svg" if FIRST else [],
        "results/report/figures/time.svg",
        "results/report/figures/benchmarks.svg" if BENCHMARKS else [],
        rules.collect.input,  # a fresh clone has tables and figures, so that they alone would not be made again
