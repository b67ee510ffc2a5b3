"""Which stages a changed key of config.yaml reruns: `python tests/support/reruns.py` writes workflow/reruns.md.

The workflow is parsed twice, with one value of a key and with another. Jobs whose parameters or input files differ read
the key; those that depend on them follow. Snakemake decides the same from its records, see tests/workflow.
"""

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

import yaml
from snakemake.api import SnakemakeApi
from snakemake.common.configfile import load_configfile
from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, Quietness, ResourceSettings

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "src"))  # as the Snakefile does: a check is replaced below before it is read
PAGE = ROOT / "workflow/reruns.md"
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())

# A run that reaches every rule: a search of layers and one of signs, a network of one's own, both exports
OWN = {"weights": str(ROOT / "LICENSE"), "dataset": "digits", "layers": [{"Flatten": {}}], "weight_bits": 4}
OWN |= {"fine_tuning": {"epochs": 1}}
TINY = {"conditions": ["direct", "trained"]}
HYBRID = {"repair": {"networks": ["digits-2b-signed"]}}
TRAINED = ["digits-float", "digits-2b-signed", "digits-2b-unipolar", "digits-2b-searched"]
RUN = {
    "run": {
        "networks": [*TRAINED, "cifar10-float", "cifar10-2b-searched"],
        "seeds": 1,
        "comparisons": ["digits-2b"],
        "variants": ["drift", "sinh"],
    },
    "own_networks": {"mine": OWN},
    "tinyml": TINY,
    "hybrid": HYBRID,
}
TARGETS = [
    "all",
    "results/own/mine/accuracy.csv",
    "results/own/mine/performance.csv",
    "results/crossbars/digits-2b-signed/seed0/conductances.csv",
    "results/crossbars/digits-2b-signed/seed0/layer0-array0.cir",
    "results/tiny/provenance.json",
    "results/hybrid/provenance.json",
]


def of_all(block: str, change: Mapping[str, Any]) -> dict[str, Any]:
    """The same change of every entry of a block."""
    return {block: dict.fromkeys(CONFIG[block], change)}


EDITS = {  # another value of every key, or of one key in every entry of a block
    "run.seeds": {"run": {"seeds": 2}},
    "datasets": of_all("datasets", {"folds": 6}),
    "architectures": of_all("architectures", {"brightness": {"window": 3, "share": 0.5}}),
    "training": of_all("training", {"batch": 33}),
    "networks": of_all("networks", {"crossbar": "array-128x128"}),
    "searches": of_all("searches", {"chips": 9}),
    "devices": of_all("devices", {"g_max_uS": 24.0}),
    "crossbars": of_all("crossbars", {"rows": 500}),
    "evaluation": {"evaluation": {"chips": 3}},
    "variants": of_all("variants", {"chips": 4}),
    "wires.wire_ohm": {"wires": {"wire_ohm": [3.0]}},
    "confusions.chips": {"confusions": {"chips": 2}},
    "netlist.wire_ohm": {"netlist": {"wire_ohm": 3.0}},
    "own_networks": {"own_networks": {"mine": OWN | {"weight_bits": 3}}},
    "own_networks.*.chips": {"own_networks": {"mine": OWN | {"chips": 3}}},
    "own_networks.*.fine_tuning": {"own_networks": {"mine": OWN | {"fine_tuning": {"epochs": 2}}}},
    "tinyml": {"tinyml": TINY | {"weight_bits": 6, "chips": 3, "test_images": 500}},
    "hybrid": {"hybrid": HYBRID | {"writing": {"pulses": 20}}},
    "comparisons": {"comparisons": {"digits-2b": {"unipolar": "digits-2b-searched"}}},
    "circuit": {"circuit": {"node_nm": 40.0}},
    "circuit.read_voltage_V": {"circuit": {"read_voltage_V": 0.25}},
    "circuit.extra_components": {
        "circuit": {"extra_components": [str(ROOT / "workflow/reference/components.csv")]},
    },
    "system": {"system": {"inferences": 3}},
    "claims": {"claims": {"confidence": 0.9}},
    "claims.reference": {"claims": {"reference": {"mapping": "offset-column"}}},
    "raw_data": {"raw_data": "elsewhere"},
}


Name = tuple[str, ...]  # of a job: its rule and its wildcards


class Job(NamedTuple):
    """What Snakemake compares of a job, and the jobs whose results it needs."""

    parameters: dict[str, str]
    inputs: set[str]
    needs: set[Name]


def jobs_of(overlay: Mapping[str, Any]) -> dict[Name, Job]:
    """Every job of the run, in the order of the rules, with `overlay` over config.yaml and the run above."""
    chosen = {**RUN, **overlay, "run": RUN["run"] | overlay.get("run", {})}
    quiet, here = OutputSettings(dryrun=True, quiet={Quietness.ALL}), Path.cwd()
    with TemporaryDirectory() as folder, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        # no price decides what reruns, and config.yaml is read once
        read_once = patch("snakemake.common.configfile.load_configfile", lambda path: deepcopy(_loaded(path)))
        with patch("xbar.checks.run.check_circuit"), read_once, SnakemakeApi(quiet) as api:
            parsed = api.workflow(
                ResourceSettings(cores=1),
                ConfigSettings(config=chosen),
                snakefile=ROOT / "Snakefile",
                workdir=Path(folder),
            )
            parsed.dag(DAGSettings(targets=set(TARGETS))).printrulegraph()  # builds the graph of jobs
            dag, order = parsed._workflow.dag, [rule.name for rule in parsed._workflow.rules]
            found = {_name(job): _job(job, dag) for job in sorted(dag.jobs, key=lambda job: order.index(job.rule.name))}
        os.chdir(here)
    return found


_loaded = cache(load_configfile)


def _name(job: Any) -> Name:
    return (job.rule.name, *job.wildcards)


def _job(job: Any, dag: Any) -> Job:
    parameters = {name: repr(value) for name, value in job.params.items()}
    return Job(parameters, set(map(str, job.input)), {_name(before) for before in dag.dependencies[job]})


def readers(before: Mapping[Name, Job], after: Mapping[Name, Job]) -> set[Name]:
    """Jobs of both that differ by themselves: in a parameter or in the names of input files."""
    return {name for name in before.keys() & after.keys() if before[name][:2] != after[name][:2]}


def followers(start: set[Name], jobs: Mapping[Name, Job]) -> set[Name]:
    """Jobs that depend, directly or not, on one of these."""
    found = set(start)
    while more := {name for name, job in jobs.items() if job.needs & found} - found:
        found |= more
    return found - start


def page() -> str:
    """The page, as Markdown: the text that stands there, and the table made anew."""
    return PAGE.read_text().partition("| changed key")[0] + "\n".join(_table())


def _table() -> Iterator[str]:
    before = jobs_of({})
    order = [rule for rule in dict.fromkeys(name[0] for name in before) if rule != "all"]
    yield "| changed key of config.yaml | is read by | whose results are read by |"
    yield "| --- | --- | --- |"
    for key, overlay in EDITS.items():
        reading = readers(before, jobs_of(overlay))
        rules = {name[0] for name in reading}
        after = {name[0] for name in followers(reading, before)} - rules
        yield f"| `{key}` | {_listed(rules, order)} | {_listed(after, order)} |"
    yield ""


def _listed(rules: set[str], order: list[str]) -> str:
    return ", ".join(rule for rule in order if rule in rules) or "–"


if __name__ == "__main__":
    text = page()
    if "--print" in sys.argv:
        print(text, end="")
    else:
        PAGE.write_text(text)
