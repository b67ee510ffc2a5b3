"""The page workflow/reruns.md against the rules it is made from, and against what Snakemake would rerun."""

import pytest
import yaml
from support import reruns

from xbar import source

ROOT = source.PACKAGE.parents[1]

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
USED = yaml.safe_load((ROOT / "workflow/presets/digits.yaml").read_text())["run"]
SEARCHED = {CONFIG["networks"][name]["architecture"] for name in USED["networks"]} & set(CONFIG["searches"])
BASES = [CONFIG["searches"][name]["network"] for name in SEARCHED]  # of which the candidates of a search are variants
NETWORKS = {name: CONFIG["networks"][name] for name in [*USED["networks"], *BASES]}
RECIPES = sorted({network["training"] for network in NETWORKS.values()})
ARCHITECTURES = sorted({network["architecture"] for network in NETWORKS.values()} - SEARCHED)
UNREAD = {"architectures": {"propose_trials", "run_trials", "choose_architecture"}}  # by a search of layers of its own
ELSEWHERE = {"evaluate_float", "evaluate_variant", "count_confusions", "compare_wires"}  # of no searched network here
UNREAD |= dict.fromkeys(("circuit", "circuit.extra_components", "circuit.read_voltage_V", "searches"), ELSEWHERE)
UNREAD |= {"devices": {"evaluate_float"}, "src/xbar/circuit/adc.py": ELSEWHERE}

# One edit of every block, in all of its entries that the digits preset uses
EDITS = {
    "datasets": {"digits": {"folds": 4}},
    "architectures": {name: {"layers": [{"conv": 8, "kernel": 3}, {"linear": 10}]} for name in ARCHITECTURES},
    "training": {name: {"batch": 32} for name in RECIPES},
    "networks": {name: {"dac_bits": 7} for name in NETWORKS},
    "devices": {"nvm": {"programming_noise": 0.05}, "pcm": {"g_max_uS": 24.0}},
    "crossbars": {name: {"rows": 500} for name in CONFIG["crossbars"]},
    "evaluation": {"chips": 3},
    "variants": {name: {"chips": 4} for name in CONFIG["variants"]},
    "comparisons": {
        "digits-2b": {"unipolar": "digits-2b-searched"},
        "digits-2b-searched": {"unipolar": "digits-2b-unipolar"},
    },
    "circuit": {"node_nm": 40.0},
    "circuit.extra_components": {"extra_components": ["../project/workflow/reference/components.csv"]},
    "circuit.read_voltage_V": {"read_voltage_V": 0.25},
    "claims": {"confidence": 0.9},
    "claims.reference": {"reference": {"mapping": "offset-column"}},
    "netlist.wire_ohm": {"wire_ohm": 3.0},
    "wires.wire_ohm": {"wire_ohm": [3.0]},
    "confusions.chips": {"chips": 2},
    "searches": {"digits-2b": {"chips": 3}},
    "own_networks": {},  # evaluated on demand: no job of the run reads them
}
PARTS = [  # a file of every part, and one behind an import inside a function or by a computed name
    "scripts/map_network.py",
    "src/xbar/datasets/digits.py",
    "src/xbar/circuit/adc.py",
    "src/xbar/network/layers.py",
    "src/xbar/training/loop.py",
    "src/xbar/report/figures/gallery.py",
    "src/xbar/report/savings.py",
]


@pytest.fixture(scope="module")
def following():
    return reruns.graph()


def rules(jobs):
    return {job.split()[0] for job in jobs}


def test_the_page_is_that_of_the_rules():
    assert reruns.PAGE.read_text() == reruns.page(), "run: python tests/support/reruns.py"


def test_every_block_is_on_the_page():
    keys = reruns.config_reads()
    assert {key.split(".")[0] for key in keys} | {"run", "raw_data"} == set(CONFIG)
    assert set(EDITS) == set(keys), "a new row needs an edit"


@pytest.mark.parametrize("key", sorted(EDITS))
def test_a_configuration_key_reruns_what_the_page_says(finished, following, key):
    expected = reruns.closure(reruns.config_reads()[key], following) - UNREAD.get(key, set())
    assert rules(finished.planned({key.split(".")[0]: EDITS[key]})) == expected


def test_moved_raw_files_rerun_nothing(finished):
    assert finished.planned({"raw_data": "elsewhere"}) == set()


@pytest.mark.parametrize("name", PARTS)
def test_a_source_file_reruns_what_the_page_says(finished, following, name):
    path = finished.root / name
    before = path.read_text()
    try:
        path.write_text(f"{before}\nADDED = 1\n")
        planned = finished.planned()
    finally:
        path.write_text(before)
    assert rules(planned) == reruns.closure(reruns.source_reads()[name], following) - UNREAD.get(name, set())


def test_comments_docstrings_and_touches_rerun_nothing(finished):
    edited = sorted((finished.root / "src/xbar").rglob("*.py")) + sorted((finished.root / "scripts").glob("*.py"))
    before = {path: path.read_text() for path in edited}
    try:
        for path, text in before.items():
            path.write_text(f'"""Another docstring."""\n# and a comment\n{text}')
        planned = finished.planned()
    finally:
        for path, text in before.items():
            path.write_text(text)
    assert planned == set()


def test_every_source_file_changes_the_digest_of_its_rules_only():
    """The part of the page that Snakemake is not asked about: each file of the package, by its digest."""
    reads = reruns.source_reads()
    for rule in reruns.rules():
        reached = {source.name(path) for path in source.reachable([source.SCRIPTS / f"{rule}.py"])}
        listed = {name for name, readers in reads.items() if rule in readers and name.endswith(".py")}
        by_name = {name for name in listed if name.startswith("src/xbar/datasets/")}
        assert reached <= listed <= reached | by_name | {"src/xbar/files.py"}
