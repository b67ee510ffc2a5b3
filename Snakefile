from snakemake.utils import min_version

min_version("9.19")


configfile: f"{workflow.basedir}/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/config.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/common-run.smk"
include: "workflow/rules/datasets.smk"
include: "workflow/rules/common-search.smk"
include: "workflow/rules/search.smk"
include: "workflow/rules/networks.smk"
include: "workflow/rules/crossbars.smk"
include: "workflow/rules/costs.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/common-tiny.smk"
include: "workflow/rules/tiny.smk"
include: "workflow/rules/hybrid.smk"


localrules:  # cheap enough for the machine from which jobs are submitted; downloads and raw files need it
    all,
    fetch_dataset,
    prepare_dataset,
    fetch_reference,
    choose_architecture,
    price_network,
    take_own,
    price_own,
    simulate_system,
    compare_costs,
    validate_costs,
    price_tiny,
    collect_hybrid,
    collect,
    make_tables,
    plot_figures,
    write_provenance,


rule all:
    input:
        rules.write_provenance.output,
        rules.collect.input,  # named too, because it would not be made again where only tables and figures were copied


onstart:
    for line in about_to_run():
        print(line, file=sys.stderr)


onsuccess:
    for line in succeeded():
        print(line, file=sys.stderr)


onerror:
    for line in failed():
        print(line, file=sys.stderr)
