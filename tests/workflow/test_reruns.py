"""The page workflow/reruns.md against the rules it is made from, and against what Snakemake would rerun."""

import re
import subprocess
import sys

import pytest
from support import reruns

ROWS = re.findall(r"^\| `(.+)` \| (.+) \| (.+) \|$", reruns.PAGE.read_text(), re.MULTILINE)
PAGE = {key: set(re.findall(r"\w+", f"{reading} {following}")) for key, reading, following in ROWS}
ON_DEMAND = {"take_own", "tune_own", "map_own", "price_own", "export_conductances", "export_netlist"}
ON_DEMAND |= {
    "fetch_reference",
    "price_tiny",
    "train_tiny",
    "train_float_tiny",
    "evaluate_tiny",
    "collect_tiny",
    "record_tiny",
    "train_hybrid",
    "repair_chips",
    "collect_hybrid",
    "record_hybrid",
}  # of no run


def rules(jobs):
    return {job.split()[0] for job in jobs}


def test_the_page_is_that_of_the_rules():
    """In a process of its own: Snakemake changes the folder and the handlers of logs."""
    made = subprocess.run([sys.executable, reruns.__file__, "--print"], capture_output=True, text=True, check=True)
    assert made.stdout == reruns.PAGE.read_text(), "run: python tests/support/reruns.py"


def test_every_block_is_on_the_page():
    assert set(PAGE) == set(reruns.EDITS)
    assert {key.split(".")[0] for key in PAGE} == set(reruns.CONFIG)


@pytest.mark.parametrize(
    "keys", [("evaluation", "wires.wire_ohm", "netlist.wire_ohm", "claims", "raw_data"), ("crossbars",)]
)
def test_snakemake_reruns_what_the_page_says(finished, keys):
    """Keys together, which the page lists one by one; the digits run reaches every rule but those on demand."""
    overlay = {block: value for key in keys for block, value in reruns.EDITS[key].items()}
    listed = set().union(*(PAGE[key] for key in keys))
    assert rules(finished.planned(overlay)) == listed - ON_DEMAND


def test_a_changed_source_file_reruns_the_rules_that_import_it(finished):
    """Behind an import inside a function, behind one by a computed name, and a script itself. Comments, docstrings and
    dates of all files rerun nothing."""
    changed = {
        "src/xbar/report/figures/differences.py": {"plot_figures"},
        "src/xbar/report/savings.py": {"collect", "make_tables", "plot_figures"},
        "scripts/compare_wires.py": {"compare_wires"},
    }
    edited = sorted((finished.root / "src/xbar").rglob("*.py")) + sorted((finished.root / "scripts").glob("*.py"))
    before = {path: path.read_text() for path in edited}
    try:
        for path, text in before.items():
            added = "\nADDED = 1\n" if path.relative_to(finished.root).as_posix() in changed else ""
            path.write_text(f'"""Another docstring."""\n# and a comment\n{text}{added}')
        planned = finished.planned()
    finally:
        for path, text in before.items():
            path.write_text(text)
    assert rules(planned) == set().union(*changed.values()) | {"write_provenance"}


def test_a_changed_reader_of_a_dataset_reruns_all_that_needs_the_dataset(finished):
    path = finished.root / "src/xbar/datasets/digits.py"
    before = path.read_text()
    try:
        path.write_text(f"{before}\nADDED = 1\n")
        planned = finished.planned()
    finally:
        path.write_text(before)
    assert rules(planned) == PAGE["datasets"] - ON_DEMAND
