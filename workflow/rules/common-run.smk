"""What a run consists of: its trained networks, what is measured of them, and every job that its report lists."""

from xbar.checks.names import seeds_of
from xbar.files import read_json
from xbar.report import contents
from xbar.search.choice import jobs_of_generation
from xbar.tables import COLLECTED


def runs_of(*networks):
    """The trainings of networks, as the folders network/seed."""
    return [f"{name}/seed{seed}" for name in networks for seed in range(seeds_of(CONFIG.run, name))]


def starts_of(name):
    """The networks that the training of one needs first: its start, its teacher, and theirs."""
    spec = CONFIG.networks[name]
    direct = [other for other in (spec.warm_start, spec.teacher) if other]
    return [*direct, *(further for other in direct for further in starts_of(other))]


RUNS = runs_of(*CONFIG.run.networks)
STARTED = [  # trainings that the run needs and does not measure
    f"{start}/seed{seed}"
    for name in CONFIG.run.networks
    for start in dict.fromkeys(starts_of(name))
    for seed in range(seeds_of(CONFIG.run, name))
    if start not in CONFIG.run.networks
]
MAPPED = runs_of(*(name for name in CONFIG.run.networks if name in ANALOG))
MEASURED = [  # where accuracy is measured: a floating-point network as it is, the others on their crossbars
    f"{'networks' if name in FLOAT else 'crossbars'}/{run}" for name in CONFIG.run.networks for run in runs_of(name)
]
VARIANTS = [
    f"{variant}/{run}"
    for variant in CONFIG.run.variants
    for name in CONFIG.variants[variant].networks
    if name in CONFIG.run.networks
    for run in runs_of(name)
]
WIRED = [f"{name}/seed0" for name in CONFIG.wires.networks if name in CONFIG.run.networks]
CONFUSED = runs_of(*(name for name in CONFIG.confusions.networks if name in CONFIG.run.networks))
DATASETS = datasets_of(CONFIG)
CHOSEN = [CONFIG.networks[name].architecture for name in CONFIG.run.networks]
SEARCHES = list(dict.fromkeys([*CONFIG.run.searches, *(name for name in CHOSEN if name in CONFIG.searches)]))
COMPARISONS = {name: config["comparisons"][name] for name in CONFIG.run.comparisons}
COMPARED = {name for sides in COMPARISONS.values() for name in sides.values()}
PRICED = [name for name in CONFIG.run.networks if name in COMPARED]
SHOWN = [name for name in CONFIG.run.networks if name in COMPARED or name in FLOAT]  # of what a run found in few lines
FIRST = next(iter(COMPARISONS.values()), {})  # the one whose arrays are shown
OF_TRAININGS = {  # the tables that every training writes, all files of each
    name: expand(f"results/networks/{{run}}/{Path(table.files).name}", run=RUNS)
    for name, table in COLLECTED.items()
    if Path(table.files).parent == Path("results/networks/{network}/seed{seed}")
}
SCORED = [  # of every student, the job of its teacher's scores, as network/seed-inputs
    f"{student.teacher}/seed{seed}-{inputs_of(name)}"
    for name in CONFIG.run.networks
    if (student := CONFIG.networks[name]).teacher
    for seed in range(seeds_of(CONFIG.run, name))
]
OWN_DONE = [  # what the report shows of networks of one's own: those that were mapped and priced already
    f"results/own/{name}/{table}.csv"
    for name in CONFIG.own_networks
    for table in ("accuracy", "performance")
    if all(Path(f"results/own/{name}/{each}.csv").exists() for each in ("accuracy", "performance"))
]
HAS = {"searches": bool(SEARCHES), "comparisons": bool(COMPARISONS)}  # which entries of the report there are
ORIGINS = {  # what the files of each network must say that they were made with
    name: {key: NETWORKS[name][key] for key in ("network", "architecture", "training", "crossbar", "device")}
    for name in CONFIG.run.networks
}
DATASET_OF_CLAIMS = {  # of the networks that the rules of the claims name
    name: CONFIG.networks[name].dataset
    for rule in CONFIG.claims.accuracy.values()
    for name in (rule.network, *rule.beside)
}


def jobs_of_search(name):
    """Every proposal and every job of trials of a search, as rule/job."""
    spec = CONFIG.searches[name]
    generations = [
        f"{name}/seed{seed}/generation{generation}"
        for seed in range(spec.seeds)
        for generation in range(spec.generations)
    ]
    trials = [f"job{job}" for job in range(jobs_of_generation(spec))]
    return [
        *expand("propose_trials/{generation}", generation=generations),
        *expand("run_trials/{generation}/{trials}", generation=generations, trials=trials),
        *expand("run_final/{search}/{final}", search=name, final=finals_of(name)),
        f"choose_architecture/{name}",
    ]


JOBS = [  # every job whose benchmark provenance may find, as rule/job
    *expand("{rule}/{dataset}", rule=["fetch_dataset", "prepare_dataset"], dataset=DATASETS),
    *expand("{rule}/{run}", rule=["train_network", "evaluate_float", "map_network", "evaluate_crossbars"], run=RUNS),
    *dict.fromkeys(f"train_network/{run}" for run in STARTED),
    *dict.fromkeys(f"score_inputs/{job}" for job in SCORED),
    *expand("evaluate_variant/{run}", run=VARIANTS),
    *expand("compare_wires/{run}", run=WIRED),
    *expand("count_confusions/{run}", run=CONFUSED),
    *expand("{rule}/{network}", rule=["price_network", "simulate_system"], network=PRICED),
    *expand("compare_costs/{comparison}", comparison=COMPARISONS),
    *["validate_costs", "collect", "make_tables", "plot_figures"],
    *[job for name in SEARCHES for job in jobs_of_search(name)],
]


# The report


def read_by(kind):
    """What all tables or all figures of the report read, by name."""
    sides = [f"results/crossbars/{name}/seed0/conductances.safetensors" for name in FIRST.values()]
    besides = {"datasets": expand("results/datasets/{dataset}.safetensors", dataset=DATASETS), "conductances": sides}
    named = contents.reads(contents.shown(HAS, kind))
    return {name: besides[name] if name in besides else getattr(rules.collect.output, name) for name in named}


def stage_of(kind):
    """The category in the HTML report."""
    stages = {entry.name: entry.stage for entry in contents.entries() if entry.kind == kind}

    def stage(wildcards):
        return stages[wildcards.name]

    return stage


# What the console says before and after the jobs

NEXT = "Next: snakemake --cores 2 (the paper's data; hours without a GPU), or your own network: workflow/own-network.md"
FIRST_LOOK = "snakemake --cores 2 --configfile workflow/presets/digits.yaml"


def about_to_run():
    """What a person should know before anything runs. Ends the run where a job needs data that cannot be had."""
    jobs = list(workflow.dag.needrun_jobs())
    wanted = {job.wildcards.dataset for job in jobs if job.rule.name == "fetch_dataset"}
    yield from (f"Missing data: {cause}" for cause in MISSING.values())
    if wanted & set(MISSING):
        sys.exit(f"Put the files there, or run the example that needs none:\n  {FIRST_LOOK}")
    if MISSING:
        yield "The run goes on without this data. Once the files are there, the same command adds what is missing."
    written = Path("results/report/provenance.json")
    before = read_json(written).get("preset", "an earlier") if written.exists() else PRESET
    if before != PRESET and any(job.rule.name == "collect" for job in jobs):
        yield f"results/report holds the report of the {before} run; this run overwrites it. To keep it, copy it now."


def succeeded():
    """The findings of the run, where its report was made."""
    if "write_provenance" not in CONSOLE.rules():
        return [f"Finished: {CONSOLE.done} jobs"]
    if not Path("results/report/claims.csv").exists():
        return ["Finished: the report lies in the bucket, below results/report"]
    from xbar.report.summary import summary  # pandas is imported only now

    lines = [*summary(Path("results/report"), SHOWN, CONFIG.run.note), "Open results/report/index.html"]
    return lines if set(DATASETS) & set(CONFIG.claims.datasets) else [*lines, NEXT]


def failed():
    """Why jobs failed, and what to do next."""
    return [*CONSOLE.failures(), "Finished jobs are kept: correct the cause and repeat the same command."]
