"""What the names of the configuration stand for, and the functions by which rules name files, code and resources."""

import json
import re
import sys
from functools import reduce
from hashlib import sha256
from operator import getitem
from shutil import which

from xbar import source
from xbar.checks.own import check_own_files, packed
from xbar.circuit.components import price_tables
from xbar.config.networks import InputsSpec
from xbar.config.variants import VariantSpec
from xbar.search.choice import GIVEN

FLOAT = [name for name, network in CONFIG.networks.items() if network.polarity == "float"]
ANALOG = [name for name in CONFIG.networks if name not in FLOAT]
GPU = int(which("nvidia-smi") is not None)  # on a cluster the profile says it instead


def one_of(names):
    """A pattern for any of these names; without names, one that matches nothing."""
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
    finalist=rf"\d+|{GIVEN}",
    fold=r"\d+",
    job=r"\d+",
    seed=r"\d+",
    inputs="[0-9a-f]{8}",


# What the names of the configuration stand for: of an entry, all that any rule reads


def hardware(device, crossbar):
    """A device with the laws that it names, whose coefficients alone count, and a crossbar."""
    chosen = config["devices"][device]
    laws = {name: LAWS[name] for name in (chosen["programming"], chosen["ageing"]) if name in LAWS}
    return {"device": chosen, "laws": laws, "crossbar": config["crossbars"][crossbar]}


def fields(entry, spec):
    """The part of an entry that a job reads. Its other fields are for the run."""
    return {name: entry[name] for name in spec.model_fields}


NETWORKS = {
    name: {
        "network": network,
        "architecture": config["architectures"].get(network["architecture"], "searched"),
        "training": config["training"][network["training"]],
        "examples": f"results/datasets/{network['dataset']}.safetensors",
    }
    | hardware(network["device"], network["crossbar"])
    for name, network in config["networks"].items()
}


def inputs_of(student):
    """A name for what decides, with a seed, which inputs a network sees: eight hexadecimal digits."""
    decided = json.dumps(fields(NETWORKS[student]["training"], InputsSpec), sort_keys=True)
    return sha256(decided.encode()).hexdigest()[:8]


TAUGHT = {  # by that name, for the networks that have a teacher
    inputs_of(name): fields(NETWORKS[name]["training"], InputsSpec)
    for name, network in CONFIG.networks.items()
    if network.teacher
}
NOISE = {  # the device laws from which a training draws its noise; none where the network's noise is a number
    name: of if of["network"]["noise"] == "device" else {"device": None, "laws": {}} for name, of in NETWORKS.items()
}
HARDWARE = {  # of each variant with each network
    variant: {
        name: {"variant": fields(chosen, VariantSpec), "device_name": chosen["device"] or network["device"]}
        | {"read_voltage_V": chosen["sinh_V"] and config["circuit"]["read_voltage_V"]}
        | hardware(chosen["device"] or network["device"], chosen["crossbar"] or network["crossbar"])
        for name, network in config["networks"].items()
    }
    for variant, chosen in config["variants"].items()
}
EVALUATED = ("mapping", "chips", "times_s", "compensations")  # read behind a fine-tuning only


def own_entry(name, own):
    """A network of one's own as its jobs read it: its files as the archive names them."""
    whole = packed(own)[0].model_dump(mode="json")
    known = {"dataset": f"results/datasets/{own.dataset}.safetensors"} if own.dataset else {}
    given = {"given": f"results/own/{name}/given.zip", **known}
    tuned = {"weights": f"results/own/{name}/weights.safetensors"} if own.fine_tuning else {}
    trained = {key: value for key, value in whole.items() if key not in EVALUATED}
    priced = {key: whole[key] for key in ("dataset", "polarity", "mapping", "weight_bits", "dac_bits", "adc_bits")}
    inputs = {"inputs": given, "inputs_tuned": given | tuned}
    return {"own": whole, "trained": trained, "priced": priced} | inputs | hardware(own.device, own.crossbar)


OWN = {name: own_entry(name, own) for name, own in CONFIG.own_networks.items()}

PUBLISHED = {name: [row for row in RAW_FILES if row["dataset"] == name] for name in config["datasets"]}


def entry(path, within):
    """What such an entry holds, as "{network}/device" names it.

    Snakemake's `lookup` does the same, but walks through all entries of a dictionary in every job.
    """

    def found(wildcards):
        return reduce(getitem, path.format(**wildcards).split("/"), within)

    return found


def finals_of(search):
    """Every training of the finals of a search, as in the names of files; given: the network of its entry."""
    finals = CONFIG.searches[search].finals
    if finals is None:
        return []
    return [f"{finalist}-fold{fold}" for finalist in (*range(finals.networks), GIVEN) for fold in finals.folds]


# Input files


def scores_of(student, seed):
    """The scores of its teacher that a student learns from; students of the same inputs share the file."""
    return f"results/networks/{CONFIG.networks[student].teacher}/seed{seed}/scores-{inputs_of(student)}.safetensors"


def trained_with(wildcards):
    """What a network starts from and learns from, of the same seed, and what a search chose for it."""
    network = CONFIG.networks[wildcards.network]
    named = {role: name for role in ("warm_start", "teacher") if (name := getattr(network, role))}
    files = {role: f"results/networks/{name}/seed{wildcards.seed}/weights.safetensors" for role, name in named.items()}
    if "teacher" in files:
        files["scores"] = scores_of(wildcards.network, wildcards.seed)
    if network.architecture in CONFIG.searches:
        files["searched"] = f"results/searches/{network.architecture}/architecture.json"
    return files


# Parameters: only what a stage reads, so that only what it reads reruns it

CIRCUIT = config["circuit"] | {"extra_components": []}  # those are files: see prices


def reference(table):
    """A table of published values: no input, since its place differs from clone to clone."""

    def path(wildcards):
        return source.ByContent(REFERENCE / table)

    return path


def prices(wildcards):
    """The price tables, of which later ones replace what they price again."""
    return [source.ByContent(path) for path in price_tables(REFERENCE, CONFIG.circuit)]


def own_network(wildcards):
    """The description of a network of one's own, with the files that the user names; they count by content."""
    own = CONFIG.own_networks[wildcards.own]
    if workflow.is_main_process:
        try:
            check_own_files(f"config.yaml: own_networks.{wildcards.own}", own)
        except (ValueError, OSError) as fault:
            sys.exit(str(fault))
    unread: dict = {"expected_accuracy": None}  # it is compared where the data set is
    unread |= {"fine_tuning": None, "polarity": "signed"} if own.fine_tuning else {}  # tried with signed weights
    described = {key: value for key, value in own.model_dump(mode="json").items() if key not in EVALUATED} | unread
    described |= {key: source.ByContent(described[key]) for key in ("program", "weights", "examples") if described[key]}
    if own.module is not None:
        described["module"] |= {"file": source.ByContent(own.module.file)}
    return described


def own_files(wildcards):
    """The same files alone: those that a class imports count, too."""
    return [source.ByContent(path) for path in packed(CONFIG.own_networks[wildcards.own])[1].values()]


def code_of(script, *modules):
    """Digest of the code a job runs; a module's name may hold a wildcard."""

    def code(wildcards):
        return source.digest(script, *(module.format(**wildcards) for module in modules))

    return code


# Networks as the cost model reads them


def priced(network):
    """A network with the device and the crossbar it is mapped on, as the cost model reads it."""
    return {"name": network} | {key: NETWORKS[network][key] for key in ("network", "device", "crossbar")}


def layers_of_side(side):
    """The layer tables of one network of a comparison, over all its seeds."""

    def files(wildcards):
        network = config["comparisons"][wildcards.comparison][side]
        return expand("results/networks/{run}/layers.csv", run=runs_of(network))

    return files


def priced_side(side):
    """One network of a comparison as the cost model reads it."""

    def about(wildcards):
        return priced(config["comparisons"][wildcards.comparison][side])

    return about


# Resources


def need(mem_mb, minutes):
    """Memory and time of a job, which grow with every attempt: schedulers end a job that exceeds them."""
    return {
        "mem_mb": lambda wildcards, attempt: mem_mb * attempt,
        "runtime": lambda wildcards, attempt: minutes * attempt,
    }
