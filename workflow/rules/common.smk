"""The checked configuration and the functions by which rules name files, parameters, code and resources."""

import json
import logging
import re
import sys
from getpass import getuser
from os import W_OK, X_OK, access, environ, getuid
from pathlib import Path
from shutil import which

sys.path.insert(0, f"{workflow.basedir}/src")

from xbar import source
from xbar.config.claims import check_published
from xbar.config.config import read_config
from xbar.config.repeats import check_repeats
from xbar.console import Console, quieten
from xbar.datasets.presence import absences, datasets_of, without
from xbar.files import read_by_line
from xbar.hardware.laws import check_laws, read_laws
from xbar.report import contents
from xbar.savings.checks import check_circuit
from xbar.search.rungs import jobs_of_rung

REFERENCE = Path(workflow.basedir) / "workflow" / "reference"
if found := re.search(r"[][{}*?]", workflow.basedir):  # of scripts and of profiles/default
    sys.exit(f"{workflow.basedir}: Snakemake finds no files behind a '{found[0]}'; move the clone to another folder")
for folder in map(Path, (".", ".snakemake", "results")):  # where Snakemake would end in a traceback
    if folder.exists() and not (folder.is_dir() and access(folder, W_OK | X_OK)):
        sys.exit(f"{folder.absolute()} is no folder that can be written; mend it, or name another one: --directory")
try:
    getuser()  # Snakemake asks, too, once it has read this
except (KeyError, OSError):  # as in a container whose user is a number
    environ["LOGNAME"] = str(getuid())
try:
    for path in (f"{workflow.basedir}/config.yaml", *workflow.overwrite_configfiles):
        check_repeats(path)
    CONFIG = read_config(config)
    LAWS = read_laws(REFERENCE / "devices.csv")
    RAW_FILES = list(read_by_line(REFERENCE / "raw_files.csv").values())
    check_laws(CONFIG.devices, LAWS)
    check_published(CONFIG.claims, read_by_line(REFERENCE / "claims.csv").values())
    if workflow.is_main_process:  # before anything runs; jobs elsewhere need not have the tables
        check_circuit(CONFIG, [REFERENCE / "components.csv", *CONFIG.circuit.extra_components])
except (ValueError, OSError) as fault:
    sys.exit(str(fault))  # one line per fault, no traceback
OVERLAYS = [Path(path).stem for path in workflow.overwrite_configfiles]
OVERLAYS += ["--config"] if set(workflow.config_settings.config) - {"raw_data"} else []  # where files lie is no choice
PRESET = " + ".join(OVERLAYS) or "default"
CONSOLE = Console()
if not workflow.output_settings.dryrun:
    for handler in logging.getLogger("snakemake.logging").handlers:
        if handler.name == "DefaultStreamHandler":
            quieten(handler)
    if workflow.is_main_process:
        logging.getLogger("snakemake.logging").addHandler(CONSOLE)


def missing_data():
    """Why data of the run cannot be had, by dataset. Asked once, before anything runs; jobs are told."""
    if workflow.is_main_process:
        absent = [name for name in datasets_of(CONFIG) if not Path(f"results/datasets/{name}.raw.json").exists()]
        asked = [] if workflow.output_settings.dryrun else absent
        environ["XBAR_MISSING"] = json.dumps(absences(asked, Path(CONFIG.raw_data).absolute(), RAW_FILES))
    return json.loads(environ.get("XBAR_MISSING", "{}"))


MISSING = missing_data()
CONFIG = without(CONFIG, MISSING)  # what can be had is trained and reported
config.clear()
config.update(CONFIG.model_dump(mode="json"))  # defaults included, so that a changed default counts too
config["preset"] = PRESET  # for provenance alone: a parameter would rerun it for a name

FLOAT = [name for name, network in CONFIG.networks.items() if network.polarity == "float"]
ANALOG = [name for name in CONFIG.networks if name not in FLOAT]
GPU = int(which("nvidia-smi") is not None)  # on a cluster the profile says it instead


def one_of(names):
    """The pattern of any of these names; of none where there are none."""
    return "|".join(map(re.escape, names)) or "(?!)"


wildcard_constraints:
    dataset=one_of(config["datasets"]),
    network=one_of(config["networks"]),
    comparison=one_of(config["comparisons"]),
    variant=one_of(config["variants"]),
    own=one_of(config["own_networks"]),
    search=one_of(config["searches"]),
    search_seed=r"\d+",
    generation=r"\d+",
    rung=r"\d+",
    job=r"\d+",
    seed=r"\d+",


# Input files


def dataset_of(wildcards):
    return f"results/datasets/{CONFIG.networks[wildcards.network].dataset}.safetensors"


def trained_with(wildcards):
    """The float networks of the same seed that a network starts from and learns from."""
    network = CONFIG.networks[wildcards.network]
    named = {role: name for role in ("warm_start", "teacher") if (name := getattr(network, role))}
    return {role: f"results/networks/{name}/seed{wildcards.seed}/weights.safetensors" for role, name in named.items()}


def searched_of(wildcards):
    """What a search chose, if the network names a search as its architecture."""
    name = CONFIG.networks[wildcards.network].architecture
    return {"searched": f"results/searches/{name}/architecture.json"} if name in CONFIG.searches else {}


# Parameters: only what a stage reads, so that only what it reads reruns it

CIRCUIT = config["circuit"] | {"extra_components": []}  # those are files: see prices


def reference(table):
    """A table of published values: no input, since its place differs from clone to clone."""

    def path(wildcards):
        return source.ByContent(REFERENCE / table)

    return path


def prices(wildcards):
    """The price tables, of which later ones replace what they price again."""
    return [source.ByContent(path) for path in (REFERENCE / "components.csv", *CONFIG.circuit.extra_components)]


def raw_files(wildcards):
    """The published raw files of a dataset, with checksums and addresses."""
    return [row for row in RAW_FILES if row["dataset"] == wildcards.dataset]


def own_network(wildcards):
    """The entry of a network of one's own; its weights count by content."""
    entry = config["own_networks"][wildcards.own]
    if workflow.is_main_process and not Path(entry["weights"]).is_file():
        sys.exit(f"config.yaml: own_networks.{wildcards.own}.weights: no file {entry['weights']}")
    return entry | {"weights": source.ByContent(entry["weights"])}


def network(wildcards):
    """The network without the number of its seeds, which is no choice of any one of them."""
    return config["networks"][wildcards.network] | {"seeds": 1}


def training_device(wildcards):
    """The device, where training draws the noise of its law; else no choice that a training reads."""
    chosen = CONFIG.networks[wildcards.network]
    return config["devices"][chosen.device] if chosen.noise == "device" else None


def laws_of(device):
    """The laws that the chosen device names: coefficients of others count for nothing."""

    def named(wildcards):
        chosen = device(wildcards) or {}
        return {name: LAWS[name] for name in (chosen.get("programming"), chosen.get("ageing")) if name in LAWS}

    return named


def entry(block, key):
    """The entry of a block of the configuration that the network names under `key`."""

    def chosen(wildcards):
        return config[block][config["networks"][wildcards.network][key]]

    return chosen


def architecture_of(wildcards):
    """The network's entry of `architectures`; a searched one is read from what the search chose."""
    return config["architectures"].get(config["networks"][wildcards.network]["architecture"], "searched")


def variant(wildcards):
    """The variant without the list of its networks, which is no choice of any one of them."""
    return config["variants"][wildcards.variant] | {"networks": [wildcards.network]}


def variant_entry(block, key, *, named=False):
    """The entry that the variant names under `key`, else the network; or its name."""

    def chosen(wildcards):
        name = config["variants"][wildcards.variant][key] or config["networks"][wildcards.network][key]
        return name if named else config[block][name]

    return chosen


def own_entry(block, key):
    """The entry of a block that a network of one's own names under `key`."""

    def chosen(wildcards):
        return config[block][config["own_networks"][wildcards.own][key]]

    return chosen


def code_of(script, *modules):
    """Digest of the code a job runs; a module's name may hold a wildcard."""

    def code(wildcards):
        return source.digest(script, *(module.format(**wildcards) for module in modules))

    return code


# Places in the report


def stage(wildcards):
    """The category of a table or a figure in the HTML report."""
    name = wildcards.get("table") or wildcards.get("figure")
    return next(stage for stage, kinds in STAGES.items() if name in sum(kinds.values(), []))


# Resources


def scaled(amount):
    """An amount that grows with every attempt, for schedulers that end a job which exceeds it."""

    def by_attempt(wildcards, attempt):
        return amount * attempt

    return by_attempt
