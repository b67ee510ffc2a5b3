"""What reruns what, read off the rules; `python tests/support/reruns.py` writes it to workflow/reruns.md.

tests/workflow/test_reruns.py holds the page against Snakemake itself.
"""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "workflow/reruns.md"
DIGITS = ROOT / "workflow/presets/digits.yaml"
sys.path.insert(0, str(ROOT / "src"))

from xbar import source  # noqa: E402

RULE = re.compile(r"^rule (\w+):\n((?:    .*\n|\n)+)", re.MULTILINE)
SECTION = re.compile(r"^    (input|params|output):\n((?:        .*\n|\n)+)", re.MULTILINE)
DATASET = "{dataset}"
READ_AT_THE_START = {"components.csv": "prices", "devices.csv": "laws_of", "raw_files.csv": "raw_files"}
Reads = dict[str, set[str]]  # what is read: names of the rules that read it

# What the functions of common*.smk read of config.yaml, besides what their first argument names
FUNCTIONS = {
    "network": {"networks"},
    "variant": {"variants"},
    "variant_entry": {"variants"},
    "priced": {"networks", "devices", "crossbars"},
    "priced_side": {"comparisons", "networks", "devices", "crossbars"},
    "ORIGINS": {"networks", "architectures", "training", "crossbars", "devices"},
    "layers_of_side": {"comparisons"},
    "PRICED": {"comparisons"},
    "COMPARISONS": {"comparisons"},
    "FIRST": {"comparisons"},
    "dataset_of": {"networks"},
    "trained_with": {"networks"},
    "architecture_of": {"networks", "architectures"},
    "search_of": {"searches"},
    "base_network": {"searches", "networks"},
    "entry_of_search": {"searches"},
    "entry_of_base": {"searches", "networks"},
    "folds_of_search": {"datasets"},
    "floats_of_search": {"searches", "networks"},
    "fixed_architecture": {"searches", "networks", "architectures"},
    "part_of_base": {"searches", "networks"},
    "training_device": {"networks"},
    "CIRCUIT": {"circuit"},
    "prices": {"circuit.extra_components"},
    "own_network": {"own_networks"},
}


def rules() -> dict[str, str]:
    """The text of every rule that has a script, by name."""
    stages = re.findall(r'include: "(.*)"', (ROOT / "Snakefile").read_text())
    text = "\n".join((ROOT / stage).read_text() for stage in stages)
    return {name: body for name, body in RULE.findall(text) if "script:" in body}


def config_reads() -> Reads:
    """Rules by the block of config.yaml, or the key in it, that enters their inputs or parameters."""
    reads: Reads = defaultdict(set)
    for rule, body in rules().items():
        sections = "".join(lines for kind, lines in SECTION.findall(body) if kind != "output")
        for key in _keys(sections):
            reads[key].add(rule)
    return {key: readers | reads.get(key.split(".")[0], set()) for key, readers in reads.items()}


def _keys(text: str) -> Iterator[str]:
    for path in re.findall(r'(?:lookup|entry|variant_entry|entry_of_search|entry_of_base)\(\s*"([\w/]+)', text):
        yield path.strip("/").replace("/", ".")
    for name in re.findall(r"\w+", text):
        yield from FUNCTIONS.get(name, ())


def source_reads() -> Reads:
    """Rules by the source file that their scripts run, scripts and tables of published values included."""
    reads: Reads = defaultdict(set)
    datasets = sorted((source.PACKAGE / "datasets").glob("*.py"))
    for rule, body in rules().items():
        named = datasets if f'"datasets/{DATASET}"' in body else []
        chosen = [path for path in named if "def splits(" in path.read_text()]
        for path in source.reachable([source.SCRIPTS / f"{rule}.py", *chosen]):
            reads[source.name(path)].add(rule)
        for table in re.findall(r'reference\("([\w.]+)"\)', body):
            reads[f"workflow/reference/{table}"].add(rule)
        for table, param in READ_AT_THE_START.items():
            if re.search(rf"=({param}),", body):
                reads[f"workflow/reference/{table}"].add(rule)
    return reads


def graph() -> dict[str, set[str]]:
    """The rules that directly follow each rule of the digits preset."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "mermaid-js", "--configfile", str(DIGITS)]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = dict(re.findall(r"(id\d+)\[(\w+)\]", text))
    following: dict[str, set[str]] = {name: set() for name in names.values()}
    for before, after in re.findall(r"(id\d+) --> (id\d+)", text):
        following[names[before]].add(names[after])
    return following


def closure(start: Iterable[str], following: Mapping[str, set[str]]) -> set[str]:
    """The rules that run when those of `start` run; rules outside of the graph run for nobody."""
    found: set[str] = set()
    waiting = [rule for rule in start if rule in following]
    while waiting:
        rule = waiting.pop()
        if rule not in found:
            found.add(rule)
            waiting += following[rule]
    return found - {"all"}


def page() -> str:
    """The page, as Markdown."""
    following = graph()
    parts = [
        "# What reruns what\n",
        "Made from the rules by `python tests/support/reruns.py`; `tests/workflow/test_reruns.py` edits each and asks"
        " Snakemake.\n",
        "Where a rule reads one entry of a block, such as the recipe that a network names, only the jobs of that",
        "entry rerun. The block `run` chooses what exists: it adds jobs and the report, and reruns no other stage.",
        "`networks.*.seeds` likewise: further seeds are trained, those that exist stay. `raw_data` only says where",
        "raw files lie: moving them reruns nothing. They count by the checksums of `raw_files.csv`, so that other",
        "bytes under the same name are refused as corrupt where they are read next. `devices` is read by a training",
        "only where the `noise` of its network is `device`, and by what follows from it. What comes to a network",
        "through a search reruns the network that the search chooses, and no other. The script of a rule, a",
        "module that it imports and a table of published values count; comments, docstrings, dates and the modules of",
        "`src/xbar/config`, whose values are counted by key, do not. Files that the configuration names",
        "(`own_networks.*.weights`, `circuit.extra_components`) and the tables count by what they hold: a copy of an",
        "older date reruns what reads it; a touch, another place or another clone of the same commit does not.\n",
        *_table("block or key of config.yaml", config_reads(), following),
        *_table("file", source_reads(), following),
    ]
    return "\n".join(parts)


def _table(title: str, reads: Reads, following: Mapping[str, set[str]]) -> Iterator[str]:
    order = list(rules())
    yield f"| {title} | is read by | and reruns besides |"
    yield "| --- | --- | --- |"
    for name, readers in sorted(reads.items()):
        besides = closure(readers, following) - readers
        yield f"| `{name}` | {_listed(readers, order)} | {_listed(besides, order)} |"
    yield ""


def _listed(names: set[str], order: list[str]) -> str:
    return ", ".join(name for name in order if name in names) or "–"


if __name__ == "__main__":
    PAGE.write_text(page())
